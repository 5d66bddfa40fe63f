package dev.orrery.query;

import dev.orrery.core.Subscription;
import java.time.Duration;

/** A remembered function of a key in two parts; otherwise as {@link Query}. Thread-safe. */
public final class Query2<A, B, V> {
    private final Query<Parts<A, B>, V> query;

    /** The key, as events and errors show it. */
    record Parts<A, B>(A first, B second) {
        @Override
        public String toString() {
            return first + ", " + second;
        }
    }

    Query2(Query<Parts<A, B>, V> query) {
        this.query = query;
    }

    /** The name it was defined under. */
    public String name() {
        return query.name();
    }

    /** The value for a key. */
    public V of(A first, B second) {
        return query.of(new Parts<>(first, second));
    }

    /** The function with its key given. */
    public SingleQuery<V> with(A first, B second) {
        return query.with(new Parts<>(first, second));
    }

    /** The value for a key, or the failure that {@link #of} would throw. */
    public Outcome<V> outcome(A first, B second) {
        return query.outcome(new Parts<>(first, second));
    }

    /** The value for a key, waited for no longer than a limit. */
    public V ask(A first, B second, Duration limit) {
        return query.ask(new Parts<>(first, second), limit);
    }

    /** The value of a key, then the latest after each commit that changed it. */
    public Subscription<V> watch(A first, B second) {
        return query.watch(new Parts<>(first, second));
    }

    /** As {@link #watch}, with failures as values. */
    public Subscription<Outcome<V>> watchOutcome(A first, B second) {
        return query.watchOutcome(new Parts<>(first, second));
    }

    /** Has the body run again for a key, though nothing that is tracked has changed. */
    public void forget(A first, B second) {
        query.forget(new Parts<>(first, second));
    }

    /** Why the key's result was computed, or was not. */
    public Explanation explain(A first, B second) {
        return query.explain(new Parts<>(first, second));
    }

    /** What the remembered result rests on, as far as the bounds go; nothing is computed. */
    public Dependencies dependencies(A first, B second, Dependencies.Bounds bounds) {
        return query.dependencies(new Parts<>(first, second), bounds);
    }

    /** What was done for this query's keys. */
    public Statistics statistics() {
        return query.statistics();
    }

    @Override
    public String toString() {
        return name();
    }
}
