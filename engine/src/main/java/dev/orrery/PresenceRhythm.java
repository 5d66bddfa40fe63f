package dev.orrery;

import dev.orrery.channel.SharedPresence;
import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Has who is here told to other processes, and theirs looked at, a few times in each lease. */
final class PresenceRhythm implements AutoCloseable { // law E18
    private static final System.Logger LOG = System.getLogger(PresenceRhythm.class.getName());
    private static final int STEPS_IN_A_LEASE = 4;

    private final SharedPresence presence;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    PresenceRhythm(SharedPresence presence, Duration lease, ThreadFactory threads) {
        this.presence = presence;
        long nanos = Math.max(1, lease.toNanos() / STEPS_IN_A_LEASE);
        this.thread = threads.newThread(() -> run(nanos));
    }

    /** Begins. */
    PresenceRhythm start() {
        thread.start();
        return this;
    }

    private void run(long nanos) {
        try {
            do {
                step();
            } while (!closing.await(nanos, TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever owns the threads wants them back
        }
    }

    /** What could not be told is told with the next step. */
    private void step() {
        try {
            presence.step();
        } catch (OrreryException.Closed over) {
            closing.countDown();
        } catch (OrreryException failure) {
            LOG.log(System.Logger.Level.WARNING, "who is here is not told: {0}", failure);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        presence.close();
    }
}
