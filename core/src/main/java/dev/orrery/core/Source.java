package dev.orrery.core;

import java.util.Optional;

/**
 * Keyed values that change: an input, a projection's states, a live table's rows.
 *
 * <p>Outside a scope a read answers with the newest value; inside a query, a snapshot or a view it
 * answers as of that scope's revision, and inside a query it is recorded as a dependency, absence
 * included. Thread-safe.
 */
public interface Source<K, V> {
    /** What the source is called in the console, in errors and in explanations. */
    String name();

    /** The value under a key, empty when there is none. */
    Optional<V> find(K key);

    /** The value under a key, or {@link OrreryException.Missing}. */
    default V require(K key) {
        return find(key).orElseThrow(() -> new OrreryException.Missing(name(), key));
    }

    /**
     * The current value of a key, then the latest after each commit that changed it: skips, never
     * queues.
     */
    Subscription<Optional<V>> watch(K key);
}
