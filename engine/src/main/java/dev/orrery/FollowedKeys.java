package dev.orrery;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The followed keys of one query, table or projection, each with its feed. Those nobody follows any
 * more are kept up to a bound, for whoever returns. Thread-safe.
 */
final class FollowedKeys<K, F extends FollowedKeys.Idle> {
    private static final int MOST = 1_024;

    private final Function<K, F> make;
    private final Map<K, F> keys = new LinkedHashMap<>(16, 0.75f, true);

    /** Something that somebody may be following. */
    interface Idle {
        /** Whether nobody is. */
        boolean isIdle();
    }

    FollowedKeys(Function<K, F> make) {
        this.make = make;
    }

    synchronized F of(K key) {
        F followed = keys.computeIfAbsent(key, make);
        if (keys.size() > MOST) {
            forgetOneIdle(followed);
        }
        return followed;
    }

    private void forgetOneIdle(F kept) {
        for (Iterator<F> eldest = keys.values().iterator(); eldest.hasNext(); ) {
            F candidate = eldest.next();
            if (!candidate.equals(kept) && candidate.isIdle()) {
                eldest.remove();
                return;
            }
        }
    }
}
