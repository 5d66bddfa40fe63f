package dev.orrery.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long after an event is handed to the log its delta is with a WebSocket client, at a steady
 * rate: the event forced to disk, folded, and, with Orrery, the state forced to disk too.
 *
 * <p>Beside it {@link NodeFlow}, what one writes by hand without Orrery. Counted from the call that
 * appends, in both: an event that waits for its turn behind a slow one does not count its wait.
 */
final class SocketLatency {
    private static final int[] RATES = {200, 1_000};
    private static final double MEDIAN_GOAL_MILLIS = 1;
    private static final double P99_GOAL_MILLIS = 10;

    private final Workplace place;

    SocketLatency(Workplace place) {
        this.place = place;
    }

    List<Figure> measure(Effort effort, Progress progress) throws Exception {
        return place.inFreshFolder(folder -> {
            Optional<NodeFlow> node = NodeFlow.open(place, folder, progress);
            try (OrreryFlow orrery = OrreryFlow.open(folder)) {
                return measure(effort, progress, orrery, node);
            } finally {
                node.ifPresent(NodeFlow::close);
            }
        });
    }

    private static List<Figure> measure(
            Effort effort, Progress progress, OrreryFlow orrery, Optional<NodeFlow> node)
            throws Exception {
        int seconds = effort.either(1, 3);
        int rounds = effort.either(1, 5);
        progress.say(
                "  append to socket: %d rounds of %d s at each rate".formatted(rounds, seconds));
        int warmUp = RATES[RATES.length - 1];
        orrery.run(warmUp, warmUp * effort.either(1, 5));
        if (node.isPresent()) {
            node.get().run(warmUp, warmUp * effort.either(1, 5));
        }
        List<Figure> figures = new ArrayList<>();
        for (int rate : RATES) {
            Percentiles ours = new Percentiles();
            Percentiles theirs = new Percentiles();
            for (int round = 0; round < rounds; round++) {
                ours.add(orrery.run(rate, rate * seconds));
                if (node.isPresent()) {
                    theirs.add(node.get().run(rate, rate * seconds));
                }
            }
            String peer = node.map(NodeFlow::name).orElse(null);
            figures.add(
                    figure("p50", rate, ours.medians, peer, theirs.medians, MEDIAN_GOAL_MILLIS));
            figures.add(figure("p99", rate, ours.p99s, peer, theirs.p99s, P99_GOAL_MILLIS));
        }
        return figures;
    }

    /** The medians and the 99th percentiles of some rounds. */
    private static final class Percentiles {
        private final Samples medians = new Samples();
        private final Samples p99s = new Samples();

        void add(Samples millis) {
            medians.add(millis.median());
            p99s.add(millis.quantile(0.99));
        }
    }

    private static Figure figure(
            String percentile,
            int rate,
            Samples ours,
            @Nullable String peer,
            Samples theirs,
            double goal) {
        Figure figure =
                Figure.alone(
                                SliceSuite.NAME,
                                "append to socket, %s at %,d/s".formatted(percentile, rate),
                                ours.median(),
                                "ms")
                        .withGoal(new Figure.Goal.AtMost(goal));
        return peer == null ? figure : figure.beside(peer, theirs.median());
    }
}
