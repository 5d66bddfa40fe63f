package dev.orrery.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A signal that its owner sets. Thread-safe; setting never waits for a watcher.
 *
 * <p>A watcher sees the current value first and then the newest one each time it looks; what was
 * overwritten in between is skipped. // law C9
 */
public final class Latest<V> implements Signal<V> {
    private final Gate gate = new Gate();
    private final Cursor.Numbered start;
    private final AtomicReference<State<V>> state;

    /** How many watchers wait; written holding the gate. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** A value and how many there were before. */
    private record State<V>(V value, long generation) {}

    /** A signal with its first value; {@code epoch} names its numbering in cursors. */
    public Latest(String epoch, V initial) {
        this.start = new Cursor.Numbered(epoch, 0);
        this.state = new AtomicReference<>(new State<>(initial, 0));
    }

    /** Replaces the value and wakes whoever watches. */
    public void set(V next) {
        State<V> before = state.get();
        while (!state.compareAndSet(before, new State<>(next, before.generation() + 1))) {
            before = state.get();
        }
        if (waiting.get()
                > 0) { // a watcher counts itself, then looks: it sees the value or is seen here
            gate.enter();
            try {
                gate.signalAll();
            } finally {
                gate.leave();
            }
        }
    }

    @Override
    public V now() {
        return state.get().value();
    }

    @Override
    public Subscription<V> watch() {
        return new Watch();
    }

    private final class Watch implements Subscription<V> {
        private long seen = -1;
        private boolean closed;

        @Override
        public V next() {
            return await(null).orElseThrow();
        }

        @Override
        public Optional<V> next(Duration timeout) {
            return await(timeout);
        }

        private Optional<V> await(@Nullable Duration timeout) {
            gate.enter();
            waiting.incrementAndGet();
            try {
                if (!gate.await(
                        () -> closed || state.get().generation() > seen,
                        timeout,
                        "a signal's next value")) {
                    return Optional.empty();
                }
                if (closed) {
                    throw new OrreryException.Closed("the watch");
                }
                State<V> now = state.get();
                seen = now.generation();
                return Optional.of(now.value());
            } finally {
                waiting.decrementAndGet();
                gate.leave();
            }
        }

        @Override
        public Cursor cursor() {
            return new Cursor.Numbered(start.epoch(), Math.max(0, seen));
        }

        @Override
        public void close() {
            gate.enter();
            try {
                closed = true;
                gate.signalAll();
            } finally {
                gate.leave();
            }
        }
    }
}
