package dev.orrery.view;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Signal;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.util.Optional;
import java.util.function.Function;

/**
 * One value made of the rows of a {@link Select}, kept up as they change.
 *
 * <p>Reading never blocks: it answers with the newest published value, or inside a query with the
 * one of its revision, which then is a dependency of the query. Thread-safe.
 *
 * @param <V> the value
 */
public final class ValueView<V> implements Signal<V>, AutoCloseable {
    private final MaintainedValue<?, V> value;
    private final Handle handle;

    ValueView(MaintainedValue<?, V> value, Handle handle) {
        this.value = value;
        this.handle = handle;
    }

    /** The current value; the last one when the view failed. */
    @Override
    public V now() {
        handle.check();
        return value.state().value();
    }

    /** The current value, then the latest each time it changed; once more when the view failed. */
    @Override
    public Subscription<V> watch() {
        handle.check();
        return handle.hold(value.latest().watch(), result -> result.orElseThrow().value());
    }

    /** The current value, then every one after it in order; after a gap the current one again. */
    public Feed<Update<V, V>> feed() {
        handle.check();
        return handle.mapped(value.feed(), Function.identity());
    }

    /** Why the value follows its sources no longer, if so. */
    public Optional<UserFailure> failure() {
        handle.check();
        return value.state().failure();
    }

    /** The place of the newest value in {@link #feed}. */
    public Cursor.Numbered place() {
        return value.place();
    }

    /** What was done to keep the value up. */
    public Upkeep upkeep() {
        return value.upkeep();
    }

    /** How many rows were looked at to follow commits since the value was opened. */
    public long visited() {
        return value.visited();
    }

    /** Lets go of the value and ends the subscriptions made here; idempotent. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
