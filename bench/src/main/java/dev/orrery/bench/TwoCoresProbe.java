package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Input;
import dev.orrery.query.Parallel;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.SingleQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * 1,000 trees of three queries that share nothing, each a millisecond of work: by one thread, by a
 * virtual thread for each of two readers of every tree, and by one query that reads them side by
 * side. Beside it the work alone, by one thread and by two: what the machine has to give.
 */
final class TwoCoresProbe implements Probe {
    private static final int TREES = 1_000;
    private static final int QUERIES = 3;
    private static final int READERS = 2;

    private long work = 1 << 20;
    private long duplicates;

    @Override
    public Map<String, Double> measure(Effort effort) throws Exception {
        work = work * 1_000_000 / QUERIES / nanosOfWork();
        Samples ratios = new Samples();
        Samples side = new Samples();
        Samples millis = new Samples();
        Samples machine = new Samples();
        int rounds = effort.either(1, 5);
        for (int round = -1; round < rounds; round++) {
            int trees = round < 0 ? TREES / 5 : TREES;
            double one = seconds(trees, TwoCoresProbe::readOneByOne);
            double two = seconds(trees, TwoCoresProbe::readByMany);
            double parallel = seconds(trees, TwoCoresProbe::readSideBySide);
            double workers = secondsOfWork(1, trees) / secondsOfWork(2, trees);
            if (round >= 0) {
                machine.add(workers);
                ratios.add(one / two);
                side.add(one / parallel);
                millis.add(one * 1_000 / trees);
            }
        }
        return Map.of(
                "speed-up", ratios.median(),
                "side", side.median(),
                "millis", millis.median(),
                "machine", machine.median(),
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

    /** The work of so many trees, without any query, by so many threads. */
    private double secondsOfWork(int threads, int trees) throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        long began = System.nanoTime();
        for (int thread = 0; thread < threads; thread++) {
            workers.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                int sum = 0;
                                for (int i = 0; i < QUERIES * trees / threads; i++) {
                                    sum += spin(i);
                                }
                                Reactive.check(sum != 0, "the work");
                            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private int spin(int seed) {
        int value = seed | 1;
        for (long i = 0; i < work; i++) {
            value = value * 0x2C1B3C6D + 0x297A2D39;
        }
        return value | 1;
    }

    /** Reads every tree. */
    @FunctionalInterface
    private interface Reading {
        void of(Queries queries, Query<Integer, Integer> root, int trees) throws Exception;
    }

    private double seconds(int trees, Reading reading) throws Exception {
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
            reading.of(queries, root, trees);
            double seconds = (System.nanoTime() - began) / 1e9;
            duplicates += leaf.statistics().computed() + root.statistics().computed();
            duplicates -= (long) QUERIES * trees;
            return seconds;
        }
    }

    private static void readOneByOne(Queries queries, Query<Integer, Integer> root, int trees) {
        for (int i = 0; i < trees; i++) {
            root.of(i);
        }
    }

    private static void readSideBySide(Queries queries, Query<Integer, Integer> root, int trees) {
        List<Integer> keys = IntStream.range(0, trees).boxed().toList();
        SingleQuery<Integer> all =
                queries.query("all", Integer.class, () -> Parallel.map(keys, root).size());
        Reactive.check(all.now() == trees, "all trees");
    }

    private static void readByMany(Queries queries, Query<Integer, Integer> root, int trees)
            throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < trees; i++) {
                int tree = i;
                for (int reader = 0; reader < READERS; reader++) {
                    answers.add(executor.submit(() -> root.of(tree)));
                }
            }
            for (Future<Integer> answer : answers) {
                answer.get();
            }
        }
    }
}
