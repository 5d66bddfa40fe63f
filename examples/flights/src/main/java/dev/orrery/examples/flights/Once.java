package dev.orrery.examples.flights;

import dev.orrery.CommitRecord;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One replay of everything at full speed, and what came of it.
 *
 * @param facts what the projections say
 * @param expected what a plain fold over the input says
 * @param figures further figures, by name
 */
record Once(Facts facts, Facts expected, Map<String, Object> figures) {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    static Once run(FlightsApp app, List<Flight> flights, Replay replay) {
        long began = System.nanoTime();
        long revision = app.orrery.timeline().now().number();
        try (Watchers watchers = new Watchers(app)) {
            long replaying = System.nanoTime();
            long appended = replay.run();
            app.orrery.settle(LIMIT);
            watchers.settle(LIMIT);
            double replaySeconds = seconds(replaying);
            Watchers.states(app).forEach(app.worst::of);
            CommitRecord.Totals totals = app.orrery.totals();
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("eventsPerSecond", Math.round(appended / replaySeconds));
            figures.put("revisions", app.orrery.timeline().now().number() - revision);
            figures.put("queries", Map.of("computed", totals.ran(), "spared", totals.spared()));
            figures.put("viewPatches", watchers.patches());
            figures.put("seconds", Math.round(seconds(began) * 1_000) / 1_000.0);
            return new Once(derived(app), Facts.of(flights), figures);
        }
    }

    private static Facts derived(FlightsApp app) {
        return app.orrery
                .snapshot()
                .read(() ->
                        Facts.of(
                                byKey(app.delays.keys(), app.delays::require),
                                byKey(app.routes.keys(), app.routes::require)));
    }

    private static <K, V> Map<K, V> byKey(List<K> keys, java.util.function.Function<K, V> value) {
        Map<K, V> map = new LinkedHashMap<>();
        keys.forEach(key -> map.put(key, value.apply(key)));
        return map;
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    /** Whether the projections say what the input says. */
    boolean isRight() {
        return facts.equals(expected);
    }

    /** The result as the values of one JSON object. */
    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("flights", facts.flights());
        json.put("origins", facts.origins());
        json.put("routes", facts.routes());
        json.put("delayMinutes", facts.delayMinutes());
        json.put("distanceMiles", facts.distanceMiles());
        json.put("airports", facts.airports());
        json.putAll(figures);
        return json;
    }
}
