package dev.orrery;

import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveEffect;
import dev.orrery.projection.LiveProjection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What follows the logs of an engine, and how that stands. Thread-safe. */
final class Followers {
    private final List<Projecting> projecting = new CopyOnWriteArrayList<>();
    private final List<Effecting> effecting = new CopyOnWriteArrayList<>();

    private record Projecting(EventLog<?> log, LiveProjection<?, ?> live) {
        Status.OfProjection status() {
            return new Status.OfProjection(
                    live.name(),
                    log.name(),
                    live.status(),
                    live.epoch(),
                    live.position(),
                    live.lag(),
                    live.statistics());
        }
    }

    private record Effecting(EventLog<?> log, LiveEffect<?> live) {
        Status.OfEffect status() {
            return new Status.OfEffect(
                    live.name(),
                    log.name(),
                    live.status(),
                    live.position(),
                    live.lag(),
                    live.totals());
        }
    }

    void projection(EventLog<?> log, LiveProjection<?, ?> live) {
        projecting.add(new Projecting(log, live));
    }

    void effect(EventLog<?> log, LiveEffect<?> live) {
        effecting.add(new Effecting(log, live));
    }

    /** Waits until what the logs hold now is folded and handled. */
    void settle(Duration timeout) {
        long began = System.nanoTime();
        for (Projecting one : projecting) {
            one.live.atLeast(one.log.head(), timeout.minusNanos(System.nanoTime() - began));
        }
        for (Effecting one : effecting) {
            one.live.atLeast(one.log.head(), timeout.minusNanos(System.nanoTime() - began));
        }
    }

    List<Status.OfProjection> projections() {
        return projecting.stream().map(Projecting::status).toList();
    }

    List<Status.OfEffect> effects() {
        return effecting.stream().map(Effecting::status).toList();
    }
}
