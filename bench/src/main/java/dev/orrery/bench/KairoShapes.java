package dev.orrery.bench;

import dev.orrery.bench.Reactive.Signal;
import dev.orrery.bench.Reactive.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** Small graphs of one shape each, written to many times; each write is checked. */
final class KairoShapes {
    private static final int ITERATIONS = 500;

    private final int iterations;

    KairoShapes(int part) {
        this.iterations = ITERATIONS / part;
    }

    Map<String, Reactivity.Test> tests() {
        Map<String, Reactivity.Test> tests = new LinkedHashMap<>();
        tests.put("avoidablePropagation", this::avoidable);
        tests.put("broadPropagation", this::broad);
        tests.put("deepPropagation", this::deep);
        tests.put("diamond", this::diamond);
        tests.put("mux", this::mux);
        tests.put("repeatedObservers", this::repeated);
        tests.put("triangle", this::triangle);
        tests.put("unstable", this::unstable);
        tests.put("molBench", this::molecules);
        return tests;
    }

    private Reactivity.Sample many(Runnable iteration) {
        return () ->
                Reactivity.timed(() -> {
                    for (int i = 0; i < iterations; i++) {
                        iteration.run();
                    }
                });
    }

    /** Writes 0, 1, … to a head, after −1, and checks a result and the number of effects. */
    private Reactivity.Sample writing(
            Reactive reactive,
            int writes,
            Signal<Integer> head,
            Value<Integer> result,
            IntUnaryOperator expected,
            int effectsEach,
            int[] effects) {
        return many(() -> {
            reactive.batch(() -> head.write(-1));
            effects[0] = 0;
            for (int i = 0; i < writes; i++) {
                int value = i;
                reactive.batch(() -> head.write(value));
                Reactive.check(result.read() == expected.applyAsInt(i), "result of " + i);
            }
            Reactive.check(effects[0] == writes * effectsEach, "effects: " + effects[0]);
        });
    }

    /** One effect that reads a result and is counted. */
    private static int[] counted(Reactive reactive, Value<Integer> result) {
        int[] effects = {0};
        reactive.effect(() -> {
            result.read();
            effects[0]++;
        });
        return effects;
    }

    private static int busy() {
        int sum = 0;
        for (int i = 0; i < 100; i++) {
            sum++;
        }
        return sum;
    }

    private Reactivity.Sample avoidable(Reactive reactive) {
        Signal<Integer> head = reactive.signal(0);
        Value<Integer> c1 = reactive.computed(head::read);
        Value<Integer> c2 = reactive.computed(() -> c1.read() * 0);
        Value<Integer> c3 = reactive.computed(() -> busy() - 99 + c2.read());
        Value<Integer> c4 = reactive.computed(() -> c3.read() + 2);
        Value<Integer> c5 = reactive.computed(() -> c4.read() + 3);
        reactive.effect(() -> Reactive.check(c5.read() + busy() == 106, "the effect"));
        return many(() -> {
            for (int i = 0; i < 1_000; i++) {
                int value = i;
                reactive.batch(() -> head.write(value));
                Reactive.check(c5.read() == 6, "avoidable");
            }
        });
    }

    private Reactivity.Sample broad(Reactive reactive) {
        Signal<Integer> head = reactive.signal(0);
        int[] effects = {0};
        List<Value<Integer>> lasts =
                Reactive.many(
                        50,
                        i -> {
                            Value<Integer> sum = reactive.computed(() -> head.read() + i);
                            Value<Integer> last = reactive.computed(() -> sum.read() + 1);
                            reactive.effect(() -> {
                                last.read();
                                effects[0]++;
                            });
                            return last;
                        });
        return writing(reactive, 50, head, lasts.getLast(), i -> i + 50, 50, effects);
    }

    private Reactivity.Sample deep(Reactive reactive) {
        Signal<Integer> head = reactive.signal(0);
        Value<Integer> last = chain(reactive, head, 50).getLast();
        return writing(reactive, 50, head, last, i -> i + 50, 1, counted(reactive, last));
    }

    /** The head and that many computed values above it, each one more than the one below. */
    private static List<Value<Integer>> chain(Reactive reactive, Value<Integer> head, int length) {
        List<Value<Integer>> chain = new ArrayList<>(List.of(head));
        for (int i = 0; i < length; i++) {
            Value<Integer> below = chain.getLast();
            chain.add(reactive.computed(() -> below.read() + 1));
        }
        return chain;
    }

