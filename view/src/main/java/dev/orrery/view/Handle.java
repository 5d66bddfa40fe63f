package dev.orrery.view;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.Signal;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One holder's hold on a shared view: refused once closed, and closing ends the subscriptions it
 * gave out. Thread-safe.
 */
final class Handle {
    private final String name;
    private final Consumer<Handle> release;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final Set<Subscription<?>> subscriptions = ConcurrentHashMap.newKeySet();

    Handle(String name, Consumer<Handle> release) {
        this.name = name;
        this.release = release;
    }

    void check() {
        if (!open.get()) {
            throw new Closed(name);
        }
    }

    void close() {
        if (open.compareAndSet(true, false)) {
            subscriptions.forEach(Subscription::close);
            release.accept(this);
        }
    }

    /** A feed whose entries are mapped on the thread that reads them. */
    <T, U> Feed<U> mapped(Feed<T> feed, Function<T, U> mapping) {
        return new Feed<>() {
            @Override
            public Subscription<U> subscribe() {
                return hold(feed.subscribe(), mapping);
            }

            @Override
            public Subscription<U> subscribe(Cursor after) {
                return hold(feed.subscribe(after), mapping);
            }

            @Override
            public Cursor head() {
                return feed.head();
            }

            @Override
            public Cursor cursor(String text) {
                return feed.cursor(text);
            }
        };
    }

    <V> Signal<V> held(Signal<V> signal) {
        return new Signal<>() {
            @Override
            public V now() {
                return signal.now();
            }

            @Override
            public Subscription<V> watch() {
                return hold(signal.watch(), Function.identity());
            }
        };
    }

    <T, U> Subscription<U> hold(Subscription<T> subscription, Function<T, U> mapping) {
        Held<T, U> held = new Held<>(subscription, mapping);
        subscriptions.add(held);
        if (!open.get()) { // closed in between: nobody else would close this one
            held.close();
            throw new Closed(name);
        }
        return held;
    }

    private final class Held<T, U> implements Subscription<U> {
        private final Subscription<T> entries;
        private final Function<T, U> mapping;
        private volatile boolean ended;

        private Held(Subscription<T> entries, Function<T, U> mapping) {
            this.entries = entries;
            this.mapping = mapping;
        }

        @Override
        public U next() {
            checkOpen();
            return mapping.apply(entries.next());
        }

        @Override
        public Optional<U> next(Duration timeout) {
            checkOpen();
            return entries.next(timeout).map(mapping);
        }

        private void checkOpen() {
            if (ended) {
                throw new Closed("the subscription");
            }
        }

        @Override
        public Cursor cursor() {
            return entries.cursor();
        }

        @Override
        public void close() {
            ended = true;
            subscriptions.remove(this);
            entries.close();
        }
    }
}
