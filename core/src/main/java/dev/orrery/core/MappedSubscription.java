package dev.orrery.core;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * A subscription whose entries are mapped, those that map to nothing skipped. As thread-safe as
 * what it wraps.
 */
record MappedSubscription<S, T>(Subscription<S> entries, Function<? super S, Optional<T>> mapping)
        implements Subscription<T> {
    @Override
    public T next() {
        while (true) {
            Optional<T> mapped = mapping.apply(entries.next());
            if (mapped.isPresent()) {
                return mapped.get();
            }
        }
    }

    @Override
    public Optional<T> next(Duration timeout) {
        long began = System.nanoTime();
        while (true) {
            Duration left = timeout.minusNanos(System.nanoTime() - began);
            Optional<S> entry = entries.next(left.isNegative() ? Duration.ZERO : left);
            if (entry.isEmpty()) {
                return Optional.empty();
            }
            Optional<T> mapped = mapping.apply(entry.get());
            if (mapped.isPresent()) {
                return mapped;
            }
        }
    }

    @Override
    public Cursor cursor() {
        return entries.cursor();
    }

    @Override
    public void close() {
        entries.close();
    }
}