    private static Value<Integer> sum(Reactive reactive, List<Value<Integer>> values) {
        return reactive.computed(() -> {
            int total = 0;
            for (Value<Integer> value : values) {
                total += value.read();
            }
            return total;
        });
    }

    private Reactivity.Sample diamond(Reactive reactive) {
        Signal<Integer> head = reactive.signal(0);
        Value<Integer> sum =
                sum(reactive, Reactive.many(5, _ -> reactive.computed(() -> head.read() + 1)));
        return writing(reactive, 500, head, sum, i -> (i + 1) * 5, 1, counted(reactive, sum));
    }

    private Reactivity.Sample mux(Reactive reactive) {
        List<Signal<Integer>> heads = reactive.signals(100, _ -> 0);
        Value<Object[]> all = reactive.computed(() -> heads.stream().map(Value::read).toArray());
        List<Value<Integer>> parts =
                Reactive.many(
                        100,
                        i -> {
                            Value<Integer> picked =
                                    reactive.computed(() -> (Integer) all.read()[i]);
                            return reactive.computed(() -> picked.read() + 1);
                        });
        parts.forEach(part -> reactive.effect(part::read));
        return many(() -> {
            for (int factor = 1; factor <= 2; factor++) {
                for (int i = 0; i < 10; i++) {
                    int head = i;
                    int value = i * factor;
                    reactive.batch(() -> heads.get(head).write(value));
                    Reactive.check(parts.get(i).read() == value + 1, "mux");
                }
            }
        });
    }

    private Reactivity.Sample repeated(Reactive reactive) {
        Signal<Integer> head = reactive.signal(0);
        Value<Integer> sum =
                reactive.computed(() -> {
                    int total = 0;
                    for (int i = 0; i < 30; i++) {
                        total += head.read();
                    }
                    return total;
                });
        return writing(reactive, 100, head, sum, i -> i * 30, 1, counted(reactive, sum));
    }

    private Reactivity.Sample triangle(Reactive reactive) {
        Signal<Integer> head = reactive.signal(0);
        Value<Integer> sum = sum(reactive, chain(reactive, head, 9));
        return writing(reactive, 100, head, sum, i -> 10 * i + 45, 1, counted(reactive, sum));
    }

    private Reactivity.Sample unstable(Reactive reactive) {
        Signal<Integer> head = reactive.signal(0);
        Value<Integer> twice = reactive.computed(() -> head.read() * 2);
        Value<Integer> inverse = reactive.computed(() -> -head.read());
        Value<Integer> sum =
                reactive.computed(() -> {
                    int total = 0;
                    for (int i = 0; i < 20; i++) {
                        total += head.read() % 2 != 0 ? twice.read() : inverse.read();
                    }
                    return total;
                });
        return writing(
                reactive,
                100,
                head,
                sum,
                i -> i % 2 == 0 ? -20 * i : 40 * i,
                1,
                counted(reactive, sum));
    }

    private static int fibonacci(int n) {
        return n < 2 ? 1 : fibonacci(n - 1) + fibonacci(n - 2);
    }

    private static int hard(int n) {
        return n + fibonacci(16);
    }

    private Reactivity.Sample molecules(Reactive reactive) {
        Signal<Integer> a = reactive.signal(0);
        Signal<Integer> b = reactive.signal(0);
        Value<Integer> c = reactive.computed(() -> a.read() % 2 + b.read() % 2);
        Value<int[]> d =
                reactive.computed(() -> {
                    int[] five = new int[5];
                    for (int i = 0; i < five.length; i++) {
                        five[i] = i + a.read() % 2 - b.read() % 2;
                    }
                    return five;
                });
        Value<Integer> e = reactive.computed(() -> hard(c.read() + a.read() + d.read()[0]));
        Value<Integer> f = reactive.computed(() -> hard(d.read()[2] + b.read()));
        Value<Integer> g =
                reactive.computed(() -> c.read() + e.read() % 2 + d.read()[4] + f.read());
        Value<Integer> h = reactive.computed(() -> hard(g.read()));
        Value<Integer> j = reactive.computed(() -> hard(f.read()));
        List.of(g, h, j).forEach(one -> reactive.effect(one::read));
        int[] i = {0};
        return many(() -> {
            i[0]++;
            reactive.batch(() -> {
                b.write(1);
                a.write(1 + i[0] * 2);
            });
            Reactive.check(h.read() == g.read() + 1597, "mol");
            reactive.batch(() -> {
                a.write(2 + i[0] * 2);
                b.write(2);
            });
            Reactive.check(j.read() == f.read() + 1597, "mol");
        });
    }
}
