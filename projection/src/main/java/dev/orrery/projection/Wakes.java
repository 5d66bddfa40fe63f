package dev.orrery.projection;

import dev.orrery.core.Latest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Wakes whoever follows a key. Thread-safe; costs nothing for keys nobody follows. */
final class Wakes<K> {
    private final Map<K, Followed> followed = new ConcurrentHashMap<>();

    private record Followed(Latest<Boolean> signal, int followers) {}

    /** A signal that is set each time the key changes; give it back with {@link #release}. */
    Latest<Boolean> follow(K key) {
        return followed.compute(
                        key,
                        (_, known) ->
                                known == null
                                        ? new Followed(new Latest<>("wake", true), 1)
                                        : new Followed(known.signal, known.followers + 1))
                .signal;
    }

    void release(K key) {
        followed.computeIfPresent(
                key,
                (_, known) ->
                        known.followers == 1
                                ? null
                                : new Followed(known.signal, known.followers - 1));
    }

    void wake(Iterable<K> keys) {
        if (followed.isEmpty()) {
            return;
        }
        for (K key : keys) {
            Followed known = followed.get(key);
            if (known != null) {
                known.signal.set(true);
            }
        }
    }

    void wakeAll() {
        followed.values().forEach(known -> known.signal.set(true));
    }
}
