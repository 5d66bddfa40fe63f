package dev.orrery.projection;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which keys have other states in one epoch than in another, to be served instead. Confined to the
 * thread that holds the locks of both.
 */
final class Comparison<K, S> {
    /** So many keys are compared at once where they are not in memory. */
    private static final int PART = 256;

    private final Epoch<K, S> before;
    private final Epoch<K, S> after;
    private final Map<K, Differing<S>> differing = new LinkedHashMap<>();

    private Comparison(Epoch<K, S> before, Epoch<K, S> after) {
        this.before = before;
        this.after = after;
    }

    /** Compares two epochs of one database that nobody else writes, of which the store is asked. */
    static <K, S> Map<K, Differing<S>> stored(Epoch<K, S> before, Epoch<K, S> after) {
        Comparison<K, S> both = new Comparison<>(before, after);
        if (before.isWhole() && after.isWhole()) {
            both.compareInMemory();
        } else {
            before.eachDiffering(
                    after, (key, states) -> both.put(key, states.before(), states.after()));
        }
        return both.differing;
    }

    /** Compares two epochs, of which each may be read as of a moment of its own. */
    static <K, S> Map<K, Differing<S>> read(Epoch<K, S> before, Epoch<K, S> after) {
        Comparison<K, S> both = new Comparison<>(before, after);
        if (before.isWhole() && after.isWhole()) {
            both.compareInMemory();
        } else {
            both.compareInParts();
        }
        return both.differing;
    }

    private void compareInMemory() {
        after.forEach((key, state) -> put(key, before.stateInMemory(key), Optional.of(state)));
        before.forEach((key, state) -> put(key, Optional.of(state), after.stateInMemory(key)));
    }

    private void compareInParts() {
        eachPart(
                before,
                part -> {
                    Map<K, S> now = after.all(part.keySet());
                    part.forEach((key, state) ->
                            put(key, Optional.of(state), Optional.ofNullable(now.get(key))));
                });
        eachPart(
                after,
                part -> {
                    Map<K, S> then = before.all(part.keySet());
                    part.forEach((key, state) -> {
                        if (!then.containsKey(key)) {
                            put(key, Optional.empty(), Optional.of(state));
                        }
                    });
                });
    }

    private static <K, S> void eachPart(Epoch<K, S> epoch, Consumer<Map<K, S>> reader) {
        Map<K, S> part = new HashMap<>();
        epoch.each((key, state) -> {
            part.put(key, state);
            if (part.size() == PART) {
                reader.accept(part);
                part.clear();
            }
        });
        reader.accept(part);
    }

    private void put(K key, Optional<S> then, Optional<S> now) {
        if (!then.equals(now)) {
            differing.put(key, new Differing<>(then, now));
        }
    }
}
