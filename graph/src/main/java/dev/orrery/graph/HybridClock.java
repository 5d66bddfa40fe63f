package dev.orrery.graph;

import dev.orrery.core.OrreryException.Unavailable;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * A hybrid logical clock that never runs further ahead of the wall clock than a bound, and never
 * backwards. Guarded by the lock of its graph.
 */
final class HybridClock { // law G5
    private static final Duration LONGEST = Duration.ofMillis(Long.MAX_VALUE);

    private final InstantSource wall;
    private final Duration bound;
    private final long boundMillis;
    private HybridTime last;

    HybridClock(InstantSource wall, Duration bound, HybridTime last) {
        this.wall = wall;
        this.bound = bound;
        this.boundMillis = bound.compareTo(LONGEST) < 0 ? bound.toMillis() : Long.MAX_VALUE;
        this.last = last;
    }

    HybridTime last() {
        return last;
    }

    InstantSource wall() {
        return wall;
    }

    /** The wall clock, in milliseconds since 1970. */
    long wallMillis() {
        return wall.millis();
    }

    /** Goes back to an earlier reading, when what was stamped since is given up. */
    void reset(HybridTime earlier) {
        last = earlier;
    }

    /**
     * The time of a local write.
     *
     * @throws Unavailable when the wall clock was set back so far that peers with a right clock
     *     would take the write for one of the future
     */
    HybridTime tick() {
        long now = wall.millis();
        HybridTime next = next(now);
        if (next == null) {
            throw new Unavailable(
                    "writing",
                    "the wall clock is behind what was written before: set it right, try again"
                            + " when it is there, or open with a greater drift",
                    Duration.ofMillis(last.millis() - now).minus(bound),
                    null);
        }
        last = next;
        return next;
    }

    /** Whether the wall clock was set back so far that nothing can be written. */
    boolean isAheadOfTheWall() {
        return next(wall.millis()) == null;
    }

    /** The next moment; null when it is further ahead than may be. */
    private @Nullable HybridTime next(long now) {
        if (now > last.millis()) {
            return new HybridTime(now, 0);
        }
        if (isBeyond(last, now)) {
            return null;
        }
        HybridTime next = last.next();
        return isBeyond(next, now) ? null : next;
    }

    private boolean isBeyond(HybridTime time, long now) {
        return time.millis() - now > boundMillis;
    }

    /** Whether a time is further ahead of the wall clock than peers may be. */
    boolean isOfTheFuture(HybridTime time) {
        return isBeyond(time, wall.millis());
    }

    /** Learns of another replica's time, which is not of the future. */
    void witness(HybridTime time) {
        last = last.max(time);
    }
}
