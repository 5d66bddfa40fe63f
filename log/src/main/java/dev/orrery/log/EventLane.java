package dev.orrery.log;

import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.TimedOut;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Work done one after the other, in the order of arrival, by a thread that lives while there is
 * some. Bounded; thread-safe. The work runs with no lock held and must not throw.
 */
final class EventLane {
    private static final int MOST_WAITING = 10_000;

    private final String name;
    private final ThreadFactory threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean working;

    EventLane(String name, ThreadFactory threads) {
        this.name = name;
        this.threads = threads;
    }

    void add(Runnable work) {
        lock.lock();
        try {
            if (waiting.size() == MOST_WAITING) {
                throw new LimitExceeded(
                        "events waiting for " + name, MOST_WAITING, MOST_WAITING + 1);
            }
            waiting.add(work);
            if (!working) {
                working = true;
                threads.newThread(this::work).start();
            }
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        Runnable next = next();
        while (next != null) {
            next.run();
            next = next();
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Runnable next = waiting.poll();
            if (next == null) {
                working = false;
                idle.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all of the work is done. */
    void awaitIdle(Duration most) {
        long nanos = most.toNanos();
        lock.lock();
        try {
            while (working) {
                if (nanos <= 0) {
                    throw new TimedOut("the work of " + name, most);
                }
                nanos = idle.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("waiting for the work of " + name, e);
        } finally {
            lock.unlock();
        }
    }
}
