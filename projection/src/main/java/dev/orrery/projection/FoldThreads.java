package dev.orrery.projection;

import dev.orrery.core.OrreryException.Cancelled;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

/** The threads at work for the projections of one log, until they are to end. Thread-safe. */
final class FoldThreads {
    private static final System.Logger LOG = System.getLogger(FoldThreads.class.getName());
    private static final Duration STOPPING = Duration.ofSeconds(30);

    private final String log;
    private final ThreadFactory factory;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** Those that have work, or had. */
    private final List<Thread> begun = new CopyOnWriteArrayList<>();

    FoldThreads(String log, ThreadFactory factory) {
        this.log = log;
        this.factory = factory;
    }

    /** Makes threads for what ends with the work of one of these. */
    ThreadFactory factory() {
        return factory;
    }

    void begin(Runnable work) {
        Thread thread = factory.newThread(work);
        begun.removeIf(earlier -> !earlier.isAlive() && earlier.getState() != Thread.State.NEW);
        begun.add(thread);
        thread.start();
    }

    /** No outage yet of something that ends with these. */
    Outage outage(String waiting) {
        return new Outage(waiting, closing);
    }

    /** Whether all is to end. */
    boolean areClosing() {
        return closing.getCount() == 0;
    }

    /** Asks all to end. */
    void close() {
        closing.countDown();
    }

    /** Waits until they have. */
    void awaitEnd() {
        begun.forEach(this::await);
    }

    private void await(Thread thread) {
        try {
            if (!thread.join(STOPPING)) {
                LOG.log(System.Logger.Level.WARNING, "log {0} is still being folded", log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("closing the projections of " + log, e);
        }
    }
}
