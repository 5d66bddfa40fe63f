package dev.orrery.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;

/**
 * A reader under way in a feed.
 *
 * <p>For one reading thread; {@link #close} may come from any thread and ends a wait with {@link
 * OrreryException.Closed}. An interrupt ends a wait with {@link OrreryException.Cancelled}, the
 * flag set again, and loses no entry.
 */
public interface Subscription<T> extends Iterable<T>, AutoCloseable {
    /** The next entry, waiting for it. */
    T next();

    /** The next entry, or empty when none came within the time; zero looks without waiting. */
    Optional<T> next(Duration timeout);

    /**
     * At least one and at most {@code max} entries, or none when the time passed first.
     *
     * @throws OrreryException.Invalid when {@code max} is less than one
     */
    default List<T> nextBatch(int max, Duration timeout) {
        if (max < 1) {
            throw new OrreryException.Invalid("max", "is at least 1", max);
        }
        List<T> batch = new ArrayList<>();
        Optional<T> entry = next(timeout);
        while (entry.isPresent()) {
            batch.add(entry.get());
            entry = batch.size() < max ? next(Duration.ZERO) : Optional.empty();
        }
        return batch;
    }

    /** The place after the last entry handed out. */
    Cursor cursor();

    /** Ends the subscription; idempotent. */
    @Override
    void close();

    /**
     * The same entries mapped; those that map to nothing are skipped. Closing either closes both.
     */
    default <R> Subscription<R> map(Function<? super T, Optional<R>> mapping) {
        return new MappedSubscription<>(this, mapping);
    }

    /** The same entries; when it is closed for the first time, an action runs after it. */
    default Subscription<T> whenClosed(Runnable action) {
        return new ReleasingSubscription<>(this, action);
    }

    /** The entries from here on; the loop ends when the subscription is closed. */
    @Override
    default Iterator<T> iterator() {
        return new Iterator<>() {
            private Optional<T> ahead = Optional.empty();

            @Override
            public boolean hasNext() {
                if (ahead.isEmpty()) {
                    try {
                        ahead = Optional.of(Subscription.this.next());
                    } catch (OrreryException.Closed closed) {
                        return false;
                    }
                }
                return true;
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("the subscription is closed");
                }
                T entry = ahead.orElseThrow();
                ahead = Optional.empty();
                return entry;
            }
        };
    }
}
