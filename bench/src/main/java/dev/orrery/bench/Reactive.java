package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Input;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.SingleInput;
import dev.orrery.query.SingleQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The calls of js-reactivity-benchmark on queries, with all that makes them thread-safe. Confined
 * to one thread.
 *
 * <p>A signal is a key of one input and a computed value a key of one query, both held by a handle,
 * as a signal is an object. A write is a commit of its own, several in a batch are one. An effect
 * is a query whose body is the effect; after each commit one query that reads all effects is asked
 * for, and those above what changed run.
 */
final class Reactive implements AutoCloseable {
    private final Timeline timeline = Timeline.startingAt("reactive", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Slot, Object> values = queries.input("value", Slot.class, Object.class);
    private final Query<Slot, Object> results =
            queries.query("result", Slot.class, Object.class, Slot::result);
    private final List<SingleQuery<Object>> effects = new ArrayList<>();
    private final Query<Integer, Boolean> all =
            queries.query("all", Integer.class, Boolean.class, this::readAll);
    private @Nullable SingleQuery<Boolean> allNow;
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
        private final SingleInput<Object> input;

        private Signal(SingleInput<Object> input) {
            this.input = input;
        }

        @Override
        @SuppressWarnings("unchecked") // only write puts values there
        public T read() {
            return (T) input.require();
        }

        void write(T value) {
            input.set(value);
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
                Signal<T> signal = new Signal<>(values.with(slot(() -> first)));
                signal.input.set(first.apply(i));
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
        SingleQuery<Object> result = results.with(slot(body));
        return () -> (T) result.now();
    }

    /** Runs a body now, and after each commit that changed what it reads. */
    void effect(Runnable body) {
        SingleQuery<Object> effect =
                results.with(
                        slot(() -> {
                            body.run();
                            return true;
                        }));
        effects.add(effect);
        effect.now();
        allNow = null;
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
            effects.getFirst().now();
        } else if (!effects.isEmpty()) {
            if (allNow == null) { // there are more of them than those that were read last
                allNow = all.with(effects.size());
            }
            allNow.now();
        }
    }

    private boolean readAll(int count) {
        for (int i = 0; i < count; i++) {
            effects.get(i).now();
        }
        return true;
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
