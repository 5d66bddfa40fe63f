package dev.orrery.projection;

import dev.orrery.core.Feed;
import dev.orrery.core.Update;
import dev.orrery.log.Position;
import java.time.Duration;

/**
 * A projection at work that says of each change what it was. Thread-safe.
 *
 * @param <D> the differences; of a {@link Projection} without them, the states
 */
public interface LiveDeltaProjection<K, S, D> extends LiveProjection<K, S> {
    @Override
    LiveDeltaProjection<K, S, D> atLeast(Position position, Duration timeout);

    /**
     * What changed of one key: the whole first, then each difference that followed, versions
     * without a gap. As durable as {@link #states}. Where a state was removed or edited, the whole
     * comes again.
     */
    Feed<Update<S, D>> deltas(K key);
}
