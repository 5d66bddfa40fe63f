package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.log.Recorded;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Some events folded over an epoch in memory: what they change, before any of it is stored or seen.
 * Confined to the folding thread.
 */
final class FoldBatch<E, K, S> {
    private static final int ATTEMPTS = 3;
    private static final int TRIMMED_AT_ONCE = 100;

    private final Projection<? super E, K, S> projection;
    private final Epoch<K, S> epoch;
    private final Codec<K> keys;
    private final Codec<S> states;
    private final int versionsKept;
    private final Map<K, Work> work = new LinkedHashMap<>();
    private final Map<K, Fault> faults = new HashMap<>();
    private final List<Waiting<K>> waiting = new ArrayList<>();
    private long position;
    private Instant time;
    private @Nullable OrreryException failure;

    /** An event that is to wait for its key; the first one of a key has a cause. */
    record Waiting<K>(K key, long position, @Nullable String cause) {}

    /** A fold that threw. */
    record Fault(long position, Throwable cause) {}

    FoldBatch(
            Projection<? super E, K, S> projection,
            Epoch<K, S> epoch,
            Codec<K> keys,
            Codec<S> states,
            int versionsKept) {
        this.projection = projection;
        this.epoch = epoch;
        this.keys = keys;
        this.states = states;
        this.versionsKept = versionsKept;
        this.position = epoch.position().number();
        this.time = epoch.reached().time();
    }

    /** Folds the events that come after the epoch, up to one for which the keys function throws. */
    void foldAll(List<Recorded<E>> batch) {
        Recorded<E> current = batch.getFirst();
        try {
            for (Recorded<E> recorded : batch) {
                current = recorded;
                if (recorded.position().number() > position) { // law P2
                    fold(recorded);
                }
            }
        } catch (RuntimeException | StackOverflowError e) {
            failure =
                    new UserFailure(
                            "keys of projection " + projection.name(), current.position(), e);
        }
    }

    /** Why folding cannot go on after {@link #position}. */
    Optional<OrreryException> failure() {
        return Optional.ofNullable(failure);
    }

    private void fold(Recorded<E> recorded) {
        for (K key : keysOf(recorded.event())) {
            if (epoch.isParked(key) || faults.containsKey(key)) {
                waiting.add(new Waiting<>(key, recorded.position().number(), null)); // law P6
            } else if (!foldInto(key, recorded)) {
                fault(key)
                        .ifPresent(fault ->
                                waiting.add(
                                        new Waiting<>(
                                                key, fault.position, String.valueOf(fault.cause))));
            }
        }
        position = recorded.position().number();
        time = recorded.time();
    }

    private Collection<? extends K> keysOf(E event) {
        Collection<? extends K> concerned = projection.keys(event);
        return concerned.size() < 2 ? concerned : new LinkedHashSet<>(concerned);
    }

    /** Folds an event into one key; false when the fold threw. */
    boolean foldInto(K key, Recorded<E> recorded) {
        for (int attempt = 1; ; attempt++) {
            try {
                work.computeIfAbsent(key, Work::new).apply(recorded);
                return true;
            } catch (RuntimeException | StackOverflowError e) {
                if (attempt == ATTEMPTS) {
                    faults.put(key, new Fault(recorded.position().number(), e));
                    return false;
                }
            }
        }
    }

    /** What a key's fold threw. */
    Optional<Fault> fault(K key) {
        return Optional.ofNullable(faults.get(key));
    }

    /** The events that are to wait. */
    List<Waiting<K>> waiting() {
        return waiting;
    }

    /** The number of the last event of the batch. */
    long position() {
        return position;
    }

    /** When the last event of the batch was appended. */
    Instant time() {
        return time;
    }

    /** The keys whose state changed, with the newest one. */
    Map<K, Held<S>> changed() {
        Map<K, Held<S>> changed = new LinkedHashMap<>();
        work.forEach((key, one) -> {
            if (one.first <= one.version) {
                changed.put(key, one.held());
            }
        });
        return changed;
    }

    /** What there is to store; {@code released} are the events that no longer wait. */
    FoldTables.Save save(long revision, List<FoldTables.Released> released) {
        List<FoldTables.StateRow> stateRows = new ArrayList<>();
        List<FoldTables.VersionsRow> versionRows = new ArrayList<>();
        List<FoldTables.Trim> trims = new ArrayList<>();
        for (Work one : work.values()) {
            if (one.first > one.version) {
                continue;
            }
            stateRows.add(
                    new FoldTables.StateRow(
                            one.encodedKey, one.version, one.position, one.encoded.getLast()));
            versionRows.add(
                    new FoldTables.VersionsRow(
                            one.encodedKey,
                            one.first,
                            one.version,
                            PackedStates.pack(one.encoded)));
            if (one.crossesATrim()) {
                trims.add(new FoldTables.Trim(one.encodedKey, one.version - versionsKept));
            }
        }
        List<FoldTables.ParkedRow> parkedRows =
                waiting.stream()
                        .map(one ->
                                new FoldTables.ParkedRow(
                                        keys.encode(one.key()), one.position(), one.cause()))
                        .toList();
        return new FoldTables.Save(
                epoch.position().number(),
                position,
                time,
                revision,
                stateRows,
                versionRows,
                trims,
                parkedRows,
                released);
    }

    /**
     * One key under way: its newest state, and the encoded ones since the batch began, as many as
     * are kept.
     */
    private final class Work {
        private final byte[] encodedKey;
        private final long before;
        private final Deque<byte[]> encoded = new ArrayDeque<>();
        private S state;
        private long version;
        private long position;
        private long first;

        private Work(K key) {
            Optional<Held<S>> held = epoch.find(key);
            this.encodedKey = keys.encode(key);
            this.state = held.isPresent() ? held.get().state() : projection.initial(key);
            this.version = held.map(Held::version).orElse(0L);
            this.position = held.map(Held::position).orElse(0L);
            this.before = version;
            this.first = version + 1;
        }

        private void apply(Recorded<E> recorded) {
            S next = projection.apply(state, recorded.event());
            if (version > 0 && next.equals(state)) {
                return;
            }
            encoded.add(states.encode(next));
            if (encoded.size() > versionsKept) {
                encoded.remove();
                first++;
            }
            state = next;
            version++;
            position = recorded.position().number();
        }

        private Held<S> held() {
            return new Held<>(state, version, position);
        }

        /**
         * Old versions go in steps, so that a key that changes one at a time does not delete each
         * time.
         */
        private boolean crossesATrim() {
            return version > versionsKept && version / TRIMMED_AT_ONCE != before / TRIMMED_AT_ONCE;
        }
    }
}
