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
import java.util.LinkedHashMap;
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
    private final Codec<K> keys;
    private final Codec<S> states;
    private final HeldStates<K, S> held;
    private final FormerKeys<K> former = new FormerKeys<>();
    private final Map<K, Parked<K>> parked = new ConcurrentHashMap<>();

    private final KeptChanges changes = new KeptChanges();
    private long fence;
    private volatile Reached reached;

    /** Whether states that do not decode are none; else they are an error. */
    private volatile boolean isLenient;

    /** How far the states are, and when the event there was appended. */
    record Reached(Position position, Instant time) {}

    /**
     * An epoch of which nothing is in memory yet.
     *
     * @param most so many keys may stay in memory
     */
    Epoch(EpochRow row, EpochTables tables, String log, Codec<K> keys, Codec<S> states, int most) {
        this.row = row;
        this.tables = tables;
        this.log = log;
        this.keys = keys;
        this.states = states;
        this.held = new HeldStates<>(most);
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

    // states

    /**
     * What is known of a key, also for a while after its state was removed; read from the store
     * when it is not in memory.
     */
    @Nullable Held<S> held(K key) {
        Held<S> known = held.find(key);
        return known != null || held.isWhole()
                ? known
                : tables.state(keys.encode(key)).map(row -> readable(key, row)).orElse(null);
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
    void stepped() {
        fence++;
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
        loadWaiting();
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

    private void loadWaiting() {
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

    private S decode(K key, byte[] stored) {
        try {
            return states.decode(stored);
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

    // taking over what somebody else stored

    /** The keys that somebody else has changed since, with what is stored of them now. */
    Map<K, Held<S>> overtaken() {
        Map<K, Held<S>> changed = new LinkedHashMap<>();
        tables.eachStateSince(
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
        loadWaiting();
        changes.load(tables.kept());
        fence = stored.fence();
    }

    /** The keys of which another epoch, to be served instead, has another state. */
    Map<K, Differing<S>> differing(Epoch<K, S> next) {
        Map<K, Differing<S>> differing = new LinkedHashMap<>();
        if (isWhole() && next.isWhole()) {
            next.forEach(
                    (key, after) -> put(differing, key, stateInMemory(key), Optional.of(after)));
            forEach((key, before) ->
                    put(differing, key, Optional.of(before), next.stateInMemory(key)));
        } else {
            tables.eachDiffering(
                    next.tables,
                    (stored, before, after) ->
                            key(stored)
                                    .ifPresent(key ->
                                            put(
                                                    differing,
                                                    key,
                                                    state(key, before),
                                                    next.state(key, after))));
        }
        return differing;
    }

    private void put(Map<K, Differing<S>> differing, K key, Optional<S> before, Optional<S> after) {
        if (!before.equals(after)) {
            differing.put(key, new Differing<>(before, after));
        }
    }
}
