package dev.orrery;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time of day with the evenness of a clock for intervals: set once by the one, driven by the
 * other, so that it never jumps. Immutable.
 */
final class EngineClock {
    private final LongSupplier nanos;
    private final double originMillis;
    private final long originNanos;

    EngineClock(InstantSource clock, LongSupplier nanos) {
        this.nanos = nanos;
        this.originNanos = nanos.getAsLong();
        Instant now = clock.instant();
        this.originMillis = now.getEpochSecond() * 1e3 + now.getNano() / 1e6;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    /** Milliseconds since the epoch, with their fraction, of a moment in nanoseconds. */
    double millis(long nanoTime) {
        return Math.round((originMillis + (nanoTime - originNanos) / 1e6) * 1e3) / 1e3;
    }

    double now() {
        return millis(nanos());
    }
}
