package dev.orrery;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The followed keys of one query or table. Those nobody follows any more are kept up to a bound,
 * for whoever returns. Thread-safe.
 */
final class FollowedKeys<K, V> {
    private static final int MOST = 1_024;

    private final Function<K, Followed<V>> make;
    private final Map<K, Followed<V>> keys = new LinkedHashMap<>(16, 0.75f, true);

    FollowedKeys(Function<K, Followed<V>> make) {
        this.make = make;
    }

    synchronized Followed<V> of(K key) {
        Followed<V> followed = keys.computeIfAbsent(key, make);
        if (keys.size() > MOST) {
            forgetOneIdle(followed);
        }
        return followed;
    }

    private void forgetOneIdle(Followed<V> kept) {
        for (Iterator<Followed<V>> eldest = keys.values().iterator(); eldest.hasNext(); ) {
            Followed<V> candidate = eldest.next();
            if (candidate != kept && candidate.isIdle()) {
                eldest.remove();
                return;
            }
        }
    }
}
