package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Input;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.SingleInput;
import dev.orrery.query.Statistics;
import java.util.Map;

/**
 * 256 independent trees of seven queries and ten edges: a root over two branches over four leaves
 * over an input each.
 */
final class TreeProbe implements Probe {
    private static final int TREES = 256;
    private static final int QUERIES = 7;
    private static final int WARM_UPS = 300;

    private final Samples cold = new Samples();
    private final Samples again = new Samples();
    private final Samples unrelated = new Samples();
    private long verified;

    @Override
    public Map<String, Double> measure(Effort effort) {
        int rounds = effort.either(300, 2_000);
        for (int round = -WARM_UPS; round < rounds; round++) {
            round(round >= 0);
        }
        return Map.of(
                "cold", cold.median(),
                "again", again.median(),
                "unrelated", unrelated.median(),
                "verified", (double) verified,
                "map", Calibration.mapGet());
    }

    private void round(boolean counts) {
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        try (Queries queries = new Queries(timeline, Thread.ofVirtual().factory())) {
            Input<Integer, Integer> input = queries.input("input", Integer.class, Integer.class);
            SingleInput<Integer> aside = queries.input("aside", Integer.class);
            Query<Integer, Integer> root = trees(queries, input);
            write(timeline, input, 1);
            double first = nanos(root);
            aside.set(1);
            Statistics before = queries.statistics();
            double spared = nanos(root);
            Statistics after = queries.statistics();
            write(timeline, input, 2);
            double second = nanos(root);
            if (counts) {
                cold.add(first / QUERIES);
                unrelated.add(spared);
                again.add(second / QUERIES);
                verified +=
                        after.computed()
                                - before.computed()
                                + after.spared()
                                - before.spared()
                                + after.visited()
                                - before.visited();
            }
        }
    }

    private static Query<Integer, Integer> trees(Queries queries, Input<Integer, Integer> input) {
        Query<Integer, Integer> leaf =
                queries.query("leaf", Integer.class, Integer.class, input::require);
        Query<Integer, Integer> branch =
                queries.query(
                        "branch",
                        Integer.class,
                        Integer.class,
                        key -> leaf.of(key * 2) + leaf.of(key * 2 + 1));
        return queries.query(
                "root",
                Integer.class,
                Integer.class,
                key -> branch.of(key * 2) + branch.of(key * 2 + 1));
    }

    private static void write(Timeline timeline, Input<Integer, Integer> input, int value) {
        timeline.commit(() -> {
            for (int i = 0; i < 4 * TREES; i++) {
                input.set(i, value);
            }
        });
    }

    /** Nanoseconds a tree. */
    private static double nanos(Query<Integer, Integer> root) {
        int sum = 0;
        long began = System.nanoTime();
        for (int i = 0; i < TREES; i++) {
            sum += root.of(i);
        }
        double nanos = (double) (System.nanoTime() - began) / TREES;
        Reactive.check(sum % (4 * TREES) == 0, "the trees");
        return nanos;
    }
}
