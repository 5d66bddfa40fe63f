package dev.orrery.gateway;

import dev.orrery.NamedEffect;
import dev.orrery.Orrery;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Action;
import dev.orrery.channel.Resource;
import dev.orrery.gateway.NamedMethods.ParkedKey;
import dev.orrery.projection.EffectStatus;
import dev.orrery.projection.Lag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tending effects from outside: the methods {@code effect.status}, {@code effect.parked}, {@code
 * effect.retry} and {@code effect.skip}. Thread-safe.
 *
 * <p>The policy is asked about {@code OfEffect} with the key: for {@code OPERATE} on a key that
 * waits; with an empty key, which means all of it, for {@code READ} of the status. Of the parked
 * keys only those are listed that may be operated on.
 */
public final class EffectMethods {
    private EffectMethods() {}

    /** Adds the methods to others. */
    public static Rpc addTo(Rpc methods, Orrery orrery, AccessPolicy policy) {
        new NamedMethods<NamedEffect<?>>(
                        methods, "effect", policy, Resource.OfEffect::new, orrery::effect)
                .ofAll("status", Action.READ, (effect, _) -> status(effect))
                .parked(EffectMethods::parked)
                .ofKey("retry", Action.OPERATE, (effect, sent) -> retry(effect, sent))
                .ofKey("skip", Action.OPERATE, (effect, sent) -> skip(effect, sent));
        return methods;
    }

    private static Object status(NamedEffect<?> effect) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        EffectStatus status = effect.live().status();
        Lag lag = effect.live().lag();
        shown.put("status", status.getClass().getSimpleName());
        if (status instanceof EffectStatus.Failed failed) {
            shown.put("cause", failed.cause().getMessage());
        }
        shown.put("position", effect.live().position().text());
        shown.put("lagEvents", lag.events());
        shown.put("lagMillis", lag.age().toMillis());
        shown.put("totals", effect.live().totals());
        return shown;
    }

    private static <K> List<ParkedKey> parked(NamedEffect<K> effect) {
        return ParkedKey.all(effect.live().parked(), effect::text);
    }

    private static <K> Object retry(NamedEffect<K> effect, Arguments sent) {
        effect.live().retry(effect.key(sent.text("key")));
        return Map.of();
    }

    private static <K> Object skip(NamedEffect<K> effect, Arguments sent) {
        effect.live().skip(effect.key(sent.text("key")));
        return Map.of();
    }
}
