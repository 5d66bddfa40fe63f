package dev.orrery;

import dev.orrery.core.OrreryException.Closed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is closed together, one after the other: what stands on something before that. Thread-safe.
 */
final class Closing implements AutoCloseable {
    private final String owner;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closed;

    /** Held by who closes: nobody else closes a part out of turn, or returns before all are. */
    private final ReentrantLock turn = new ReentrantLock();

    /** Of an owner, which is named to who comes too late. */
    Closing(String owner) {
        this.owner = owner;
    }

    /**
     * Has a part closed before all that are here.
     *
     * @throws Closed when it is too late: then it is closed at once
     */
    <C extends AutoCloseable> C before(C part) {
        if (!added(part, true)) {
            throw tooLate(part);
        }
        return part;
    }

    /**
     * Has a part closed after all that are here.
     *
     * @throws Closed when it is too late: then it is closed at once
     */
    <C extends AutoCloseable> C after(C part) {
        if (!added(part, false)) {
            throw tooLate(part);
        }
        return part;
    }

    private synchronized boolean added(AutoCloseable part, boolean before) {
        if (closed) {
            return false;
        }
        if (before) {
            parts.addFirst(part);
        } else {
            parts.addLast(part);
        }
        return true;
    }

    private Closed tooLate(AutoCloseable part) {
        close(part);
        return new Closed(owner);
    }

    private synchronized @Nullable AutoCloseable next() {
        closed = true;
        return parts.pollFirst();
    }

    /** Closes all of them, whatever one throws; the first of that is thrown in the end. */
    @Override
    public void close() {
        RuntimeException first = null;
        turn.lock();
        try {
            for (AutoCloseable part = next(); part != null; part = next()) {
                try {
                    close(part);
                } catch (RuntimeException e) {
                    first = first == null ? e : first;
                }
            }
        } finally {
            turn.unlock();
        }
        if (first != null) {
            throw first;
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(
                    "nothing here throws checked exceptions when it closes", e);
        }
    }
}
