package dev.orrery.core;

import dev.orrery.core.Cursor.Numbered;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest differences of a state, in memory and without a hole: what a {@link StoredFeed} spares
 * its store. Thread-safe; nothing but field accesses happens under its lock.
 */
final class DeltaRing<S, D> {
    private final Gate gate = new Gate();
    private final @Nullable Object[] slots;
    private @Nullable String epoch;
    private long oldest = 1;
    private long newest;
    private long changes;

    /** What a reader finds who looks from a place. */
    sealed interface Look<S, D> {
        /** The difference after the place. */
        record Next<S, D>(Update.Delta<S, D> delta) implements Look<S, D> {}

        /** The ring cannot say what follows: the store can, as of no sooner than these changes. */
        record AskStore<S, D>(long changes) implements Look<S, D> {}
    }

    DeltaRing(int capacity) {
        if (capacity < 1) {
            throw new OrreryException.Invalid("capacity", "is at least 1", capacity);
        }
        slots = new Object[capacity];
    }

    /**
     * Takes a difference that the store holds. One that does not follow the newest begins the ring
     * anew; one it has already is dropped. // law C56
     */
    void offer(Update.Delta<S, D> delta) {
        Numbered at = (Numbered) delta.cursor();
        gate.enter();
        try {
            boolean sameLife = at.epoch().equals(epoch);
            if (sameLife && at.offset() <= newest) {
                return;
            }
            if (!sameLife || at.offset() > newest + 1) {
                beginAt(at);
            }
            newest = at.offset();
            slots[slot(newest)] = delta;
            oldest = Math.max(oldest, newest - slots.length + 1);
            changes++;
            gate.signalAll();
        } finally {
            gate.leave();
        }
    }

    private void beginAt(Numbered at) {
        empty();
        epoch = at.epoch();
        oldest = at.offset();
    }

    /** Forgets everything, so that every reader asks the store. */
    void forget() {
        gate.enter();
        try {
            empty();
            changes++;
            gate.signalAll();
        } finally {
            gate.leave();
        }
    }

    private void empty() {
        Arrays.fill(slots, null);
        epoch = null;
        oldest = 1;
        newest = 0;
    }

    /** How often the ring has changed; what is read from the store after this is no older. */
    long changes() {
        gate.enter();
        try {
            return changes;
        } finally {
            gate.leave();
        }
    }

    /**
     * What follows a place; waits while nothing does.
     *
     * @param asked the changes as of which the store was asked last, or less when it must be
     * @param timeout how long at most, or null for ever
     * @param closed whether the reader is; looked at under the lock
     * @return empty when nothing came in time
     */
    Optional<Look<S, D>> look(
            Numbered place, long asked, @Nullable Duration timeout, BooleanSupplier closed) {
        gate.enter();
        try {
            if (!gate.await(
                    () -> closed.getAsBoolean() || follows(place) || mustAsk(place, asked),
                    timeout,
                    "a feed's next entry")) {
                return Optional.empty();
            }
            if (closed.getAsBoolean()) {
                throw new OrreryException.Closed("the subscription");
            }
            return Optional.of(
                    follows(place)
                            ? new Look.Next<>(delta(place.offset() + 1))
                            : new Look.AskStore<>(changes));
        } finally {
            gate.leave();
        }
    }

    private boolean follows(Numbered place) {
        return spans(place) && place.offset() < newest;
    }

    /** Whether the ring knows all that followed a place: it is of this life and not too old. */
    private boolean spans(Numbered place) {
        return place.epoch().equals(epoch) && place.offset() >= oldest - 1;
    }

    /** A place from elsewhere is asked about once for each change; one in the ring never. */
    private boolean mustAsk(Numbered place, long asked) {
        boolean known = spans(place) && (place.offset() <= newest || asked >= 0);
        return !known && asked != changes;
    }

    /** Ends the waits of a reader that is closed. */
    void wake() {
        gate.enter();
        try {
            gate.signalAll();
        } finally {
            gate.leave();
        }
    }

    private int slot(long offset) {
        return (int) (offset % slots.length);
    }

    @SuppressWarnings({
        "unchecked",
        "NullAway"
    }) // the slots hold what offer put there, for oldest..newest
    private Update.Delta<S, D> delta(long offset) {
        return (Update.Delta<S, D>) slots[slot(offset)];
    }
}
