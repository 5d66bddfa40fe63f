package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import java.time.Duration;

/**
 * How much a peer may make a replica do: so many bytes of questions and answers in a time, more
 * only when that has passed. Immutable.
 *
 * @param bytes at least one message's, at once and again in each such time
 * @param per the time
 */
public record PeerBudget(long bytes, Duration per) {
    /** The longest message fits in, so that everything can be said in time. */
    public static final long LEAST_BYTES = SyncMessage.MOST_BYTES;

    /** Checks that a message fits in. */
    public PeerBudget {
        if (bytes < LEAST_BYTES) {
            throw new Invalid("bytes", "is at least " + LEAST_BYTES, bytes);
        }
        if (per.isNegative() || per.isZero()) {
            throw new Invalid("per", "is longer than nothing", per);
        }
    }

    /** A gigabyte an hour. */
    public static PeerBudget ordinary() {
        return new PeerBudget(1L << 30, Duration.ofHours(1));
    }
}
