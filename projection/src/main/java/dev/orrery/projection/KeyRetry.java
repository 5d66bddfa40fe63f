package dev.orrery.projection;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.EpochTables.Released;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another attempt to fold the events that wait for a key, in order, as far as that goes. Confined
 * to the thread that holds the epoch's lock.
 */
final class KeyRetry<E, K, S> {
    private final EventLog<E> log;
    private final Parked<K> parked;
    private final byte[] encodedKey;
    private final List<Long> waiting;
    private final FoldBatch<E, K, S> folded;
    private final List<Released> released = new ArrayList<>();
    private @Nullable Throwable cause;

    private KeyRetry(
            EventLog<E> log,
            Parked<K> parked,
            byte[] encodedKey,
            List<Long> waiting,
            FoldBatch<E, K, S> folded) {
        this.log = log;
        this.parked = parked;
        this.encodedKey = encodedKey;
        this.waiting = waiting;
        this.folded = folded;
    }

    /**
     * An attempt at a parked key.
     *
     * @throws Missing when it is not parked
     */
    static <E, K, S> KeyRetry<E, K, S> of(
            Life<E, K, S> life, K key, EventLog<E> log, FoldBatch<E, K, S> folded) {
        Parked<K> parked = life.epoch().parked(key);
        if (parked == null) {
            throw new Missing("parked keys of " + life.requireFolding().name(), key);
        }
        byte[] encoded = life.requireFolding().keys().encode(key);
        return new KeyRetry<>(log, parked, encoded, life.epoch().tables().parked(encoded), folded);
    }

    /** The event with a number. */
    static <E> Recorded<E> eventAt(EventLog<E> log, long number) {
        return log.read(new Position(log.start().log(), number - 1), 1).getFirst();
    }

    void fold(boolean leaveOutFirst) {
        K key = parked.key();
        FoldPart<E, K, S> part = folded.brought(key);
        for (long number : waiting) {
            if (cause != null) {
                part.leaveBehind(key, number);
            } else if (leaveOutFirst && released.isEmpty()) {
                released.add(new Released(encodedKey, number));
            } else {
                int attempt = released.isEmpty() ? parked.attempts() + 1 : 1;
                if (part.fold(key, eventAt(log, number), attempt)) {
                    released.add(new Released(encodedKey, number));
                } else {
                    cause = part.heldUpBy(key);
                }
            }
        }
    }

    FoldBatch.Result<K, S> result(long revision) {
        return folded.result(revision, released);
    }

    /** Fails when an event could not be folded again. */
    void requireDone(String name) {
        if (cause != null) {
            throw new UserFailure("projection " + name, parked.key(), cause);
        }
    }
}
