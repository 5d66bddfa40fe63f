package dev.orrery.bench;

import dev.orrery.bench.Figure.Goal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tests of js-reactivity-benchmark, a sample of each side in turn. */
final class ReactivityBeside {
    private static final double GOAL_MEAN = 0.5;
    private static final long PATIENCE_NANOS = 14_000_000_000L;
    private static final int ENOUGH = 3;

    private final Workplace place;

    ReactivityBeside(Workplace place) {
        this.place = place;
    }

    List<Figure> measure(Effort effort, Progress progress) throws Exception {
        Optional<NodePackage> node = NodePackage.find(place, "alien-signals", "~3.1", progress);
        if (node.isEmpty()) {
            return List.of();
        }
        List<String> command =
                List.of("node", "--expose-gc", node.get().program("reactivity.mjs").toString());
        List<Figure> figures = new ArrayList<>();
        try (LineProcess peer = LineProcess.start(node.get().title(), command);
                LineProcess ours = LineProcess.java(ReactivityMain.class)) {
            for (String name : Reactivity.tests(1).keySet()) {
                Figure figure = beside(name, effort, ours, peer, node.get().title());
                progress.say("  " + Table.of(List.of(figure)).get(1));
                figures.add(figure);
            }
        }
        double logarithms = 0;
        for (Figure figure : figures) {
            logarithms += Math.log(figure.ratio().orElseThrow());
        }
        figures.add(
                Figure.alone(
                                QuerySuite.NAME,
                                "reactivity, geometric mean of the ratios",
                                Math.exp(logarithms / figures.size()),
                                "times")
                        .withGoal(new Goal.AtMost(GOAL_MEAN)));
        return figures;
    }

    /**
     * A test's figure: the samples of both in turn after some that do not count; fewer of a test
     * that takes long, but no fewer than three.
     */
    private static Figure beside(
            String name, Effort effort, LineProcess ours, LineProcess peer, String title)
            throws IOException {
        String open = "open " + effort.either(10, 1) + " " + name;
        ours.ask(open);
        peer.ask(open);
        Samples mine = new Samples();
        Samples theirs = new Samples();
        long began = System.nanoTime();
        int rounds = effort.either(2, 7);
        for (int round = -1; round < rounds; round++) {
            double our = Double.parseDouble(ours.ask("run"));
            double their = Double.parseDouble(peer.ask("run"));
            if (round >= 0) {
                mine.add(our);
                theirs.add(their);
            }
            if (round + 1 >= ENOUGH && System.nanoTime() - began > PATIENCE_NANOS) {
                break;
            }
        }
        return Figure.alone(QuerySuite.NAME, "reactivity, " + name, mine.median(), "ms")
                .beside(title, theirs.median())
                .withGoal(new Goal.RatioAtMost(1));
    }
}
