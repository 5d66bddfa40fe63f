package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException;
import dev.orrery.log.Position;
import dev.orrery.projection.FoldTables.EpochRow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One life of a projection's states, in memory as it is stored. Written by one thread at a time,
 * read by any: each key is seen whole, keys together only through the timeline.
 */
final class Epoch<K, S> {
    private final String name;
    private final String log;
    private final EpochRow row;
    private final EpochTables tables;
    private final Map<K, Held<S>> held = new ConcurrentHashMap<>();
    private final Map<K, Parked<K>> parked = new ConcurrentHashMap<>();

    /** Those that were removed, in about the order in which they were. */
    private final Deque<Former<K>> former = new ArrayDeque<>();

    private final Deque<EpochTables.Kept> kept = new ArrayDeque<>();
    private final RecentChunks recent = new RecentChunks();
    private long changesKept;
    private long nextChunk = 1;
    private long fence;
    private volatile Reached reached;

    /** A key that was removed by the event of a number; it may have come back since. */
    record Former<K>(K key, long position) {}

    /** How far the states are, and when the event there was appended. */
    record Reached(Position position, Instant time) {}

    Epoch(EpochRow row, EpochTables tables, String log) {
        this.row = row;
        this.tables = tables;
        this.log = log;
        this.name = log + "-" + row.number();
        this.fence = row.fence();
        this.reached = new Reached(new Position(log, row.position()), row.time());
    }

    EpochRow row() {
        return row;
    }

    EpochTables tables() {
        return tables;
    }

    /** What cursors call it. */
    String name() {
        return name;
    }

    Reached reached() {
        return reached;
    }

    Position position() {
        return reached.position();
    }

    void reach(long number, Instant time) {
        reached = new Reached(new Position(log, number), time);
    }

    /** What is known of a key, also for a while after its state was removed. */
    @Nullable Held<S> held(K key) {
        return held.get(key);
    }

    long version(K key) {
        Held<S> known = held.get(key);
        return known == null ? 0 : known.version();
    }

    Optional<S> state(K key) {
        Held<S> known = held.get(key);
        return known == null ? Optional.empty() : Optional.ofNullable(known.state());
    }

    void hold(K key, Held<S> state) {
        held.put(key, state);
        if (state.state() == null) {
            former.add(new Former<>(key, state.position()));
        }
    }

    /** The removed keys that are remembered and need not be any more at an event. */
    List<Former<K>> forgottenAt(long position) {
        List<Former<K>> forgotten = new ArrayList<>();
        for (Former<K> one : former) {
            if (!Remembrance.isOver(one.position, position)) {
                break;
            }
            if (isStillGone(one)) {
                forgotten.add(one);
            }
        }
        return forgotten;
    }

    private boolean isStillGone(Former<K> one) {
        Held<S> known = held.get(one.key);
        return known != null && known.state() == null && known.position() == one.position;
    }

    /** Forgets what is not stored any more. */
    void forget(long position) {
        while (!former.isEmpty() && Remembrance.isOver(former.getFirst().position, position)) {
            Former<K> one = former.removeFirst();
            if (isStillGone(one)) {
                held.remove(one.key);
            }
        }
    }

    /** How many keys are known, removed ones that are remembered among them. */
    int size() {
        return held.size();
    }

    /** Every key that has a state. */
    void forEach(BiConsumer<K, S> reader) {
        held.forEach((key, known) -> {
            S state = known.state();
            if (state != null) {
                reader.accept(key, state);
            }
        });
    }

    /**
     * How many steps were stored, as known here: who knows less than is stored has been overtaken.
     */
    long fence() {
        return fence;
    }

    /** One more step is stored. */
    void stepped() {
        fence++;
    }

    // kept changes

    long nextChunk() {
        return nextChunk;
    }

    /**
     * The last chunk that need not be kept when there are more changes, zero for none. A batch goes
     * as a whole: its chunks are in the order of keys, not of events.
     */
    long droppedFor(int more, int least) {
        long left = changesKept + more;
        if (left <= least + least / 8L) { // in steps, so that not every batch drops something
            return 0;
        }
        long dropped = 0;
        long last = 0;
        long batch = -1;
        for (EpochTables.Kept chunk : kept) {
            if (chunk.position() != batch) {
                dropped = last;
                batch = chunk.position();
            }
            left -= chunk.changes();
            if (left < least) {
                return dropped;
            }
            last = chunk.chunk();
        }
        return last;
    }

