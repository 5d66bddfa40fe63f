package dev.orrery.core;

import java.time.Duration;
import java.util.Optional;
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
    private V value;
    private long generation;

    /** A signal with its first value; {@code epoch} names its numbering in cursors. */
    public Latest(String epoch, V initial) {
        this.start = new Cursor.Numbered(epoch, 0);
        this.value = initial;
    }

    /** Replaces the value and wakes whoever watches. */
    public void set(V next) {
        gate.enter();
        try {
            value = next;
            generation++;
            gate.signalAll();
        } finally {
            gate.leave();
        }
    }

    @Override
    public V now() {
        gate.enter();
        try {
            return value;
        } finally {
            gate.leave();
        }
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
            try {
                if (!gate.await(
                        () -> closed || generation > seen, timeout, "a signal's next value")) {
                    return Optional.empty();
                }
                if (closed) {
                    throw new OrreryException.Closed("the watch");
                }
                seen = generation;
                return Optional.of(value);
            } finally {
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
