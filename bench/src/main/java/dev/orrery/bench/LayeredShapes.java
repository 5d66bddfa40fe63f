package dev.orrery.bench;

import dev.orrery.bench.Reactive.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rectangular graphs, some of whose nodes choose what they read. Sums and counts are exact. */
final class LayeredShapes {
    private static final String SEED = "seed";

    private LayeredShapes() {}

    static Map<String, Reactivity.Test> tests(int part) {
        Map<String, Reactivity.Test> tests = new LinkedHashMap<>();
        tests.put(
                "2-10x5 lazy80%",
                new Graph(10, 5, 1, 2, 0.2, 600_000, 19199968, 3_480_000).test(part));
        tests.put(
                "6-10x10 dyn25% lazy80%",
                new Graph(10, 10, 0.75, 6, 0.2, 15_000, 302310782860L, 1_155_000).test(part));
        tests.put(
                "4-1000x12 dyn5%",
                new Graph(1000, 12, 0.95, 4, 1, 7_000, 29355933696000L, 1_463_000).test(part));
        tests.put(
                "25-1000x5",
                new Graph(1000, 5, 1, 25, 1, 3_000, 1171484375000L, 732_000).test(part));
        tests.put(
                "3-5x500",
                new Graph(5, 500, 1, 3, 1, 500, 3.0239642676898464e241, 1_246_500).test(part));
        tests.put(
                "6-100x15 dyn50%",
                new Graph(100, 15, 0.5, 6, 1, 2_000, 15664996402790400L, 1_078_000).test(part));
        return tests;
    }

    /** The parameters of one graph, with the sum and the number of runs that one sample has. */
    private record Graph(
            int width,
            int layers,
            double staticShare,
            int reads,
            double readShare,
            int iterations,
            double sum,
            int count) {
        Reactivity.Test test(int part) {
            return reactive -> build(reactive, part);
        }

        private Reactivity.Sample build(Reactive reactive, int part) {
            SeededRandom random = new SeededRandom(SEED);
            int[] runs = {0};
            List<Reactive.Signal<Double>> sources = reactive.signals(width, i -> (double) i);
            List<? extends Value<Double>> row = sources;
            for (int layer = 1; layer < layers; layer++) {
                List<? extends Value<Double>> above = row;
                row = Reactive.many(width, k -> node(reactive, above, k, random, runs));
            }
            List<Value<Double>> kept = kept(row);
            reactive.effect(() -> kept.forEach(Value::read));
            return () -> run(reactive, sources, kept, runs, part);
        }

        private Value<Double> node(
                Reactive reactive,
                List<? extends Value<Double>> above,
                int k,
                SeededRandom random,
                int[] runs) {
            List<Value<Double>> mine = Reactive.many(reads, i -> above.get((k + i) % width));
            return random.next() < staticShare
                    ? reactive.computed(() -> {
                        runs[0]++;
                        return sumOf(mine);
                    })
                    : reactive.computed(() -> {
                        runs[0]++;
                        return choosingSum(mine);
                    });
        }

        private List<Value<Double>> kept(List<? extends Value<Double>> leaves) {
            List<Value<Double>> kept = new ArrayList<>(leaves);
            SeededRandom random = new SeededRandom(SEED);
            for (long i = Math.round(width * (1 - readShare)); i > 0; i--) {
                kept.remove((int) (random.next() * kept.size()));
            }
            return kept;
        }

        private double run(
                Reactive reactive,
                List<Reactive.Signal<Double>> sources,
                List<Value<Double>> kept,
                int[] runs,
                int part) {
            boolean first = runs[0] <= width * (layers - 1); // whose first writes change nothing
            runs[0] = 0;
            double[] total = {0};
            double millis =
                    Reactivity.timed(() -> {
                        for (int i = 0; i < iterations / part; i++) {
                            int source = i % width;
                            double value = i + source;
                            reactive.batch(() -> sources.get(source).write(value));
                            kept.forEach(Value::read);
                        }
                        total[0] = sumOf(kept);
                    });
            Reactive.check(part > 1 || total[0] == sum, "sum " + total[0] + ", not " + sum);
            Reactive.check(part > 1 || first || runs[0] == count, runs[0] + " runs, not " + count);
            return millis;
        }
    }

    private static double sumOf(List<Value<Double>> values) {
        double total = 0;
        for (Value<Double> value : values) {
            total += value.read();
        }
        return total;
    }

    /** Leaves one of the later values out when the first is odd; which, the first says too. */
    private static double choosingSum(List<Value<Double>> values) {
        double total = values.getFirst().read();
        int left = isOdd(total) ? 1 + (int) (total % (values.size() - 1)) : 0;
        for (int i = 1; i < values.size(); i++) {
            if (i != left) {
                total += values.get(i).read();
            }
        }
        return total;
    }

    /** As a script reads the last bit: of numbers beyond 2^53 it is 0. */
    private static boolean isOdd(double whole) {
        return Math.abs(whole) < 0x1p53 && ((long) whole & 1) == 1;
    }
}
