package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Input;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * 1,000 trees of three queries that share nothing, each a millisecond of work: by one thread, and
 * by a virtual thread for each of two readers of every tree.
 */
final class TwoCoresProbe implements Probe {
    private static final int TREES = 1_000;
    private static final int QUERIES = 3;

    private long work = 1 << 20;
    private long duplicates;

    @Override
    public Map<String, Double> measure(Effort effort) throws Exception {
        work = work * 1_000_000 / QUERIES / nanosOfWork();
        Samples ratios = new Samples();
        Samples millis = new Samples();
        int rounds = effort.either(1, 5);
        for (int round = -1; round < rounds; round++) {
            int trees = round < 0 ? TREES / 5 : TREES;
            double one = seconds(trees, 1);
            double two = seconds(trees, 2);
            if (round >= 0) {
                ratios.add(one / two);
                millis.add(one * 1_000 / trees);
            }
        }
        return Map.of(
                "speed-up", ratios.median(),
                "millis", millis.median(),
                "duplicates", (double) duplicates);
    }

    private long nanosOfWork() {
        long nanos = Long.MAX_VALUE;
        for (int round = 0; round < 200; round++) {
            long began = System.nanoTime();
            Reactive.check(spin(1) != 0, "the work");
            nanos = Math.min(nanos, System.nanoTime() - began);
        }
        return nanos;
    }

    private int spin(int seed) {
        int value = seed | 1;
        for (long i = 0; i < work; i++) {
            value = value * 0x2C1B3C6D + 0x297A2D39;
        }
        return value | 1;
    }

    private double seconds(int trees, int readers) throws Exception {
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        try (Queries queries = new Queries(timeline, Thread.ofVirtual().factory())) {
            Input<Integer, Integer> input = queries.input("input", Integer.class, Integer.class);
            Query<Integer, Integer> leaf =
                    queries.query(
                            "leaf", Integer.class, Integer.class, key -> spin(input.require(key)));
            Query<Integer, Integer> root =
                    queries.query(
                            "root",
                            Integer.class,
                            Integer.class,
                            key -> leaf.of(2 * key) + leaf.of(2 * key + 1) + spin(key));
            timeline.commit(() -> {
                for (int i = 0; i < 2 * trees; i++) {
                    input.set(i, i);
                }
            });
            long began = System.nanoTime();
            if (readers == 1) {
                for (int i = 0; i < trees; i++) {
                    root.of(i);
                }
            } else {
                readAll(root, trees, readers);
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            duplicates += queries.statistics().computed() - (long) QUERIES * trees;
            return seconds;
        }
    }

    private static void readAll(Query<Integer, Integer> root, int trees, int readers)
            throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < trees; i++) {
                int tree = i;
                for (int reader = 0; reader < readers; reader++) {
                    answers.add(executor.submit(() -> root.of(tree)));
                }
            }
            for (Future<Integer> answer : answers) {
                answer.get();
            }
        }
    }
}
