package dev.orrery.gateway;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Action;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import dev.orrery.query.Dependency;
import dev.orrery.query.Explanation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asking an engine about itself from outside: the methods {@code engine.explain} and {@code
 * engine.clock}. Thread-safe.
 */
public final class EngineMethods {
    private final Orrery orrery;
    private final AccessPolicy policy;

    private EngineMethods(Orrery orrery, AccessPolicy policy) {
        this.orrery = orrery;
        this.policy = policy;
    }

    /** Adds the methods to others; a result is explained to whoever may read it. */
    public static Rpc addTo(Rpc methods, Orrery orrery, AccessPolicy policy) {
        EngineMethods engine = new EngineMethods(orrery, policy);
        return methods.method("engine.explain", engine::explain)
                .method("engine.clock", (_, _) -> Map.of("now", orrery.clockMillis()));
    }

    private Object explain(Principal who, @Nullable Object data) {
        String query = text(data, "query");
        String key = text(data, "key");
        Resource result = new Resource.OfQuery(query, key);
        if (!(policy.decide(who, Action.READ, result) instanceof Access.Allowed)) {
            throw new OrreryException.Denied("read", result.toString());
        }
        return json(orrery.explain(query, key), key);
    }

    private static Map<String, @Nullable Object> json(Explanation why, String key) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("query", why.query());
        json.put("key", key);
        json.put("verdict", why.verdict());
        json.put("revision", why.revision().number());
        json.put("because", why.because().map(EngineMethods::json).orElse(null));
        json.put("reads", why.reads());
        json.put("path", why.path().stream().map(EngineMethods::json).toList());
        return json;
    }

    private static Object json(Dependency.Changed because) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("dependency", because.dependency().toString());
        json.put("at", because.at().number());
        return json;
    }

    private static Object json(Explanation.Step step) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("dependency", step.dependency().toString());
        json.put("how", step.how());
        json.put("at", step.at().number());
        return json;
    }

    private static String text(@Nullable Object data, String name) {
        return Arguments.of(data, "is an object with query and key, both text").text(name);
    }
}
