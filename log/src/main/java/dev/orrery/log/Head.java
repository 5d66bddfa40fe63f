package dev.orrery.log;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How far a log may be read, and the readers who wait for more.
 *
 * <p>What is committed may be read, except for what was appended here and is not told yet (law L7):
 * while an append is under way, the head stays below its first position, whoever else says that
 * positions beyond it are committed. The first position of an append under way is known inside its
 * transaction, before it commits, so it is never too late.
 *
 * <p>The head never moves back. Thread-safe; the lock is held for field accesses only.
 */
final class Head {
    private static final long NOTHING = Long.MAX_VALUE;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private long committed;
    private long firstUnderWay = NOTHING;
    private volatile long now;

    Head(long committed) {
        this.committed = committed;
        this.now = committed;
    }

    /** The number of the newest event that may be read. */
    long now() {
        return now;
    }

    /** An append is about to commit, from a number on. */
    void begin(long first) {
        lock.lock();
        try {
            firstUnderWay = first;
        } finally {
            lock.unlock();
        }
    }

    /** The append under way is given up. */
    void abandon() {
        end(0, Set.of());
    }

    /**
     * The append under way is committed, up to a number, and told.
     *
     * @param streams those of its events
     */
    void end(long last, Set<String> streams) {
        lock.lock();
        try {
            firstUnderWay = NOTHING;
        } finally {
            lock.unlock();
        }
        move(last, streams);
    }

    /** Everything up to a number is committed, by whomever. */
    void seen(long number) {
        move(number, null);
    }

    /** Moves for events of some streams, or, where that is not known, of any. */
    private void move(long number, @Nullable Set<String> streams) {
        Set<String> concerned = streams;
        lock.lock();
        try {
            if (number < committed) {
                concerned = null; // others told of more
            }
            committed = Math.max(committed, number);
            long next = Math.min(committed, firstUnderWay - 1);
            if (next <= now) {
                return;
            }
            now = next;
        } finally {
            lock.unlock();
        }
        for (Waiter waiter : waiters) {
            waiter.wakeFor(concerned);
        }
    }

    /**
     * Waits until the head has moved beyond a number, or somebody wakes the waiter.
     *
     * @return false when the waiter's time passed first
     */
    boolean await(long beyond, Waiter waiter) {
        waiters.add(waiter);
        try {
            return now > beyond
                    || waiter.await(); // who moves the head from here on sees the waiter
        } finally {
            waiters.remove(waiter);
        }
    }
}
