package dev.orrery.gateway;

import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Action;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.OrreryException;
import dev.orrery.projection.Parked;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Methods about one kind of thing that has a name, and keys that can be parked. The policy is asked
 * before a name is resolved. Thread-safe.
 */
final class NamedMethods<T> {
    private final Rpc methods;
    private final String kind;
    private final AccessPolicy policy;
    private final BiFunction<String, String, Resource> resources;
    private final Function<String, Optional<T>> things;

    /**
     * None yet.
     *
     * @param methods where they are added
     * @param kind what they begin with, and what the name is called in a call
     * @param resources what the policy is asked about, of a name and a key; the key is empty where
     *     all of it is meant
     * @param things finds a thing by its name
     */
    NamedMethods(
            Rpc methods,
            String kind,
            AccessPolicy policy,
            BiFunction<String, String, Resource> resources,
            Function<String, Optional<T>> things) {
        this.methods = methods;
        this.kind = kind;
        this.policy = policy;
        this.resources = resources;
        this.things = things;
    }

    /** What is done with a thing. */
    @FunctionalInterface
    interface Deed<T> {
        @Nullable Object on(T thing, Arguments sent);
    }

    /** Adds a method that is asked for with all of a thing. */
    NamedMethods<T> ofAll(String name, Action action, Deed<T> deed) {
        return add(name, action, _ -> "", deed);
    }

    /** Adds a method that is asked for with one key. */
    NamedMethods<T> ofKey(String name, Action action, Deed<T> deed) {
        return add(name, action, sent -> sent.text("key"), deed);
    }

    private NamedMethods<T> add(
            String name, Action action, Function<Arguments, String> key, Deed<T> deed) {
        methods.method(
                kind + "." + name,
                (who, data) -> {
                    Arguments sent = sent(data);
                    Resource what = resources.apply(sent.text(kind), key.apply(sent));
                    if (!allows(who, action, what)) {
                        throw new OrreryException.Denied(
                                action.name().toLowerCase(Locale.ROOT), what.toString());
                    }
                    return deed.on(find(sent), sent);
                });
        return this;
    }

    /** Adds the method that lists parked keys, those that may be operated on. */
    NamedMethods<T> parked(Function<T, List<ParkedKey>> parked) {
        methods.method(
                kind + ".parked",
                (who, data) -> {
                    Arguments sent = sent(data);
                    return parked.apply(find(sent)).stream()
                            .filter(one ->
                                    allows(
                                            who,
                                            Action.OPERATE,
                                            resources.apply(sent.text(kind), one.text)))
                            .map(ParkedKey::shown)
                            .toList();
                });
        return this;
    }

    /** A parked key with its text. */
    record ParkedKey(String text, Parked<?> parked) {
        static <K> List<ParkedKey> all(List<Parked<K>> parked, Function<K, String> texts) {
            return parked.stream().map(one -> new ParkedKey(texts.apply(one.key()), one)).toList();
        }

        private Map<String, @Nullable Object> shown() {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            shown.put("key", text);
            shown.put("position", parked.position().text());
            shown.put("events", parked.events());
            shown.put("cause", parked.cause());
            shown.put("attempts", parked.attempts());
            shown.put("retryAt", parked.retryAt().orElse(null));
            return shown;
        }
    }

    private Arguments sent(@Nullable Object data) {
        return Arguments.of(data, "is an object with " + kind + " and key");
    }

    private boolean allows(Principal who, Action action, Resource what) {
        return policy.decide(who, action, what) instanceof Access.Allowed(var rows)
                && rows.isEmpty();
    }

    private T find(Arguments sent) {
        String name = sent.text(kind);
        return things.apply(name)
                .orElseThrow(() -> new OrreryException.Missing("the " + kind + "s", name));
    }
}
