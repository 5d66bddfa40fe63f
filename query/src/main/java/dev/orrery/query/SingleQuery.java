package dev.orrery.query;

import dev.orrery.core.Subscription;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A remembered function without a key, or with a key given; otherwise as {@link Query}.
 * Thread-safe.
 */
public final class SingleQuery<V> {
    private final Definition<Object, V> query;
    private final Object key;

    /** Found when it is first asked for. */
    private @Nullable Node node;

    @SuppressWarnings("unchecked") // asked with this key alone
    <K> SingleQuery(Definition<K, V> query, K key) {
        this.query = (Definition<Object, V>) query;
        this.key = key;
    }

    private Node node() {
        Node known = node;
        if (known == null) {
            known = query.node(key);
            node = known;
        }
        return known;
    }

    /** The name it was defined under. */
    public String name() {
        return query.name();
    }

    /** The value. */
    public V now() {
        return query.of(node());
    }

    /** The value, or the failure that {@link #now} would throw. */
    public Outcome<V> outcome() {
        return query.outcome(query.memo(node()));
    }

    /** The value, waited for no longer than a limit. */
    public V ask(Duration limit) {
        return query.ask(key, limit);
    }

    /** The value, then the latest after each commit that changed it. */
    public Subscription<V> watch() {
        return query.watch(key);
    }

    /** As {@link #watch}, with failures as values. */
    public Subscription<Outcome<V>> watchOutcome() {
        return query.watchOutcome(key);
    }

    /** Has the body run again, though nothing that is tracked has changed. */
    public void forget() {
        query.forget(key);
    }

    /** Why the result was computed, or was not. */
    public Explanation explain() {
        return query.explain(key);
    }

    /** What the remembered result rests on, as far as the bounds go; nothing is computed. */
    public Dependencies dependencies(Dependencies.Bounds bounds) {
        return query.dependencies(key, bounds);
    }

    /** What was done for this query. */
    public Statistics statistics() {
        return query.statistics();
    }

    @Override
    public String toString() {
        return query.label(key);
    }
}
