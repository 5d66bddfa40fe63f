package dev.orrery.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A subscription that gives something back when it is closed, once. As thread-safe as what it
 * wraps.
 */
record ReleasingSubscription<T>(Subscription<T> wrapped, AtomicBoolean open, Runnable release)
        implements Subscription<T> {
    ReleasingSubscription(Subscription<T> wrapped, Runnable release) {
        this(wrapped, new AtomicBoolean(true), release);
    }

    @Override
    public T next() {
        return wrapped.next();
    }

    @Override
    public Optional<T> next(Duration timeout) {
        return wrapped.next(timeout);
    }

    @Override
    public Cursor cursor() {
        return wrapped.cursor();
    }

    @Override
    public void close() {
        wrapped.close();
        if (open.compareAndSet(true, false)) {
            release.run();
        }
    }
}