    void keep(List<Chunks.Chunk> chunks, long position, long dropped) {
        for (Chunks.Chunk chunk : chunks) {
            keep(new EpochTables.Kept(chunk.id(), position, chunk.changes()));
            recent.add(chunk);
        }
        while (!kept.isEmpty() && kept.getFirst().chunk() <= dropped) {
            changesKept -= kept.removeFirst().changes();
        }
        recent.drop(dropped);
    }

    /** The chunks made last, which need not be read. */
    RecentChunks recent() {
        return recent;
    }

    private void keep(EpochTables.Kept chunk) {
        kept.add(chunk);
        changesKept += chunk.changes();
        nextChunk = chunk.chunk() + 1;
    }

    // parked keys

    boolean isParked(K key) {
        return !parked.isEmpty() && parked.containsKey(key);
    }

    @Nullable Parked<K> parked(K key) {
        return parked.get(key);
    }

    void release(K key) {
        parked.remove(key);
    }

    List<Parked<K>> parked() {
        return parked.values().stream()
                .sorted(Comparator.comparingLong((Parked<K> key) -> key.position().number()))
                .toList();
    }

    /** The parked keys that are to be tried again by themselves. */
    List<Parked<K>> parkedToRetry() {
        return parked.isEmpty()
                ? List.of()
                : parked.values().stream().filter(key -> key.retryAt().isPresent()).toList();
    }

    /** Has one more event wait for a key; the first one has a cause. */
    void park(Waiting<K> waiting) {
        parked.merge(waiting.key(), first(waiting), (first, _) -> oneMore(first));
    }

    /** Says anew what waits for one key. */
    void parkAgain(List<Waiting<K>> waiting) {
        Parked<K> again = null;
        for (Waiting<K> one : waiting) {
            again = again == null ? first(one) : oneMore(again);
        }
        if (again != null) {
            parked.put(again.key(), again);
        }
    }

    private Parked<K> first(Waiting<K> waiting) {
        return new Parked<>(
                waiting.key(),
                new Position(log, waiting.position()),
                1,
                waiting.cause() == null ? "" : waiting.cause(),
                waiting.attempts(),
                Optional.ofNullable(waiting.retryAt()));
    }

    private static <K> Parked<K> oneMore(Parked<K> parked) {
        return new Parked<>(
                parked.key(),
                parked.position(),
                parked.events() + 1,
                parked.cause(),
                parked.attempts(),
                parked.retryAt());
    }

    // loading

    /** Reads everything that is stored of it. */
    void load(Codec<K> keys, Codec<S> states) {
        tables.eachState(stored -> {
            K key = keys.decode(stored.key());
            hold(key, held(stored, states, key));
        });
        List<Former<K>> inOrder = new ArrayList<>(former);
        inOrder.sort(Comparator.comparingLong(Former::position));
        former.clear();
        former.addAll(inOrder);
        loadWaiting(keys);
        tables.kept().forEach(this::keep);
    }

    private Held<S> held(EpochTables.StateRow stored, Codec<S> states, K key) {
        return new Held<>(
                stored.state().length == 0 ? null : decode(states, stored, key),
                stored.version(),
                stored.position(),
                stored.chunk());
    }

    private void loadWaiting(Codec<K> keys) {
        for (EpochTables.ParkedRow waiting : tables.parked()) {
            park(
                    new Waiting<>(
                            keys.decode(waiting.key()),
                            waiting.position(),
                            waiting.cause(),
                            waiting.attempts(),
                            waiting.retryAt()));
        }
    }

    private S decode(Codec<S> states, EpochTables.StateRow stored, K key) {
        try {
            return states.decode(stored.state());
        } catch (OrreryException e) {
            OrreryException named =
                    new OrreryException.BadDefinition(
                            "projection state of " + key,
                            "does not decode as " + states + " (" + e.getMessage() + ")",
                            "raise the version of the projection, which folds it anew");
            named.addSuppressed(e);
            throw named;
        }
    }

    /** Takes over what is stored now of events, places of changes and waiting events. */
    void takeOver(Epoch<K, S> stored) {
        parked.clear();
        parked.putAll(stored.parked);
        kept.clear();
        kept.addAll(stored.kept);
        changesKept = stored.changesKept;
        nextChunk = stored.nextChunk;
        fence = stored.fence;
    }

    /** The keys of which another epoch knows another version, with that. */
    Map<K, Held<S>> differing(Epoch<K, S> stored) {
        Map<K, Held<S>> differing = new java.util.LinkedHashMap<>();
        stored.held.forEach((key, known) -> {
            if (version(key) != known.version()) {
                differing.put(key, known);
            }
        });
        return differing;
    }
}
