package dev.orrery.bench;

import dev.orrery.bench.Figure.Goal;
import java.util.ArrayList;
import java.util.List;

/** The query runtime: what a hit, a change, a first and a repeated computation cost. */
final class QuerySuite implements Suite {
    static final String NAME = "query";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "memoised queries beside a map, Salsa and alien-signals";
    }

    @Override
    public List<Figure> run(Effort effort, Workplace place, Progress progress) throws Exception {
        List<Figure> figures = new ArrayList<>();
        figures.addAll(hits(effort, progress));
        figures.addAll(fanIn(effort, progress));
        figures.addAll(trees(effort, progress));
        figures.addAll(chain(effort, progress));
        figures.addAll(twoCores(effort, progress));
        figures.addAll(footprint(effort, progress));
        figures.addAll(new ReactivityBeside(place).measure(effort, progress));
        return figures;
    }

    private static Figure figure(String name, double value, String unit) {
        return Figure.alone(NAME, name, value, unit);
    }

    private static List<Figure> hits(Effort effort, Progress progress) throws Exception {
        int forks = effort.either(2, 5);
        progress.say("  hits: %d JVMs".formatted(forks));
        Samples hit = new Samples();
        Samples handle = new Samples();
        Samples map = new Samples();
        Samples ratio = new Samples();
        Samples handleRatio = new Samples();
        Samples bytes = new Samples();
        Samples speedUp = new Samples();
        for (int fork = 0; fork < forks; fork++) {
            Probe.Values values = Probe.run("hit", effort);
            hit.add(values.of("hit"));
            handle.add(values.of("handle"));
            map.add(values.of("map"));
            handleRatio.add(values.of("handle") / values.of("map"));
            ratio.add(values.of("hit") / values.of("map"));
            bytes.add(values.of("bytes"));
            speedUp.add(values.of("speed-up"));
        }
        String peer = "ConcurrentHashMap.get";
        return List.of(
                figure("memo hit, ready record key", hit.median(), "ns")
                        .beside(peer, map.median())
                        .withGoal(new Goal.RatioAtMost(2)),
                figure("memo hit, ratio of each JVM, median", ratio.median(), "times")
                        .withGoal(new Goal.AtMost(2)),
                figure("memo hit by handle", handle.median(), "ns").beside(peer, map.median()),
                figure(
                                "memo hit by handle, ratio of each JVM, median",
                                handleRatio.median(),
                                "times")
                        .withGoal(new Goal.AtMost(1)),
                figure("memo hit, allocated", bytes.median(), "B").withGoal(new Goal.AtMost(0)),
                figure("memo hit, two threads to one", speedUp.median(), "times")
                        .withGoal(new Goal.AtLeast(1.9)));
    }

    private static List<Figure> fanIn(Effort effort, Progress progress) throws Exception {
        progress.say("  fan-in: 10,000 and 1,000,000 leaves");
        Probe.Values few = Probe.run("fan-in of 10,000", effort);
        Probe.Values many = Probe.run("fan-in of 1,000,000", effort);
        String peer = "10,000 leaves";
        return List.of(
                figure("fan-in of 1,000,000, write and read, p50", many.of("p50"), "us")
                        .beside(peer, few.of("p50"))
                        .withGoal(new Goal.AtMost(20)),
                figure("fan-in of 1,000,000, the ratio", many.of("p50"), "us")
                        .beside(peer, few.of("p50"))
                        .withGoal(new Goal.RatioAtMost(3)),
                figure("fan-in of 1,000,000, p99", many.of("p99"), "us")
                        .beside(peer, few.of("p99")),
                figure("fan-in, marked by a commit (cone 2)", many.of("marked"), "queries")
                        .withGoal(new Goal.AtMost(4)),
                figure("fan-in, visited by a read (cone 2)", many.of("visited"), "dependencies")
                        .withGoal(new Goal.AtMost(4)));
    }

    private static List<Figure> trees(Effort effort, Progress progress) throws Exception {
        progress.say("  trees of seven queries");
        Probe.Values values = Probe.run("tree", effort);
        double map = values.of("map");
        return List.of(
                figure("unrelated commit, queries verified", values.of("verified"), "queries")
                        .withGoal(new Goal.AtMost(0)),
                figure("unrelated commit, read of a root", values.of("unrelated"), "ns"),
                figure("cold execution, a query", values.of("cold"), "ns")
                        .beside(Salsa.title(Salsa.COLD), Salsa.COLD * map)
                        .withGoal(new Goal.AtMost(230)),
                figure("execution after all inputs changed, a query", values.of("again"), "ns")
                        .beside(Salsa.title(Salsa.AGAIN), Salsa.AGAIN * map)
                        .withGoal(new Goal.RatioAtMost(1)));
    }

    private static List<Figure> chain(Effort effort, Progress progress) throws Exception {
        progress.say("  chain of 100,000 queries");
        Probe.Values values = Probe.run("chain", effort);
        double map = values.of("map");
        return List.of(
                figure("chain of 100,000, cold, a query", values.of("cold"), "ns"),
                figure("chain of 100,000, unrelated commit and read", values.of("unrelated"), "us"),
                figure("chain of 100,000, write and read, a query", values.of("again"), "ns")
                        .beside(Salsa.title(Salsa.CHAIN), Salsa.CHAIN * map)
                        .withGoal(new Goal.RatioAtMost(1)));
    }

    private static List<Figure> twoCores(Effort effort, Progress progress) throws Exception {
        progress.say("  two cores: 1,000 trees of a millisecond");
        Probe.Values values = Probe.run("two cores", effort);
        String machine = "the work alone";
        return List.of(
                figure("1,000 trees of 1 ms, two cores to one", values.of("speed-up"), "times")
                        .beside(machine, values.of("machine"))
                        .withGoal(new Goal.AtLeast(1.8)),
                figure("1,000 trees of 1 ms, read side by side", values.of("side"), "times")
                        .beside(machine, values.of("machine"))
                        .withGoal(new Goal.AtLeast(1.8)),
                figure("1,000 trees of 1 ms, one thread, a tree", values.of("millis"), "ms"),
                figure("1,000 trees of 1 ms, executed twice", values.of("duplicates"), "queries")
                        .withGoal(new Goal.AtMost(0)));
    }

    private static List<Figure> footprint(Effort effort, Progress progress) throws Exception {
        progress.say("  bytes a memo");
        return List.of(
                figure("memo with two edges", Probe.run("footprint", effort).of("bytes"), "B")
                        .withGoal(new Goal.AtMost(128)));
    }
}
