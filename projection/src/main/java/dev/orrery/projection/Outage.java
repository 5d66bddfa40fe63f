package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits while a database cannot be used, since it cannot be reached, or its disk is full: for a
 * moment at first, then longer. Confined to one thread at a time.
 */
final class Outage {
    private static final System.Logger LOG = System.getLogger(Outage.class.getName());
    private static final Duration SHORTEST = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** What fails so long after it failed last time has gone well in between. */
    private static final Duration CALM = Duration.ofSeconds(10);

    private final String waiting;
    private final CountDownLatch closing;
    private long failed = System.nanoTime() - CALM.toNanos();
    private Duration pause = SHORTEST;

    /**
     * No outage yet.
     *
     * @param waiting what stands still during one, for the log
     * @param closing is counted down when nothing is to be tried again
     */
    Outage(String waiting, CountDownLatch closing) {
        this.waiting = waiting;
        this.closing = closing;
    }

    /** Whether something failed that will go well when the database can be used again. */
    static boolean isOne(OrreryException failure) {
        return switch (failure) {
            case Unavailable _, TimedOut _ -> true;
            case StorageFailure storage -> storage.kind() == StorageFailure.Kind.FULL;
            default -> false;
        };
    }

    /** Waits before it is tried again, or until nothing is; throws what is no outage. */
    void await(OrreryException cause) {
        if (!isOne(cause)) {
            throw cause;
        }
        if (System.nanoTime() - failed >= CALM.toNanos()) {
            pause = SHORTEST;
            LOG.log(
                    System.Logger.Level.WARNING,
                    waiting + " stands still until the database can be used",
                    cause);
        }
        try {
            closing.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OrreryException.Cancelled("waiting for the database of " + waiting, e);
        }
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
        failed = System.nanoTime();
    }
}
