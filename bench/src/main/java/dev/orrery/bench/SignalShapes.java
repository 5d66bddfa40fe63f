package dev.orrery.bench;

import dev.orrery.bench.Reactive.Signal;
import dev.orrery.bench.Reactive.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Making many signals and effects, and updating few many times. */
final class SignalShapes {
    private static final int COUNT = 100_000;

    private final int count;

    SignalShapes(int part) {
        this.count = COUNT / part;
    }

    /** Something prepared, whose time counts. */
    private interface Case {
        Runnable prepare(Reactive reactive);
    }

    Map<String, Reactivity.Test> tests() {
        return inOrder(
                Map.entry(
                        "createSignals", cases(reactive -> () -> reactive.signals(count, i -> i))),
                Map.entry(
                        "createComputations",
                        cases(
                                creation(count, 0, 1),
                                creation(count, 1, 1),
                                creation(count / 2, 2, 1),
                                creation(count / 4, 4, 1),
                                creation(count / 1000, 1000, 1),
                                creation(count, 1, 2),
                                creation(count, 1, 4),
                                creation(count, 1, 8),
                                creation(count, 1, 1000))),
                Map.entry(
                        "updateSignals",
                        cases(
                                updates(4 * count, 1, 1),
                                updates(2 * count, 2, 1),
                                updates(count, 4, 1),
                                updates(count / 250, 1000, 1),
                                updates(count, 1, 2),
                                updates(count, 1, 4),
                                updates(count / 10, 1, 1000))));
    }

    @SafeVarargs
    static Map<String, Reactivity.Test> inOrder(Map.Entry<String, Reactivity.Test>... tests) {
        Map<String, Reactivity.Test> ordered = new LinkedHashMap<>();
        for (Map.Entry<String, Reactivity.Test> test : tests) {
            ordered.put(test.getKey(), test.getValue());
        }
        return ordered;
    }

    /** Cases one after another, each on a runtime of its own. */
    private static Reactivity.Test cases(Case... cases) {
        return _ ->
                () -> {
                    double millis = 0;
                    for (Case one : cases) {
                        try (Reactive reactive = new Reactive()) {
                            millis += Reactivity.timed(one.prepare(reactive));
                        }
                    }
                    return millis;
                };
    }

    /** Effects that read so many signals each; a signal has so many readers. */
    private static Case creation(int effects, int each, int readers) {
        return reactive -> {
            List<Signal<Integer>> sources =
                    reactive.signals(
                            each == 0 ? 0 : Math.max(each, effects * each / readers), i -> i);
            return () -> {
                for (int i = 0; i < effects; i++) {
                    int first = i / readers * each;
                    reads(reactive, sources.subList(first, first + each));
                }
            };
        };
    }

    private static void reads(Reactive reactive, List<Signal<Integer>> sources) {
        reactive.effect(() -> sources.forEach(Value::read));
    }

    private static Case updates(int writes, int each, int readers) {
        return reactive -> {
            List<Signal<Integer>> sources = reactive.signals(each, i -> i);
            for (int i = 0; i < readers; i++) {
                reads(reactive, sources);
            }
            return () -> {
                for (int i = 0; i < writes; i++) {
                    sources.getFirst().write(1_000_000 + i);
                }
            };
        };
    }
}
