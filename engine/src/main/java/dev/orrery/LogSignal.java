package dev.orrery;

import dev.orrery.core.Feed;
import dev.orrery.core.Update;
import dev.orrery.projection.LiveProjection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** How full the logs are, how far their projections are behind, and how fast they grow. */
final class LogSignal {
    private static final Duration PACE = Duration.ofMillis(250);
    private static final long WINDOW_NANOS = Duration.ofSeconds(2).toNanos();

    private final Layers layers;
    private final EngineClock clock;
    private final Pulse<Map<String, LogState>> pulse;
    private final Map<String, Deque<Seen>> seen = new HashMap<>();

    private record Seen(long nanos, long position) {}

    LogSignal(Layers layers, EngineClock clock, ThreadFactory threads, String epoch) {
        this.layers = layers;
        this.clock = clock;
        this.pulse = new Pulse<>(this::look, LogSignal::difference, PACE, threads, epoch);
    }

    Feed<Update<Map<String, LogState>, Map<String, LogState>>> feed() {
        return pulse.feed();
    }

    private Map<String, LogState> look() {
        Map<String, LogState> states = new LinkedHashMap<>();
        for (Layers.Log<?> log : layers.logs()) {
            long position = log.log().head().number();
            states.put(
                    log.name(), new LogState(position, behind(log, position), rate(log, position)));
        }
        return states;
    }

    private long behind(Layers.Log<?> log, long position) {
        long slowest = position;
        for (LiveProjection<?, ?> projection : layers.projectionsOf(log.name())) {
            slowest = Math.min(slowest, projection.position().number());
        }
        return position - slowest;
    }

    private double rate(Layers.Log<?> log, long position) {
        Deque<Seen> times = seen.computeIfAbsent(log.name(), _ -> new ArrayDeque<>());
        long now = clock.nanos();
        while (times.size() > 1 && now - times.getFirst().nanos() > WINDOW_NANOS) {
            times.removeFirst();
        }
        times.addLast(new Seen(now, position));
        Seen oldest = times.getFirst();
        long took = now - oldest.nanos();
        return took == 0 ? 0 : Math.round((position - oldest.position()) * 1e10 / took) / 10.0;
    }

    private static Optional<Map<String, LogState>> difference(
            Map<String, LogState> before, Map<String, LogState> now) {
        Map<String, LogState> changed = new LinkedHashMap<>(now);
        changed.entrySet().removeAll(before.entrySet());
        return changed.isEmpty() ? Optional.empty() : Optional.of(changed);
    }
}
