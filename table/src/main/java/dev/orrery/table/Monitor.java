package dev.orrery.table;

import dev.orrery.core.OrreryException.Cancelled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A lock that may be entered again, and one condition: that something under it has changed. */
final class Monitor {
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** A monitor of what {@code name} says, in errors. */
    Monitor(String name) {
        this.name = name;
    }

    /** Enters, for longer than one method lasts; {@link #leave} ends it, on the same thread. */
    void enter() {
        lock.lock();
    }

    void leave() {
        lock.unlock();
    }

    /** Answers a question under the lock. */
    <T> T ask(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    /** Runs an action under the lock and wakes whoever waits for a change. */
    void tell(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /**
     * Waits, under the lock, until something holds; false when the time was over first.
     *
     * @throws Cancelled when the thread is interrupted, and stays so
     */
    boolean await(BooleanSupplier condition, Duration timeout) {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (!condition.getAsBoolean()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("waiting for " + name, e);
        } finally {
            lock.unlock();
        }
    }

    /** Waits, under the lock, until there is something; empty when the time was over first. */
    <T> Optional<T> awaitSome(Supplier<Optional<T>> question, Duration timeout) {
        List<T> answer = new ArrayList<>(1);
        await(
                () -> {
                    question.get().ifPresent(answer::add);
                    return !answer.isEmpty();
                },
                timeout);
        return answer.stream().findFirst();
    }
}
