package dev.orrery.log;

import dev.orrery.core.OrreryException.Cancelled;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One reader's wait for events, which ends for what concerns this reader and for nothing else: each
 * waiter has a lock of its own. Thread-safe; one thread waits.
 */
final class Waiter {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final @Nullable String stream;
    private boolean pending;
    private long nanosLeft;
    private boolean timed;
    private long wakes;

    /** A waiter for the events of a stream, or of all of them. */
    Waiter(@Nullable String stream) {
        this.stream = stream;
    }

    /** Begins a wait that may take several rounds: all of them within a time, or for ever. */
    void begin(@Nullable Duration timeout) {
        timed = timeout != null;
        nanosLeft = timeout == null ? 0 : saturatedNanos(timeout);
    }

    private static long saturatedNanos(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException e) {
            return timeout.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    /**
     * Ends the wait, or the next one, if there are events for this reader among those of some
     * streams, or of any.
     */
    void wakeFor(@Nullable Set<String> streams) {
        if (stream == null || streams == null || streams.contains(stream)) {
            wake();
        }
    }

    /** Ends the wait, or the next one. */
    void wake() {
        lock.lock();
        try {
            pending = true;
            woken.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits to be woken; false when the time passed first. */
    boolean await() {
        lock.lock();
        try {
            while (!pending) {
                if (!timed) {
                    woken.await();
                } else if (nanosLeft > 0) {
                    nanosLeft = woken.awaitNanos(nanosLeft);
                } else {
                    return false;
                }
            }
            pending = false;
            wakes++;
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("waiting for events", e);
        } finally {
            lock.unlock();
        }
    }

    /** How often a wait was ended by somebody. */
    long wakes() {
        lock.lock();
        try {
            return wakes;
        } finally {
            lock.unlock();
        }
    }
}
