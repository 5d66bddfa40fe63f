package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import java.time.Instant;

/**
 * A moment of a hybrid logical clock: the wall clock's milliseconds, and a counter among what was
 * written within one. Immutable.
 *
 * @param millis since 1970, not negative
 * @param counter not negative
 */
public record HybridTime(long millis, int counter) implements Comparable<HybridTime> {
    static final HybridTime ZERO = new HybridTime(0, 0);

    public HybridTime {
        if (millis < 0 || counter < 0) {
            throw new Invalid("time", "is not negative", millis + "." + counter);
        }
    }

    /** The next moment within the same millisecond, or the first of the next one. */
    HybridTime next() {
        return counter == Integer.MAX_VALUE
                ? new HybridTime(millis + 1, 0)
                : new HybridTime(millis, counter + 1);
    }

    HybridTime max(HybridTime other) {
        return compareTo(other) >= 0 ? this : other;
    }

    /** The wall clock's part. */
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }

    @Override
    public int compareTo(HybridTime other) {
        int compared = Long.compare(millis, other.millis);
        return compared == 0 ? Integer.compare(counter, other.counter) : compared;
    }

    @Override
    public String toString() {
        return millis + "." + counter;
    }
}
