package dev.orrery.query;

import dev.orrery.core.Cursor;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** A subscription that shows each entry in another form. As thread-safe as what it wraps. */
record Mapped<S, T>(Subscription<S> entries, Function<S, T> form) implements Subscription<T> {
    @Override
    public T next() {
        return form.apply(entries.next());
    }

    @Override
    public Optional<T> next(Duration timeout) {
        return entries.next(timeout).map(form);
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
