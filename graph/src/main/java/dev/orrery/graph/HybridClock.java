package dev.orrery.graph;

import dev.orrery.core.OrreryException.Unavailable;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A hybrid logical clock that never runs further ahead of the wall clock than a bound, and never
 * backwards. Guarded by the lock of its graph.
 */
final class HybridClock { // law G5
    private final InstantSource wall;
    private final Duration bound;
    private HybridTime last;

    HybridClock(InstantSource wall, Duration bound, HybridTime last) {
        this.wall = wall;
        this.bound = bound;
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
        HybridTime next = now > last.millis() ? new HybridTime(now, 0) : last.next();
        if (next.millis() - now > bound.toMillis()) {
            throw new Unavailable(
                    "writing",
                    "the wall clock is behind what was written before",
                    Duration.ofMillis(next.millis() - now).minus(bound),
                    null);
        }
        last = next;
        return next;
    }

    /** Whether a time is further ahead of the wall clock than peers may be. */
    boolean isOfTheFuture(HybridTime time) {
        return time.millis() - wall.millis() > bound.toMillis();
    }

    /** Learns of another replica's time, which is not of the future. */
    void witness(HybridTime time) {
        last = last.max(time);
    }
}
