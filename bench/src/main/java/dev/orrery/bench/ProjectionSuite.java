package dev.orrery.bench;

import dev.orrery.bench.Figure.Goal;
import java.util.ArrayList;
import java.util.List;

/** Projections: how fast they fold, how soon a change is told, and folding everything anew. */
final class ProjectionSuite implements Suite {
    static final String NAME = "projection";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "folding beside Kafka Streams and JDBC, append to difference, folding anew, stalled"
                + " clients";
    }

    @Override
    public List<Figure> run(Effort effort, Workplace place, Progress progress) throws Exception {
        List<Figure> figures = new ArrayList<>();
        figures.addAll(takings(effort, progress));
        figures.add(sharedTakings(effort, progress));
        figures.addAll(deltas(effort, progress));
        figures.addAll(rebuild(effort, progress));
        figures.addAll(keys(effort, progress));
        figures.addAll(new FanOut(NAME, FanOut.Load.THOUSAND).measure(effort, progress));
        return figures;
    }

    private static Figure figure(String name, double value, String unit) {
        return Figure.alone(NAME, name, value, unit);
    }

    private static List<Figure> takings(Effort effort, Progress progress) throws Exception {
        progress.say("  count and sum of sales per account, beside Kafka Streams and JDBC");
        Probe.Values values = Probe.run("takings", effort);
        double ours = values.of("orrery");
        return List.of(
                figure("count and sum, 10,000 keys, exactly once", ours, "1/s")
                        .beside(KafkaStreamsPeer.NAME, values.of("kafka"))
                        .withGoal(new Goal.RatioAtLeast(2)),
                figure(
                                "count and sum, processor time an event",
                                values.of("orrery, processor"),
                                "us")
                        .beside(KafkaStreamsPeer.NAME, values.of("kafka, processor"))
                        .withGoal(new Goal.RatioAtMost(0.5)),
                figure("count and sum, beside one upsert an event", ours, "1/s")
                        .beside("JDBC alone", values.of("each"))
                        .withGoal(new Goal.RatioAtLeast(0.8)));
    }

    private static Figure sharedTakings(Effort effort, Progress progress) throws Exception {
        progress.say("  the same on PostgreSQL, beside JDBC");
        Probe.Values values = Probe.run("takings on PostgreSQL", effort);
        return figure("count and sum on PostgreSQL", values.of("orrery"), "1/s")
                .beside("JDBC alone", values.of("each"))
                .withGoal(new Goal.RatioAtLeast(0.8));
    }

    private static List<Figure> deltas(Effort effort, Progress progress) throws Exception {
        progress.say("  append to difference at 10,000 events a second");
        Probe.Values values = Probe.run("deltas", effort);
        return List.of(
                figure("append to difference, 10,000/s, p50", values.of("p50"), "ms")
                        .withGoal(new Goal.AtMost(1)),
                figure("append to difference, 10,000/s, p99", values.of("p99"), "ms")
                        .withGoal(new Goal.AtMost(10)));
    }

    private static List<Figure> rebuild(Effort effort, Progress progress) throws Exception {
        progress.say("  folding sales anew beside a reader");
        Probe.Values values = Probe.run("rebuild", effort);
        String events = effort == Effort.QUICK ? "500,000" : "10,000,000";
        Figure took = figure("rebuild of " + events, values.of("seconds"), "s");
        return List.of(
                effort == Effort.QUICK ? took : took.withGoal(new Goal.AtMost(35)),
                figure("rebuild, events a second", values.of("events a second"), "1/s"),
                figure("rebuild, looks at an account", values.of("looks"), "looks"),
                figure("rebuild, absent or older states seen", values.of("wrong"), "looks")
                        .withGoal(new Goal.AtMost(0)));
    }

    private static List<Figure> keys(Effort effort, Progress progress) throws Exception {
        progress.say("  1,000,000 keys that are touched once");
        Probe.Values values = Probe.run("keys", effort);
        String all = "all keys in memory";
        return List.of(
                figure("1,000,000 keys touched once, heap", values.of("usual"), "MiB")
                        .beside(all, values.of("all")),
                figure("1,000,000 keys touched once, fold", values.of("usual, seconds"), "s")
                        .beside(all, values.of("all, seconds")),
                figure("1,000,000 keys touched once, a look", values.of("usual, look"), "us")
                        .beside(all, values.of("all, look")));
    }
}
