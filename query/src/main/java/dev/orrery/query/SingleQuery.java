package dev.orrery.query;

import dev.orrery.core.Subscription;
import java.time.Duration;

/** A remembered function without a key; otherwise as {@link Query}. Thread-safe. */
public final class SingleQuery<V> {
    private final Query<NoKey, V> query;

    SingleQuery(Query<NoKey, V> query) {
        this.query = query;
    }

    /** The name it was defined under. */
    public String name() {
        return query.name();
    }

    /** The value. */
    public V now() {
        return query.of(NoKey.ONE);
    }

    /** The value, or the failure that {@link #now} would throw. */
    public Outcome<V> outcome() {
        return query.outcome(NoKey.ONE);
    }

    /** The value, waited for no longer than a limit. */
    public V ask(Duration limit) {
        return query.ask(NoKey.ONE, limit);
    }

    /** The value, then the latest after each commit that changed it. */
    public Subscription<V> watch() {
        return query.watch(NoKey.ONE);
    }

    /** As {@link #watch}, with failures as values. */
    public Subscription<Outcome<V>> watchOutcome() {
        return query.watchOutcome(NoKey.ONE);
    }

    /** Has the body run again, though nothing that is tracked has changed. */
    public void forget() {
        query.forget(NoKey.ONE);
    }

    /** Why the result was computed, or was not. */
    public Explanation explain() {
        return query.explain(NoKey.ONE);
    }

    /** What the remembered result rests on, as far as the bounds go; nothing is computed. */
    public Dependencies dependencies(Dependencies.Bounds bounds) {
        return query.dependencies(NoKey.ONE, bounds);
    }

    /** What was done for this query. */
    public Statistics statistics() {
        return query.statistics();
    }

    @Override
    public String toString() {
        return name();
    }
}
