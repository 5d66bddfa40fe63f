package dev.orrery.bench;

import dev.orrery.bench.Figure.Goal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The replicated graph: writing, storing, opening, and what it takes to hold. */
final class GraphSuite implements Suite {
    static final String NAME = "graph";

    private static final int OPERATIONS = 10_000;
    private static final String HEAL = "s8 1000 500";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "the replicated graph beside Yjs and Loro, durable rates, opening, memory, exchange";
    }

    @Override
    public List<Figure> run(Effort effort, Workplace place, Progress progress) throws Exception {
        List<Figure> figures = new ArrayList<>();
        figures.addAll(beside("yjs", "~13.6", 4, 2, effort, place, progress));
        figures.addAll(beside("loro-crdt", "^1", 10, 1, effort, place, progress));
        figures.addAll(durable(effort, place, progress));
        figures.add(memory(progress));
        figures.addAll(opening(effort, place, progress));
        figures.addAll(exchange(effort, progress));
        return figures;
    }

    private static Figure figure(String name, double value, String unit) {
        return Figure.alone(NAME, name, value, unit);
    }

    /** Scenarios S1 and S2, a round of each side in turn. */
    private static List<Figure> beside(
            String peer,
            String range,
            double s1Goal,
            double s2Goal,
            Effort effort,
            Workplace place,
            Progress progress)
            throws Exception {
        Optional<NodePackage> node = NodePackage.find(place, peer, range, progress);
        if (node.isEmpty()) {
            return List.of();
        }
        String program = node.get().program("graph.mjs").toString();
        List<Figure> figures = new ArrayList<>();
        try (LineProcess theirs =
                        LineProcess.start(node.get().title(), List.of("node", program, peer));
                LineProcess ours = LineProcess.java(GraphMain.class)) {
            progress.say("  S1 and S2 beside " + node.get().title());
            String title = node.get().title();
            figures.add(scenario("s1", "nodes created", title, s1Goal, effort, ours, theirs));
            figures.add(scenario("s2", "updates of one", title, s2Goal, effort, ours, theirs));
            figures.addAll(healing(title, effort, ours, theirs));
        }
        return figures;
    }

    /** Operations a second of both sides, the median of rounds after some that do not count. */
    private static Figure scenario(
            String name,
            String what,
            String title,
            double goal,
            Effort effort,
            LineProcess ours,
            LineProcess theirs)
            throws IOException {
        Samples mine = new Samples();
        Samples other = new Samples();
        int warmUps = effort.either(20, 40);
        int rounds = effort.either(5, 20);
        for (int round = -warmUps; round < rounds; round++) {
            double our = rate(ours, name);
            if (round < -5) {
                continue; // it takes a JVM longer than Node to warm up
            }
            double their = rate(theirs, name);
            if (round >= 0) {
                mine.add(our);
                other.add(their);
            }
        }
        return figure(name.toUpperCase(Locale.ROOT) + ", 10,000 " + what, mine.median(), "ops/s")
                .beside(title, other.median())
                .withGoal(new Goal.RatioAtLeast(goal));
    }

    /** Scenario S8: how long two replicas that went apart take to be one again, and how much. */
    private static List<Figure> healing(
            String title, Effort effort, LineProcess ours, LineProcess theirs) throws IOException {
        Samples mine = new Samples();
        Samples other = new Samples();
        double bytes = 0;
        double theirBytes = 0;
        int rounds = effort.either(5, 20);
        for (int round = -rounds; round < rounds; round++) {
            double[] our = numbers(ours.ask(HEAL));
            double[] their = numbers(theirs.ask(HEAL));
            bytes = our[1];
            theirBytes = their[1];
            if (round >= 0) {
                mine.add(our[0]);
                other.add(their[0]);
            }
        }
        return List.of(
                figure("S8, 1,000 shared and 500 each, healed", mine.median(), "ms")
                        .beside(title, other.median())
                        .withGoal(new Goal.RatioAtMost(1)),
                figure("S8, 1,000 shared and 500 each, sent", bytes, "B")
                        .beside(title, theirBytes)
                        .withGoal(new Goal.AtMost(66_000)));
    }

    private static double[] numbers(String answer) {
        return Arrays.stream(answer.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private static List<Figure> exchange(Effort effort, Progress progress) throws IOException {
        int entries = effort.either(100_000, 1_000_000);
        progress.say("  replicas of %,d entries".formatted(entries));
        try (LineProcess ours = LineProcess.java(GraphMain.class)) {
            double[] quiet = numbers(ours.ask("quiet " + entries));
            Samples signed = new Samples();
            for (int round = -3; round < effort.either(3, 5); round++) {
                double rate = ask(ours, "signed 100000");
                if (round >= 0) {
                    signed.add(rate);
                }
            }
            String among = "at %,d entries, ".formatted(entries);
            return List.of(
                    figure(among + "a sync without a change", quiet[0], "µs")
                            .withGoal(new Goal.AtMost(1_000)),
                    figure(among + "a sync without a change, each side", quiet[1], "B")
                            .withGoal(new Goal.AtMost(200)),
                    figure(among + "the one that is new, to who follows", quiet[2], "µs")
                            .withGoal(new Goal.AtMost(50)),
                    figure(
                                    "taken in, 100,000 entries signed by the thousand",
                                    signed.median(),
                                    "ops/s")
                            .withGoal(new Goal.AtLeast(500_000)));
        }
    }

    private static double rate(LineProcess process, String name) throws IOException {
        return OPERATIONS * 1_000.0 / Double.parseDouble(process.ask(name + " " + OPERATIONS));
    }

    private static List<Figure> durable(Effort effort, Workplace place, Progress progress)
            throws IOException {
        progress.say("  durable writes");
        try (LineProcess ours = LineProcess.java(GraphMain.class)) {
            int each = effort.either(500, 2_000);
            Samples one = new Samples();
            Samples forces = new Samples();
            Samples many = new Samples();
            Samples batches = new Samples();
            for (int round = -1; round < effort.either(2, 5); round++) {
                double alone = ask(ours, "writers " + fresh(place) + " 1 " + each);
                double force = 1_000_000 / Calibration.measure(place.folder()).forceMicros();
                double together = ask(ours, "writers " + fresh(place) + " 64 " + each);
                double batch = ask(ours, "batches " + fresh(place) + " " + effort.either(20, 200));
                if (round >= 0) {
                    one.add(alone);
                    forces.add(force);
                    many.add(together);
                    batches.add(batch);
                }
            }
            return List.of(
                    figure("durable, one writer, each acknowledged", one.median(), "ops/s")
                            .beside("fdatasync of 200 B", forces.median())
                            .withGoal(new Goal.RatioAtLeast(0.8)),
                    figure("durable, 64 writers, each acknowledged", many.median(), "ops/s")
                            .beside("one writer", one.median())
                            .withGoal(new Goal.RatioAtLeast(15)),
                    figure("durable, commits of 1,000", batches.median(), "ops/s")
                            .withGoal(new Goal.AtLeast(500_000)));
        }
    }

    private static double ask(LineProcess process, String question) throws IOException {
        return Double.parseDouble(process.ask(question));
    }

    private static Path fresh(Workplace place) throws IOException {
        return Files.createTempDirectory(place.folder(), "graph");
    }

    private static Figure memory(Progress progress) throws IOException {
        progress.say("  memory");
        try (LineProcess ours = LineProcess.java(GraphMain.class)) {
            double mebibytes = ask(ours, "memory 100000");
            return figure("live heap of 100,000 nodes of three properties", mebibytes, "MiB")
                    .withGoal(new Goal.AtMost(150));
        }
    }

    private static List<Figure> opening(Effort effort, Workplace place, Progress progress)
            throws IOException {
        int entries = effort.either(100_000, 1_000_000);
        progress.say("  opening %,d entries".formatted(entries));
        Path directory = fresh(place);
        try (LineProcess builder = LineProcess.java(GraphMain.class)) {
            builder.ask("build " + directory + " " + entries);
        }
        Samples quick = new Samples();
        Samples whole = new Samples();
        for (int round = 0; round < effort.either(1, 3); round++) {
            quick.add(reopen(directory, entries));
            Files.delete(directory.resolve("checkpoint"));
            whole.add(reopen(directory, entries)); // which leaves a checkpoint behind
        }
        String store = "open a store of %,d entries, ".formatted(entries);
        return List.of(
                figure(store + "all read again", whole.median(), "ms")
                        .withGoal(new Goal.AtMost(1_500)),
                figure(store + "from a checkpoint", quick.median(), "ms")
                        .withGoal(new Goal.AtMost(200)));
    }

    /** In a JVM of its own, which has read nothing before. */
    private static double reopen(Path directory, int entries) throws IOException {
        try (LineProcess opener = LineProcess.java(GraphMain.class)) {
            return ask(opener, "reopen " + directory + " " + entries);
        }
    }
}
