package dev.orrery.sql;

import dev.orrery.core.OrreryException.Closed;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A shared database as it was when this was {@link Database#moment begun}, whatever was written
 * since, until it is closed. // law S15
 *
 * <p>It costs a connection, and the server keeps for it what was replaced since: who keeps one for
 * long goes on to a newer one now and then. One that is not read for ten minutes, or for the
 * patience of its database where that is longer, may be taken away by the server. Thread-safe;
 * readers come one at a time.
 */
public final class Moment implements AutoCloseable {
    private final Sessions sessions;
    private final Connected session;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile boolean closed;
    private boolean ended;

    private Moment(Sessions sessions, Connected session) {
        this.sessions = sessions;
        this.session = session;
    }

    /** The moment that is now; the first statement decides which that is. */
    static Moment begin(Sessions sessions, Dialect dialect) {
        Connected session = sessions.borrowForLong();
        boolean begun = false;
        try {
            session.begin(null, true);
            session.find(dialect.moment(), _ -> session);
            session.pause();
            begun = true;
            return new Moment(sessions, session);
        } catch (RuntimeException e) {
            session.rollback(e);
            throw e;
        } finally {
            if (!begun) {
                sessions.giveBack(session);
            }
        }
    }

    /**
     * Runs work that reads, all of it as of this moment.
     *
     * @throws Closed when it was closed
     */
    public <T extends @Nullable Object, X extends Exception> T read(Database.Reading<T, X> work)
            throws X {
        turn.lock();
        try {
            if (closed) {
                throw new Closed("moment of a database");
            }
            session.resume();
            try {
                return work.run(session);
            } finally {
                session.pause();
            }
        } finally {
            turn.unlock();
            endIfClosed();
        }
    }

    /** Whether it was not closed. */
    public boolean isOpen() {
        return !closed;
    }

    /** Ends it, without waiting for a read that is under way. Closing twice is harmless. */
    @Override
    public void close() {
        closed = true;
        endIfClosed();
    }

    /** The last one to have the turn ends it: whoever closed it, or the read that was under way. */
    private void endIfClosed() {
        if (closed && turn.tryLock()) {
            try {
                if (!ended) {
                    ended = true;
                    session.rollback(new Closed("moment of a database"));
                    sessions.giveBack(session);
                }
            } finally {
                turn.unlock();
            }
        }
    }
}
