package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.SingleInput;
import java.util.Map;

/** A chain of 100,000 queries over one input. */
final class ChainProbe implements Probe {
    private static final int LENGTH = 100_000;

    private final Samples cold = new Samples();
    private final Samples again = new Samples();
    private final Samples unrelated = new Samples();

    @Override
    public Map<String, Double> measure(Effort effort) {
        int rounds = effort.either(4, 10);
        for (int round = -2; round < rounds; round++) {
            round(round >= 0);
        }
        return Map.of(
                "cold", cold.median(),
                "again", again.median(),
                "unrelated", unrelated.median(),
                "map", Calibration.mapGet());
    }

    private void round(boolean counts) {
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        try (Queries queries = new Queries(timeline, Thread.ofVirtual().factory())) {
            SingleInput<Integer> ground = queries.input("ground", Integer.class);
            SingleInput<Integer> aside = queries.input("aside", Integer.class);
            Query<Integer, Integer> chain =
                    queries.recursive(
                            "chain",
                            Integer.class,
                            Integer.class,
                            (self, key) -> key == 0 ? ground.require() : self.of(key - 1) + 1);
            ground.set(0);
            double first = nanos(chain, () -> {}, 0);
            double spared = nanos(chain, () -> aside.set(1), 0);
            Samples seconds = new Samples();
            for (int value = 1; value < 4; value++) {
                int next = value;
                seconds.add(nanos(chain, () -> ground.set(next), next));
            }
            if (counts) {
                cold.add(first / LENGTH);
                unrelated.add(spared / 1_000);
                again.add(seconds.median() / LENGTH);
            }
        }
    }

    private static double nanos(Query<Integer, Integer> chain, Runnable commit, int ground) {
        long began = System.nanoTime();
        commit.run();
        int top = chain.of(LENGTH - 1);
        double nanos = System.nanoTime() - began;
        Reactive.check(top == ground + LENGTH - 1, "the chain");
        return nanos;
    }
}
