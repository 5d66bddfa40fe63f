package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.sql.Database;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs projections over a database and shows their states on a timeline.
 *
 * <p>All projections of a log are folded together, by one thread, which the factory makes; virtual
 * ones are meant. One that is behind the others, being new or defined anew, catches up in a thread
 * of its own. Thread-safe. Closing ends the threads before it returns; the database, the timeline
 * and the logs stay open.
 */
public final class Projections implements AutoCloseable {
    /**
     * How many versions of a key's state are kept at least for those who return, when nothing else
     * is said.
     */
    public static final int VERSIONS_KEPT = 1000;

    private final Timeline timeline;
    private final Database database;
    private final ThreadFactory threads;
    private final InstantSource clock;
    private final int versionsKept;
    private final Map<String, Folder<?, ?, ?>> running = new LinkedHashMap<>();
    private final Map<EventLog<?>, LogFollower<?>> followers = new LinkedHashMap<>();
    private final List<Waiting<?, ?, ?>> waiting = new ArrayList<>();
    private boolean started;
    private boolean closed;

    /** A projection that is to be folded from the start on. */
    private record Waiting<E, K, S>(
            LogFollower<E> follower, Folder<E, K, S> folder, @Nullable Epoch<K, S> building) {
        private void start() {
            follower.take(folder, building);
        }

        private long position() {
            return folder.position().number();
        }
    }

    /**
     * Projections that keep {@link #VERSIONS_KEPT} versions of a state.
     *
     * @param timeline where states become visible; begun at {@link #lastRevision} of the same
     *     database
     * @param database where states are kept
     * @param threads makes the thread of each log
     * @param clock tells how old a state is
     */
    public Projections(
            Timeline timeline, Database database, ThreadFactory threads, InstantSource clock) {
        this(timeline, database, threads, clock, VERSIONS_KEPT);
    }

    /** Projections that keep at least a number of versions of each key's state. */
    public Projections(
            Timeline timeline,
            Database database,
            ThreadFactory threads,
            InstantSource clock,
            int versionsKept) {
        if (versionsKept < 1) {
            throw new OrreryException.Invalid("versions kept", "are at least 1", versionsKept);
        }
        this.timeline = timeline;
        this.database = database;
        this.threads = threads;
        this.clock = clock;
        this.versionsKept = versionsKept;
        database.install(FoldTables.FORMAT);
    }

    /**
     * The greatest revision that projections have stored in a database: where its timeline goes on
     * after a restart.
     */
    public static Revision lastRevision(Database database) {
        return new Revision(FoldTables.lastRevision(database));
    }

    /**
     * Makes a projection live: its states as they were stored, at once, and from {@link #start} on
     * what the log holds.
     *
     * <p>A definition whose version is not the stored one is folded anew from the first event, into
     * a new epoch beside the old one, which is served until then.
     *
     * @throws BadDefinition when one of that name runs already, was folded from another log, or its
     *     stored states do not decode
     */
    public synchronized <E, K, S> LiveProjection<K, S> run(
            EventLog<E> log, Projection<? super E, K, S> projection) {
        if (closed) {
            throw new Closed("the projections");
        }
        String name = projection.name();
        if (running.containsKey(name)) {
            throw new BadDefinition(
                    "projection " + name, "is running already", "give one of them another name");
        }
        Folder<E, K, S> folder = open(log, projection);
        running.put(name, folder);
        return folder.relation();
    }

    private <E, K, S> Folder<E, K, S> open(
            EventLog<E> log, Projection<? super E, K, S> projection) {
        String life = log.start().log();
        FoldTables.Opened opened =
                FoldTables.open(database, projection.name(), life, projection.version());
        Codec<K> keys = Codec.of(projection.types().key());
        Codec<S> states = Codec.of(projection.types().state());
        Epoch<K, S> served = new Epoch<>(opened.served(), life);
        Epoch<K, S> building = building(opened, life, keys, states);
        if (building == null) {
            served.load(opened.tables(), keys, states);
        } else {
            served = oldStates(opened, life, keys, states);
        }
        Folder<E, K, S> folder =
                new Folder<>(
                        projection,
                        log,
                        timeline,
                        database,
                        opened.tables(),
                        served,
                        keys,
                        states,
                        new StateRows<>(keys, states, projection.keyColumn()),
                        clock,
                        versionsKept);
        Waiting<E, K, S> next = new Waiting<>(follower(log), folder, building);
        if (started) {
            next.start();
        } else {
            waiting.add(next);
        }
        return folder;
    }

    @SuppressWarnings("unchecked") // followers are made here only, for the log they stand with
    private <E> LogFollower<E> follower(EventLog<E> log) {
        return (LogFollower<E>)
                followers.computeIfAbsent(
                        log, _ -> new LogFollower<>(log, database, timeline, threads));
    }

    /** Begins to fold: what was made live so far, and from here on what is made live later. */
    public synchronized void start() {
        if (closed) {
            throw new Closed("the projections");
        }
        started = true;
        waiting.sort(Comparator.comparingLong((Waiting<?, ?, ?> one) -> one.position()).reversed());
        waiting.forEach(Waiting::start); // the furthest first: who is behind it catches up alone
        waiting.clear();
    }

    private static <K, S> @Nullable Epoch<K, S> building(
            FoldTables.Opened opened, String life, Codec<K> keys, Codec<S> states) {
        FoldTables.EpochRow row = opened.building();
        if (row == null) {
            return null;
        }
        Epoch<K, S> building = new Epoch<>(row, life);
        building.load(opened.tables(), keys, states);
        return building;
    }

    /**
     * The states before a rebuild, as far as the new definition can read them; else none, which is
     * said.
     */
    private static <K, S> Epoch<K, S> oldStates(
            FoldTables.Opened opened, String life, Codec<K> keys, Codec<S> states) {
        Epoch<K, S> old = new Epoch<>(opened.served(), life);
        try {
            old.load(opened.tables(), keys, states);
            return old;
        } catch (OrreryException e) {
            System.getLogger(Projections.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "states from before the rebuild are not served: " + e.getMessage());
            return new Epoch<>(opened.served(), life);
        }
    }

    /**
     * Ends every projection: what is under way is finished or left for the next time, and nothing
     * is lost.
     */
    @Override
    public void close() {
        List<Folder<?, ?, ?>> ending;
        List<LogFollower<?>> following;
        synchronized (this) {
            closed = true;
            ending = List.copyOf(running.values());
            following = List.copyOf(followers.values());
        }
        ending.forEach(Folder::close);
        following.forEach(LogFollower::close);
        ending.forEach(folder -> folder.wakes().wakeAll());
    }
}
