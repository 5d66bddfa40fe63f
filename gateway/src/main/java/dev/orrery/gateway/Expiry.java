package dev.orrery.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * When something ends unless a newer token is brought. Immutable.
 *
 * @param ttl in how many seconds the client is to bring one, rounded up
 * @param deadline when it is ended, in nanoseconds of the gateway's clock for intervals
 */
record Expiry(OptionalInt ttl, OptionalLong deadline) {
    static final Expiry NEVER = new Expiry(OptionalInt.empty(), OptionalLong.empty());

    static Expiry at(Optional<Instant> until, Services services) {
        if (until.isEmpty()) {
            return NEVER;
        }
        Duration left = Duration.between(services.clock().instant(), until.get());
        long seconds = Math.clamp(left.plusNanos(999_999_999).toSeconds(), 0, Integer.MAX_VALUE);
        Duration end = Duration.ofSeconds(seconds).plus(services.limits().renewWithin());
        return new Expiry(
                OptionalInt.of((int) seconds),
                OptionalLong.of(services.nanos().getAsLong() + end.toNanos()));
    }

    /** How long until it is ended; {@code Long.MAX_VALUE} for never. */
    long left(long now) {
        return deadline.isPresent() ? Math.max(0, deadline.getAsLong() - now) : Long.MAX_VALUE;
    }
}
