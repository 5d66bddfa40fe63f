package dev.orrery;

import dev.orrery.core.OrreryException;
import dev.orrery.query.Queries;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Saves what queries keep while an Orrery runs: inputs soon after they changed, results now and
 * then, and everything at the end. Thread-safe.
 */
final class SavingRhythm implements AutoCloseable { // law E13
    private static final System.Logger LOG = System.getLogger(SavingRhythm.class.getName());

    /** An input that was set is on disk about this much later. */
    private static final Duration INPUTS = Duration.ofSeconds(1);

    /** Results that were computed are on disk this many times that later. */
    private static final int RESULTS = 30;

    private final Queries queries;
    private final ThreadFactory threads;
    private final CountDownLatch closing = new CountDownLatch(1);
    private boolean started;

    SavingRhythm(Queries queries, ThreadFactory threads) {
        this.queries = queries;
        this.threads = threads;
    }

    /** Begins; again is harmless. */
    synchronized void start() {
        if (!started) {
            started = true;
            threads.newThread(this::run).start();
        }
    }

    private void run() {
        try {
            for (int beat = 1; !closing.await(INPUTS.toMillis(), TimeUnit.MILLISECONDS); beat++) {
                if (queries.hasUnsavedInputs() || beat % RESULTS == 0) {
                    save();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever owns the threads wants them back
        }
    }

    /** What could not be saved is saved with the next, and told if it is the last. */
    private void save() {
        try {
            queries.save();
        } catch (OrreryException failure) {
            LOG.log(System.Logger.Level.ERROR, "inputs and results are not saved", failure);
        }
    }

    /** Ends the rhythm with a last save; closing twice is harmless. */
    @Override
    public void close() {
        closing.countDown();
        queries.save();
    }
}
