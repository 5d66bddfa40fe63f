package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Input;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The calls of js-reactivity-benchmark on queries, with all that makes them thread-safe. Confined
 * to one thread.
 *
 * <p>A signal is a key of one input and a computed value a key of one query; the key is made
 * beforehand, as a signal is an object made beforehand. A write is a commit of its own, several in
 * a batch are one. An effect is a query whose body is the effect; after each commit all effects are
 * asked for at one revision, as a watch does it, and those above what changed run.
 */
final class Reactive implements AutoCloseable {
    private final Timeline timeline = Timeline.startingAt("reactive", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Slot, Object> values = queries.input("value", Slot.class, Object.class);
    private final Query<Slot, Object> results =
            queries.query("result", Slot.class, Object.class, Slot::result);
    private final List<Slot> effects = new ArrayList<>();
    private int slots;
    private boolean batching;

    /** Something that can be read. */
    interface Value<T> {
        T read();
    }

    /** A key; as a computed value's it carries the body. */
    private record Slot(int number, Supplier<?> body) {
        Object result() {
            return body.get();
        }

        @Override
        public int hashCode() {
            return number * 0x9E3779B9;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public String toString() {
            return String.valueOf(number);
        }
    }

    /** A value that is set. */
    final class Signal<T> implements Value<T> {
        private final Slot slot;

        private Signal(Slot slot) {
            this.slot = slot;
        }

        @Override
        @SuppressWarnings("unchecked") // only write puts values there
        public T read() {
            return (T) values.require(slot);
        }

        void write(T value) {
            values.set(slot, value);
            if (!batching) {
                runEffects();
            }
        }
    }

    <T> Signal<T> signal(T first) {
        return signals(1, _ -> first).getFirst();
    }

    /** Signals that get their first values together. */
    <T> List<Signal<T>> signals(int count, IntFunction<T> first) {
        List<Signal<T>> made = new ArrayList<>(count);
        timeline.commit(() -> {
            for (int i = 0; i < count; i++) {
                Signal<T> signal = new Signal<>(slot(() -> first));
                values.set(signal.slot, first.apply(i));
                made.add(signal);
            }
        });
        return made;
    }

    private Slot slot(Supplier<?> body) {
        return new Slot(slots++, body);
    }

    @SuppressWarnings("unchecked") // the query's value is what this body returned
    <T> Value<T> computed(Supplier<T> body) {
        Slot slot = slot(body);
        return () -> (T) results.of(slot);
    }

    /** Runs a body now, and after each commit that changed what it reads. */
    void effect(Runnable body) {
        Slot slot =
                slot(() -> {
                    body.run();
                    return true;
                });
        effects.add(slot);
        results.of(slot);
    }

    /** Writes that become visible together. */
    void batch(Runnable writes) {
        batching = true;
        timeline.commit(writes::run);
        batching = false;
        runEffects();
    }

    private void runEffects() {
        if (effects.size() == 1) {
            results.of(effects.getFirst());
        } else if (!effects.isEmpty()) {
            try (Snapshot moment = queries.snapshot()) {
                moment.read(() -> {
                    effects.forEach(results::of);
                    return true;
                });
            }
        }
    }

    /** That many things, by their number. */
    static <T> List<T> many(int count, IntFunction<T> make) {
        return IntStream.range(0, count).mapToObj(make).toList();
    }

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("wrong: " + what);
        }
    }

    @Override
    public void close() {
        queries.close();
    }
}
