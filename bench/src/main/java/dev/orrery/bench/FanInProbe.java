package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Input;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.SingleQuery;
import dev.orrery.query.Statistics;
import java.util.Map;
import java.util.Random;

/**
 * A sum of many leaves, each over an input of its own: an input changes, and its leaf comes out
 * equal. The cone is the leaf and the sum.
 *
 * @param leaves how many
 */
record FanInProbe(int leaves) implements Probe {
    private static final int WARM_UPS = 3_000;

    @Override
    public Map<String, Double> measure(Effort effort) {
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
        Input<Integer, Integer> input = queries.input("input", Integer.class, Integer.class);
        Query<Integer, Integer> leaf =
                queries.query("leaf", Integer.class, Integer.class, key -> input.require(key) / 10);
        SingleQuery<Integer> sum =
                queries.query(
                        "sum",
                        Integer.class,
                        () -> {
                            int total = 0;
                            for (int i = 0; i < leaves; i++) {
                                total += leaf.of(i);
                            }
                            return total;
                        });
        timeline.commit(() -> {
            for (int i = 0; i < leaves; i++) {
                input.set(i, 10);
            }
        });
        Reactive.check(sum.now() == leaves, "the sum");
        Random random = new Random(1);
        Samples micros = new Samples();
        int changes = effort.either(2_000, 20_000);
        Statistics before = queries.statistics();
        for (int change = -WARM_UPS; change < changes; change++) {
            if (change == 0) {
                before = queries.statistics();
            }
            int key = random.nextInt(leaves);
            int value = 10 + (change + WARM_UPS + 1) % 9;
            long began = System.nanoTime();
            input.set(key, value);
            int total = sum.now();
            long nanos = System.nanoTime() - began;
            Reactive.check(total == leaves, "the sum");
            if (change >= 0) {
                micros.add(nanos / 1_000.0);
            }
        }
        Statistics after = queries.statistics();
        return Map.of(
                "p50",
                micros.median(),
                "p99",
                micros.quantile(0.99),
                "marked",
                (double) (after.marked() - before.marked()) / changes,
                "visited",
                (double) (after.visited() - before.visited()) / changes);
    }
}
