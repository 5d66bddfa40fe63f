package dev.orrery.channel;

import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import org.jspecify.annotations.Nullable;

/**
 * A channel of which every follower sees a part of its own: what it asked for when it joined, and
 * may change while it follows.
 *
 * <p>Called on subscribers' threads, possibly many at once, without a lock held, and only after
 * access was allowed. What is asked is a value tree, from outside: to be checked.
 */
@FunctionalInterface
public interface Individual {
    /**
     * Opens the part of one follower.
     *
     * @param asked what it asks for, null when it asks for nothing in particular
     * @throws OrreryException.Invalid when that cannot be
     */
    Part open(@Nullable Object asked);

    /** The part of one follower; closed when it leaves. Thread-safe. */
    interface Part extends AutoCloseable {
        /** What it follows. */
        Feed<?> feed();

        /**
         * Goes on with another part; what that changes comes through the feed.
         *
         * @throws OrreryException.Invalid when that cannot be; then nothing changes
         */
        void change(@Nullable Object asked);

        @Override
        void close();
    }
}
