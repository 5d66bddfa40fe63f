package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a database for one kind of access: opened when first needed, the one used last
 * lent first, given in the order of asking. Thread-safe.
 */
final class Sessions implements AutoCloseable {
    private final Dialect dialect;
    private final Dialect.Access access;
    private final int most;
    private final Duration patience;
    private final String name;
    private final Semaphore free; // law S2
    private final ConcurrentLinkedDeque<Connected> idle = new ConcurrentLinkedDeque<>();
    private final Set<Thread> borrowers = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Sessions not opened yet.
     *
     * @param most the greatest number of them lent at the same time
     * @param name what the database is called in errors
     */
    Sessions(Dialect dialect, Dialect.Access access, int most, Duration patience, String name) {
        this.dialect = dialect;
        this.access = access;
        this.most = most;
        this.patience = patience;
        this.name = name;
        this.free = new Semaphore(most, true);
    }

    /** Whether the calling thread has one of the sessions. */
    boolean lentToThisThread() {
        return borrowers.contains(Thread.currentThread());
    }

    Connected borrow() {
        Waits.within(patience, waitedFor() + name, free::tryAcquire);
        boolean borrowed = false;
        try {
            if (closed) {
                throw new OrreryException.Closed(name);
            }
            Connected lent = idleOrNew();
            borrowers.add(Thread.currentThread());
            borrowed = true;
            return lent;
        } finally {
            if (!borrowed) {
                free.release();
            }
        }
    }

    /** A session that no thread has, until some thread gives it back. */
    Connected borrowForLong() {
        Connected session = borrow();
        borrowers.remove(Thread.currentThread());
        return session;
    }

    private String waitedFor() {
        return access == Dialect.Access.WRITE
                ? "the turn to write to "
                : "a session to read with from ";
    }

    private Connected idleOrNew() {
        @Nullable Connected session = idle.pollFirst();
        while (session != null) {
            if (session.isUsable()) {
                return session;
            }
            session.discard();
            session = idle.pollFirst();
        }
        return Connected.open(dialect, access);
    }

    void giveBack(Connected session) {
        borrowers.remove(Thread.currentThread());
        if (session.isLost()) {
            session.discard();
            discardIdle(); // the others were probably lost with it
        } else {
            idle.addFirst(session);
        }
        free.release();
    }

    private void discardIdle() {
        @Nullable Connected session = idle.pollFirst();
        while (session != null) {
            session.discard();
            session = idle.pollFirst();
        }
    }

    /** Waits until every session is back, then closes them. */
    @Override
    public void close() {
        closed = true;
        String last =
                access == Dialect.Access.WRITE ? "the last write to " : "the last readers of ";
        try {
            Waits.within(patience, last + name, (time, unit) -> free.tryAcquire(most, time, unit));
            free.release(most);
        } finally {
            idle.forEach(Connected::close);
            idle.clear();
        }
    }
}
