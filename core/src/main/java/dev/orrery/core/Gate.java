package dev.orrery.core;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One lock with one condition: where readers of a feed or a signal wait for its writer.
 *
 * <p>Nothing but field accesses happens under the lock, so a writer never waits for a reader's
 * work. Thread-safe.
 */
final class Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    void enter() {
        lock.lock();
    }

    void leave() {
        lock.unlock();
    }

    void signalAll() {
        changed.signalAll();
    }

    /**
     * Waits, holding the gate, until something is ready; false when the time passed first.
     *
     * @param timeout how long at most, or null for ever
     */
    boolean await(BooleanSupplier ready, @Nullable Duration timeout, String what) {
        try {
            if (timeout == null) {
                while (!ready.getAsBoolean()) {
                    changed.await();
                }
                return true;
            }
            long nanos = saturatedNanos(timeout);
            while (!ready.getAsBoolean()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OrreryException.Cancelled(what, e); // law C16
        }
    }

    private static long saturatedNanos(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException e) {
            return timeout.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }
}
