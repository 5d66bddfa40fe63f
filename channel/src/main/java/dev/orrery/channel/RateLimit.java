package dev.orrery.channel;

/**
 * So many in any second: a bucket that fills steadily and holds one second's worth. Thread-safe.
 */
final class RateLimit {
    private static final long SECOND = 1_000_000_000L;

    private final long nanosEach;
    private long nextFree;

    RateLimit(int perSecond, long now) {
        this.nanosEach = SECOND / perSecond;
        this.nextFree = now - SECOND;
    }

    /** Takes one, if there is one at this moment. */
    synchronized boolean tryTake(long now) {
        long earliest = now - SECOND + nanosEach;
        long at = nextFree - earliest > 0 ? nextFree : earliest;
        if (at - now > 0) {
            return false;
        }
        nextFree = at + nanosEach;
        return true;
    }
}
