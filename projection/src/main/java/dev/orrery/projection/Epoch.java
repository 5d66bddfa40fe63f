package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException;
import dev.orrery.core.StoredRelation;
import dev.orrery.log.Position;
import dev.orrery.projection.FoldTables.EpochRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
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
    private final Codec<K> keys;
    private final Codec<S> states;
    private final HeldStates<K, S> held;
    private final FormerKeys<K> former = new FormerKeys<>();
    private final Map<K, Parked<K>> parked = new ConcurrentHashMap<>();

    private final KeptChanges changes = new KeptChanges();
    private volatile long fence;

    /** The term it is held with here, where others could fold it too. */
    private volatile long term = Lease.NONE;

    /** Counts events as they are folded, where somebody looks whether that goes on. */
    private final @Nullable LongAdder pulse;

    private volatile Reached reached;

    /** Whether states that do not decode are none; else they are an error. */
    private volatile boolean isLenient;

    /** How far the states are, and when the event there was appended. */
    record Reached(Position position, Instant time) {}

    /**
     * An epoch of which nothing is in memory yet.
     *
     * @param most so many keys may stay in memory
     * @param isShared whether other processes could fold it too
     */
    Epoch(
            EpochRow row,
            EpochTables tables,
            String log,
            Codec<K> keys,
            Codec<S> states,
            int most,
            boolean isShared) {
        this.row = row;
        this.tables = tables;
        this.log = log;
        this.keys = keys;
        this.states = states;
        this.held = new HeldStates<>(most);
        this.name = log + "-" + row.number();
        this.pulse = isShared ? new LongAdder() : null;
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

    /**
     * How far what can be read of it is: nowhere when some of its states do not decode, so that
     * nobody takes one for absent.
     */
    Reached readable() {
        Reached now = reached;
        return isLenient ? new Reached(new Position(log, 0), now.time()) : now;
    }

    /** Whether some states do not decode. */
    boolean isLenient() {
        return isLenient;
    }

    Position position() {
        return reached.position();
    }

    void reach(long number, Instant time) {
        reached = new Reached(new Position(log, number), time);
    }

    // states

    /**
     * What is known of a key, also for a while after its state was removed; read from the store
     * when it is not in memory.
     *
     * <p>The store may be ahead of what is shown: a step brings its keys to memory before it is
     * stored, so a reader looks there again, or it would find the new state here and the old one
     * there a moment later.
     */
    @Nullable Held<S> held(K key) {
        Held<S> known = held.find(key);
        if (known != null || held.isWhole()) {
            return known;
        }
        Held<S> stored = tables.state(keys.encode(key)).map(row -> readable(key, row)).orElse(null);
        Held<S> brought = held.find(key);
        return brought == null ? stored : brought;
    }

    /** What is in memory of a key; all that is known of one that was brought there. */
    @Nullable Held<S> inMemory(K key) {
        return held.find(key);
    }

    /** The state of a key that is in memory, or was brought there. */
    Optional<S> stateInMemory(K key) {
        Held<S> known = held.peek(key);
        return known == null ? Optional.empty() : Optional.ofNullable(known.state());
    }

    /** Has what is known of keys be in memory until the next {@link #trim}. */
    void bring(Collection<? extends K> wanted, StoredRows stored) {
        if (held.isWhole()) {
            return;
        }
        List<byte[]> missing = new ArrayList<>();
        for (K key : wanted) {
            if (held.find(key) == null) {
                missing.add(keys.encode(key));
            }
        }
        missing.sort(Arrays::compareUnsigned); // as they stand in the store
        stored.read(
                missing,
                row -> {
                    K key = keys.decode(row.key());
                    held.put(key, held(key, row));
                });
    }

    void hold(K key, Held<S> state) {
        held.put(key, state);
        if (state.state() == null) {
            former.add(key, state);
        }
    }

    /** Leaves out of memory what is too much. What is held must be stored. */
    void trim() {
        held.trim();
    }

    /** Leaves everything out of memory, unless all is to stay there. */
    void leaveOut() {
        held.leaveOutAll();
    }

    /** Whether some keys are not in memory, or will not be from the next {@link #trim} on. */
    boolean readsStore() {
        return !held.isWhole() || held.isFull();
    }

    boolean isWhole() {
        return held.isWhole();
    }

    /** The removed keys that are remembered and need not be any more at an event. */
    List<FormerKeys.Former<K>> forgottenAt(long position) {
        return former.overAt(position).stream().filter(this::isPerhapsGone).toList();
    }

    /** Whether nothing is known of a change since a key was removed. */
    private boolean isPerhapsGone(FormerKeys.Former<K> one) {
        Held<S> known = held.peek(one.key());
        return known == null ? !held.isWhole() : known.version() == one.version();
    }

    /** Forgets what is not stored any more. */
    void forget(long position) {
        FormerKeys.Former<K> one = former.takeOverAt(position);
        while (one != null) {
            if (held.peek(one.key()) != null && isPerhapsGone(one)) {
                held.remove(one.key());
            }
            one = former.takeOverAt(position);
        }
    }

    /** How many keys are in memory, removed ones that are remembered among them. */
    int size() {
        return held.size();
    }

    /** Every key in memory that has a state. */
    void forEach(BiConsumer<K, S> reader) {
        held.forEach((key, known) -> {
            S state = known.state();
            if (state != null) {
                reader.accept(key, state);
            }
        });
    }

    /** Every key that has a state, as the store has them at one moment. */
    void eachStored(StoredRelation.StoredReader<K, S> reader) {
        tables.eachState(row -> {
            if (row.state().length > 0) {
                eachStored(row, reader);
            }
        });
    }

    private void eachStored(EpochTables.StateRow row, StoredRelation.StoredReader<K, S> reader) {
        if (isLenient) {
            key(row.key())
                    .ifPresent(key ->
                            state(key, row.state())
                                    .ifPresent(state -> reader.read(key, () -> state)));
        } else {
            K key = keys.decode(row.key());
            reader.read(key, () -> decode(key, row.state()));
        }
    }

    /**
     * How many steps were stored, as known here: who knows less than is stored has been overtaken.
     */
    long fence() {
        return fence;
    }

    /** One more step is stored. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by who holds the lock alone
    void stepped() {
        fence++;
    }

    /** The term it is held with here; {@link Lease#NONE} when it is not. */
    long term() {
        return term;
    }

    boolean isHeld() {
        return term != Lease.NONE;
    }

    void hold(long claimed) {
        term = claimed;
    }

    void letGo() {
        term = Lease.NONE;
    }

    /** One more event is about to be folded. */
    void beat() {
        if (pulse != null) {
            pulse.increment();
        }
    }

    /** Grows while it is folded on. */
    long beats() {
        return pulse == null ? 0 : pulse.sum() + fence;
    }

    /** Where the kept changes are. */
    KeptChanges changes() {
        return changes;
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

    /**
     * Reads what is stored of it. States that do not decode are none from then on.
     *
     * @throws OrreryException.BadDefinition when there are such
     */
    void load() {
        List<OrreryException> failures = new ArrayList<>(1);
        tables.eachState(row -> {
            try {
                loaded(keys.decode(row.key()), row);
            } catch (OrreryException e) {
                if (failures.isEmpty()) {
                    failures.add(e);
                }
            }
        });
        former.sort();
        if (!failures.isEmpty()) {
            isLenient = true;
            throw failures.getFirst();
        }
        loadWaiting(tables);
        changes.load(tables.kept());
    }

    private void loaded(K key, EpochTables.StateRow row) {
        Held<S> known = held(key, row);
        if (known.state() == null) {
            former.add(key, known);
        }
        if (held.hasRoom()) {
            held.put(key, known);
        } else {
            held.leftOut();
        }
    }

    private Held<S> held(K key, EpochTables.StateRow row) {
        S state = row.state().length == 0 ? null : decode(key, row.state());
        return new Held<>(state, row.version(), row.position(), row.chunk());
    }

    /** What a row says; null when that need not decode and does not. */
    private @Nullable Held<S> readable(K key, EpochTables.StateRow row) {
        boolean isNone = row.state().length > 0 && state(key, row.state()).isEmpty();
        return isNone ? null : held(key, row);
    }

    /** A key; empty when it need not decode and does not. */
    private Optional<K> key(byte[] stored) {
        try {
            return Optional.of(keys.decode(stored));
        } catch (OrreryException e) {
            if (isLenient) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A state; empty when there is none, or it need not decode and does not. */
    private Optional<S> state(K key, byte[] stored) {
        try {
            return stored.length == 0 ? Optional.empty() : Optional.of(decode(key, stored));
        } catch (OrreryException e) {
            if (isLenient) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private void loadWaiting(EpochTables from) {
        for (EpochTables.ParkedRow waiting : from.parked()) {
            park(
                    new Waiting<>(
                            keys.decode(waiting.key()),
                            waiting.position(),
                            waiting.cause(),
                            waiting.attempts(),
                            waiting.retryAt()));
        }
    }

    private S decode(K key, byte[] stored) {
        try {
            return states.decode(stored);
        } catch (OrreryException e) {
            OrreryException named =
                    new OrreryException.BadDefinition(
                            "projection state of " + key,
                            "does not decode as " + states.type() + " (" + e.getMessage() + ")",
                            "raise the version of the projection, which folds it anew");
            named.addSuppressed(e);
            throw named;
        }
    }

    // taking over what somebody else stored

    /** The keys that somebody else has changed since, with what is stored of them. */
    Map<K, Held<S>> overtaken(EpochTables now) {
        Map<K, Held<S>> changed = new LinkedHashMap<>();
        now.eachStateSince(
                position().number(),
                changes.next(),
                row -> {
                    K key = keys.decode(row.key());
                    Held<S> known = held.peek(key);
                    boolean isNewer =
                            known == null
                                    ? held.isWhole()
                                            || row.position() > position().number()
                                            || row.chunk() >= changes.next()
                                    : known.version() != row.version();
                    if (isNewer) {
                        changed.put(key, held(key, row));
                    }
                });
        return changed;
    }

    /** Takes over what is stored now of waiting events, places of changes and steps. */
    void takeOver(EpochRow stored) {
        parked.clear();
        loadWaiting(tables);
        changes.load(tables.kept());
        fence = stored.fence();
    }

    /**
     * The keys that somebody else has changed since, with what is known of them as of a moment;
     * empty when that cannot be told by the kept changes.
     */
    Optional<Map<K, Held<S>>> changedSince(EpochTables now) {
        if (now.firstKept().orElse(Long.MAX_VALUE) > changes.next()) {
            return position().number() == 0 && held.size() == 0
                    ? Optional.of(overtaken(now))
                    : Optional.empty();
        }
        Set<byte[]> touched = new TreeSet<>(Arrays::compareUnsigned); // as they stand in the store
        now.eachChunkFrom(
                changes.next(),
                (chunk, _) ->
                        touched.addAll(Chunks.keys(chunk.bytes(), "changes of epoch " + name)));
        List<byte[]> encoded = List.copyOf(touched);
        Map<K, Held<S>> changed = HashMap.newHashMap(encoded.size());
        int[] rows = {0};
        now.states(
                encoded,
                row -> {
                    rows[0]++;
                    K key = keys.decode(row.key());
                    Held<S> known = held.peek(key);
                    if (known == null || known.version() != row.version()) {
                        changed.put(key, held(key, row));
                    }
                });
        return rows[0] == encoded.size() ? Optional.of(changed) : Optional.empty();
    }

    /** Takes over what is stored as of a moment, but for states. */
    void takeOver(EpochRow stored, EpochTables now) {
        parked.clear();
        loadWaiting(now);
        long next = changes.next();
        now.firstKept().ifPresent(changes::dropBefore);
        now.eachChunkFrom(next, changes::add);
        fence = stored.fence();
        if (stored.lease().term() != term) {
            term = Lease.NONE;
        }
    }

    // comparing

    /** Every key that has a state, in memory or else as the store has them. */
    void each(BiConsumer<K, S> reader) {
        if (isWhole()) {
            forEach(reader);
        } else {
            eachStored((key, state) -> reader.accept(key, state.get()));
        }
    }

    /** The states of those keys that have one. */
    Map<K, S> all(Set<K> wanted) {
        Map<K, S> found = new HashMap<>();
        if (isWhole()) {
            wanted.forEach(key -> stateInMemory(key).ifPresent(state -> found.put(key, state)));
        } else {
            tables.states(
                    wanted.stream().map(keys::encode).sorted(Arrays::compareUnsigned).toList(),
                    row ->
                            key(row.key())
                                    .ifPresent(key ->
                                            state(key, row.state())
                                                    .ifPresent(state -> found.put(key, state))));
        }
        return found;
    }

    /** The keys whose stored states are not those of another epoch. */
    void eachDiffering(Epoch<K, S> next, BiConsumer<K, Differing<S>> reader) {
        tables.eachDiffering(
                next.tables,
                (stored, before, after) ->
                        key(stored)
                                .ifPresent(key ->
                                        reader.accept(
                                                key,
                                                new Differing<>(
                                                        state(key, before),
                                                        next.state(key, after)))));
    }
}
