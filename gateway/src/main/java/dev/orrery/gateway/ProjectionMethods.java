package dev.orrery.gateway;

import dev.orrery.NamedProjection;
import dev.orrery.Orrery;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Action;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import dev.orrery.gateway.NamedMethods.ParkedKey;
import dev.orrery.log.Recorded;
import dev.orrery.projection.Lag;
import dev.orrery.projection.ProjectionStatus;
import dev.orrery.projection.Reading;
import dev.orrery.projection.Rebuild;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reading projections and tending them from outside: the methods {@code projection.read}, {@code
 * projection.status}, {@code projection.parked}, {@code projection.waiting}, {@code
 * projection.retry}, {@code projection.skip}, {@code projection.edit}, {@code projection.rebuild}
 * and {@code projection.undoRebuild}. Thread-safe.
 *
 * <p>The policy is asked about {@code OfProjection} with the key: for {@code READ} of a state, for
 * {@code OPERATE} on a parked key; with an empty key, which means all of it, for {@code READ} of
 * the status and for {@code REBUILD}. Of the parked keys only those are listed that may be operated
 * on.
 */
public final class ProjectionMethods {
    private ProjectionMethods() {}

    /** Adds the methods to others. */
    public static Rpc addTo(Rpc methods, Orrery orrery, AccessPolicy policy) {
        new NamedMethods<NamedProjection<?, ?>>(
                        methods,
                        "projection",
                        policy,
                        Resource.OfProjection::new,
                        orrery::projection)
                .ofKey("read", Action.READ, (p, sent) -> read(p, sent))
                .ofAll("status", Action.READ, (p, _) -> status(p))
                .parked(ProjectionMethods::parked)
                .ofKey("waiting", Action.OPERATE, (p, sent) -> waiting(p, sent))
                .ofKey("retry", Action.OPERATE, (p, sent) -> retry(p, sent))
                .ofKey("skip", Action.OPERATE, (p, sent) -> skip(p, sent))
                .ofKey("edit", Action.OPERATE, (p, sent) -> edit(p, sent))
                .ofAll("rebuild", Action.REBUILD, (p, _) -> shown(p.live().rebuild()))
                .ofAll("undoRebuild", Action.REBUILD, (p, _) -> shown(p.live().undoRebuild()));
        return methods;
    }

    private static <K, S> Object read(NamedProjection<K, S> projection, Arguments sent) {
        Reading<S> reading = projection.live().read(projection.key(sent.text("key")));
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("state", reading.state());
        shown.put("epoch", reading.epoch());
        shown.put("version", reading.version());
        shown.put("position", reading.position().text());
        shown.put("ageMillis", reading.age().toMillis());
        return shown;
    }

    private static <K, S> Object status(NamedProjection<K, S> projection) {
        Lag lag = projection.live().lag();
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        ProjectionStatus status = projection.live().status();
        shown.put("status", status.getClass().getSimpleName());
        if (status instanceof ProjectionStatus.StandingBy(String holder)) {
            shown.put("holder", holder);
        }
        if (status instanceof ProjectionStatus.Failed failed) {
            shown.put("cause", failed.cause().getMessage());
        }
        shown.put("epoch", projection.live().epoch());
        shown.put("position", projection.live().position().text());
        shown.put("lagEvents", lag.events());
        shown.put("lagMillis", lag.age().toMillis());
        shown.put("statistics", projection.live().statistics());
        shown.put(
                "rebuild",
                projection.live().rebuilding().map(ProjectionMethods::shown).orElse(null));
        return shown;
    }

    private static Map<String, @Nullable Object> shown(Rebuild rebuild) {
        Rebuild.Progress progress = rebuild.progress();
        OrreryException failure = progress.failure();
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("reached", progress.reached().text());
        shown.put("done", progress.done());
        shown.put("failure", failure == null ? null : failure.getMessage());
        return shown;
    }

    private static <K, S> List<ParkedKey> parked(NamedProjection<K, S> projection) {
        return ParkedKey.all(projection.live().parked(), projection::text);
    }

    private static <K, S> Object waiting(NamedProjection<K, S> projection, Arguments sent) {
        List<Object> events = new ArrayList<>();
        for (Recorded<?> recorded : projection.live().waiting(projection.key(sent.text("key")))) {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            shown.put("position", recorded.position().text());
            shown.put("id", recorded.id());
            shown.put("event", recorded.event());
            events.add(shown);
        }
        return events;
    }

    private static <K, S> Object retry(NamedProjection<K, S> projection, Arguments sent) {
        projection.live().retry(projection.key(sent.text("key")));
        return Map.of();
    }

    private static <K, S> Object skip(NamedProjection<K, S> projection, Arguments sent) {
        projection.live().skip(projection.key(sent.text("key")));
        return Map.of();
    }

    private static <K, S> Object edit(NamedProjection<K, S> projection, Arguments sent) {
        projection
                .live()
                .edit(projection.key(sent.text("key")), projection.state(sent.value("state")));
        return Map.of();
    }
}
