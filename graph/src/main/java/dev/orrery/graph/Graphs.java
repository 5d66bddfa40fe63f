package dev.orrery.graph;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Opens graphs on a timeline. Immutable: each method gives the way of opening with one more thing
 * settled.
 *
 * <pre>{@code
 * try (var zoo = Graphs.on(timeline).directory(data.resolve("zoo")).open(ZOO)) { … }
 * }</pre>
 */
public final class Graphs {
    private static final Duration BOUND = Duration.ofMinutes(10);
    private static final int NAME_BYTES = 8;

    private final Timeline timeline;
    private final Supplier<SegmentLog> log;
    private final @Nullable String replica;
    private final InstantSource wall;
    private final Duration bound;
    private final @Nullable Identity identity;
    private final @Nullable Path checkpoint;
    private final Durability durability;

    private Graphs(
            Timeline timeline,
            Supplier<SegmentLog> log,
            @Nullable String replica,
            InstantSource wall,
            Duration bound,
            @Nullable Identity identity,
            @Nullable Path checkpoint,
            Durability durability) {
        this.timeline = timeline;
        this.log = log;
        this.replica = replica;
        this.wall = wall;
        this.bound = bound;
        this.identity = identity;
        this.checkpoint = checkpoint;
        this.durability = durability;
    }

    /** Graphs whose nodes and edges change on a timeline; kept in memory until it is said where. */
    public static Graphs on(Timeline timeline) {
        return new Graphs(
                timeline,
                SegmentLog::inMemory,
                null,
                InstantSource.system(),
                BOUND,
                null,
                null,
                Durability.IMMEDIATE);
    }

    /**
     * Kept in a directory, which one process holds at a time: the log of entries, and a checkpoint
     * that makes opening quick.
     */
    public Graphs directory(Path directory) {
        return new Graphs(
                timeline,
                () -> SegmentLog.open(directory),
                replica,
                wall,
                bound,
                identity,
                directory.resolve("checkpoint"),
                durability);
    }

    /** With writes that are durable at another moment than when they return. */
    public Graphs durability(Durability when) {
        return new Graphs(timeline, log, replica, wall, bound, identity, checkpoint, when);
    }

    /** Where under a directory of many things a graph of that name is kept. */
    public static Path directoryIn(Path directory, String name) {
        return directory
                .resolve("graphs")
                .resolve(URLEncoder.encode(name, StandardCharsets.UTF_8).replace("*", "%2A"));
    }

    /** Kept in a log that is opened when the graph is, and closed with it. */
    public Graphs log(Supplier<SegmentLog> opening) {
        return new Graphs(timeline, opening, replica, wall, bound, identity, null, durability);
    }

    /**
     * Under a name for this replica, the author of what is written here. No other replica may have
     * it. Without one it is drawn when the store is new, and kept there.
     */
    public Graphs replica(String name) {
        return new Graphs(
                timeline, log, Limits.author(name), wall, bound, null, checkpoint, durability);
    }

    /** Under an identity's name, sealing what is written here with its key. */
    public Graphs identity(Identity who) {
        return new Graphs(timeline, log, who.name(), wall, bound, who, checkpoint, durability);
    }

    /** With another wall clock. */
    public Graphs clock(InstantSource clock) {
        return new Graphs(timeline, log, replica, clock, bound, identity, checkpoint, durability);
    }

    /** With another bound for how far ahead of the wall clock an entry may be; ten minutes else. */
    public Graphs drift(Duration most) {
        return new Graphs(timeline, log, replica, wall, most, identity, checkpoint, durability);
    }

    /**
     * Opens a graph under its schema. A store that is new begins with it; one that has a schema is
     * extended by what it does not say yet.
     *
     * @throws BadDefinition when the schema contradicts the stored one, or the store holds another
     *     graph
     * @throws OrreryException.Invalid when it would hide what is visible
     * @throws OrreryException.StorageFailure when the store cannot be opened
     */
    public Graph open(Ontology ontology) {
        Supplier<Optional<Checkpoint.Found>> checkpointed = checkpointed(ontology.name());
        DeferredLog opened = new DeferredLog(log.get(), durability);
        boolean complete = false;
        try {
            Replica found = Opening.open(this, opened, ontology, checkpointed);
            LocalGraph graph = new LocalGraph(found, opened);
            if (!ontology.without(graph.ontology()).isEmpty()) {
                graph.extend(ontology);
            }
            found.bases().finishErasing(); // which a crash may have broken off
            complete = true;
            return graph;
        } finally {
            if (!complete) {
                opened.close();
            }
        }
    }

    /** The checkpoint, which is read while the log is opened. */
    private Supplier<Optional<Checkpoint.Found>> checkpointed(String graph) {
        Path file = checkpoint;
        if (file == null) {
            return Optional::empty;
        }
        var reading =
                Uninterrupted.begin("checkpoint of " + graph, () -> Checkpoint.read(file, graph));
        return () -> Uninterrupted.result(reading);
    }

    Timeline timeline() {
        return timeline;
    }

    /** Where the checkpoint is, if the graph has a place for one. */
    Optional<Path> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }

    @Nullable Identity identity() {
        return identity;
    }

    HybridClock clockFrom(HybridTime last) {
        return new HybridClock(wall, bound, last);
    }

    /**
     * The name to write under: the one that was given, else one of those found, else a fresh one.
     */
    String author(List<String> found) {
        if (replica != null) {
            return replica;
        }
        if (!found.isEmpty()) {
            return found.getLast();
        }
        byte[] name = new byte[NAME_BYTES];
        RandomGenerator.of("SecureRandom").nextBytes(name);
        return HexFormat.of().formatHex(name);
    }
}
