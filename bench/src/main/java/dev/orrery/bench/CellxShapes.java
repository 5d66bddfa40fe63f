package dev.orrery.bench;

import dev.orrery.bench.Reactive.Signal;
import dev.orrery.bench.Reactive.Value;
import java.util.List;
import java.util.Map;

/** Deep layers of four, with an effect on each value; all of it changes in one batch. */
final class CellxShapes {
    private static final int BUILDS = 10;

    private CellxShapes() {}

    static Map<String, Reactivity.Test> tests(int part) {
        return SignalShapes.inOrder(
                Map.entry("cellx1000", _ -> () -> total(1_000, Math.max(1, BUILDS / part))),
                Map.entry("cellx2500", _ -> () -> total(2_500, Math.max(1, BUILDS / part))));
    }

    private static double total(int layers, int builds) {
        double millis = 0;
        for (int build = 0; build < builds; build++) {
            try (Reactive reactive = new Reactive()) {
                millis += once(reactive, layers);
            }
        }
        return millis;
    }

    private static double once(Reactive reactive, int layers) {
        List<Signal<Integer>> start = reactive.signals(4, i -> i + 1);
        List<? extends Value<Integer>> layer = start;
        for (int i = 0; i < layers; i++) {
            layer = next(reactive, List.copyOf(layer));
            layer.forEach(value -> reactive.effect(value::read));
            layer.forEach(Value::read);
        }
        List<? extends Value<Integer>> end = layer;
        return Reactivity.timed(() -> {
            check(end, List.of(-3, -6, -2, 2));
            reactive.batch(() -> {
                for (int i = 0; i < 4; i++) {
                    start.get(i).write(4 - i);
                }
            });
            check(end, List.of(-2, -4, 2, 3));
        });
    }

    private static List<Value<Integer>> next(Reactive reactive, List<Value<Integer>> below) {
        Value<Integer> p1 = below.get(0);
        Value<Integer> p2 = below.get(1);
        Value<Integer> p3 = below.get(2);
        Value<Integer> p4 = below.get(3);
        return List.of(
                reactive.computed(p2::read),
                reactive.computed(() -> p1.read() - p3.read()),
                reactive.computed(() -> p2.read() + p4.read()),
                reactive.computed(p3::read));
    }

    private static void check(List<? extends Value<Integer>> end, List<Integer> expected) {
        List<Integer> actual = end.stream().<Integer>map(Value::read).toList();
        Reactive.check(actual.equals(expected), actual + ", not " + expected);
    }
}
