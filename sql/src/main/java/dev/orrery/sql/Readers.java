package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The reading sessions: opened when first needed, the one used last lent first. Thread-safe. */
final class Readers implements AutoCloseable {
    private final Dialect dialect;
    private final Database.Options options;
    private final Semaphore free;
    private final ConcurrentLinkedDeque<Connected> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    Readers(Dialect dialect, Database.Options options) {
        this.dialect = dialect;
        this.options = options;
        this.free = new Semaphore(options.readers(), true);
    }

    Connected borrow() {
        Waits.within(options.patience(), "a session to read with", free::tryAcquire);
        boolean borrowed = false;
        try {
            if (closed) {
                throw new OrreryException.Closed("database");
            }
            @Nullable Connected session = idle.pollFirst();
            Connected lent =
                    session == null ? Connected.open(dialect, Dialect.Access.READ) : session;
            borrowed = true;
            return lent;
        } finally {
            if (!borrowed) {
                free.release();
            }
        }
    }

    void giveBack(Connected session) {
        idle.addFirst(session);
        free.release();
    }

    /** Waits until every session is back, then closes them. */
    @Override
    public void close() {
        closed = true;
        int all = options.readers();
        try {
            Waits.within(
                    options.patience(),
                    "the last readers",
                    (time, unit) -> free.tryAcquire(all, time, unit));
            free.release(all);
        } finally {
            idle.forEach(Connected::close);
        }
    }
}
