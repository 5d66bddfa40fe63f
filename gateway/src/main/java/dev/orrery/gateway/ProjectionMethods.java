package dev.orrery.gateway;

import dev.orrery.NamedProjection;
import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Action;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import dev.orrery.log.Recorded;
import dev.orrery.projection.Lag;
import dev.orrery.projection.Parked;
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
    private final Orrery orrery;
    private final AccessPolicy policy;

    private ProjectionMethods(Orrery orrery, AccessPolicy policy) {
        this.orrery = orrery;
        this.policy = policy;
    }

    /** What is done with a projection, and a key where the call named one. */
    @FunctionalInterface
    private interface Deed {
        @Nullable Object on(NamedProjection<?, ?> projection, Call call);
    }

    /** What a call sent. */
    private record Call(Principal who, Map<?, ?> data) {
        String text(String name) {
            if (data.get(name) instanceof String text) {
                return text;
            }
            throw new OrreryException.Invalid(name, "is text", data.get(name));
        }
    }

    /** Adds the methods to others. */
    public static Rpc addTo(Rpc methods, Orrery orrery, AccessPolicy policy) {
        ProjectionMethods projections = new ProjectionMethods(orrery, policy);
        projections.add(methods, "read", Action.READ, true, (p, call) -> read(p, call));
        projections.add(methods, "status", Action.READ, false, (p, _) -> status(p));
        projections.add(methods, "waiting", Action.OPERATE, true, (p, call) -> waiting(p, call));
        projections.add(methods, "retry", Action.OPERATE, true, (p, call) -> retry(p, call));
        projections.add(methods, "skip", Action.OPERATE, true, (p, call) -> skip(p, call));
        projections.add(methods, "edit", Action.OPERATE, true, (p, call) -> edit(p, call));
        projections.add(
                methods, "rebuild", Action.REBUILD, false, (p, _) -> shown(p.live().rebuild()));
        projections.add(
                methods,
                "undoRebuild",
                Action.REBUILD,
                false,
                (p, _) -> shown(p.live().undoRebuild()));
        return methods.method(
                "projection.parked",
                (who, data) -> {
                    Call call = call(who, data);
                    return projections.parked(projections.find(call), who);
                });
    }

    private void add(Rpc methods, String name, Action action, boolean ofKey, Deed deed) {
        methods.method(
                "projection." + name,
                (who, data) -> {
                    Call call = call(who, data);
                    String key = ofKey ? call.text("key") : "";
                    Resource what = new Resource.OfProjection(call.text("projection"), key);
                    if (!allows(who, action, what)) {
                        throw new OrreryException.Denied(action.name(), what.toString());
                    }
                    return deed.on(find(call), call);
                });
    }

    private static Call call(Principal who, @Nullable Object data) {
        if (data instanceof Map<?, ?> values) {
            return new Call(who, values);
        }
        throw new OrreryException.Invalid("data", "is an object with projection and key", data);
    }

    private boolean allows(Principal who, Action action, Resource what) {
        return policy.decide(who, action, what) instanceof Access.Allowed(var rows)
                && rows.isEmpty();
    }

    private NamedProjection<?, ?> find(Call call) {
        String name = call.text("projection");
        return orrery.projection(name)
                .orElseThrow(() -> new OrreryException.Missing("the projections", name));
    }

    private static <K, S> Object read(NamedProjection<K, S> projection, Call call) {
        Reading<S> reading = projection.live().read(projection.key(call.text("key")));
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

    private <K, S> Object parked(NamedProjection<K, S> projection, Principal who) {
        List<Object> keys = new ArrayList<>();
        for (Parked<K> parked : projection.live().parked()) {
            String key = projection.text(parked.key());
            Resource what = new Resource.OfProjection(projection.live().name(), key);
            if (allows(who, Action.OPERATE, what)) {
                keys.add(shown(key, parked));
            }
        }
        return keys;
    }

    private static Map<String, @Nullable Object> shown(String key, Parked<?> parked) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("key", key);
        shown.put("position", parked.position().text());
        shown.put("events", parked.events());
        shown.put("cause", parked.cause());
        shown.put("attempts", parked.attempts());
        shown.put("retryAt", parked.retryAt().orElse(null));
        return shown;
    }

    private static <K, S> Object waiting(NamedProjection<K, S> projection, Call call) {
        List<Object> events = new ArrayList<>();
        for (Recorded<?> recorded : projection.live().waiting(projection.key(call.text("key")))) {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            shown.put("position", recorded.position().text());
            shown.put("id", recorded.id());
            shown.put("event", recorded.event());
            events.add(shown);
        }
        return events;
    }

    private static <K, S> Object retry(NamedProjection<K, S> projection, Call call) {
        projection.live().retry(projection.key(call.text("key")));
        return Map.of();
    }

    private static <K, S> Object skip(NamedProjection<K, S> projection, Call call) {
        projection.live().skip(projection.key(call.text("key")));
        return Map.of();
    }

    private static <K, S> Object edit(NamedProjection<K, S> projection, Call call) {
        projection
                .live()
                .edit(projection.key(call.text("key")), projection.state(call.data().get("state")));
        return Map.of();
    }
}
