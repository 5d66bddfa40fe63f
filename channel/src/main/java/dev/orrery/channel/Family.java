package dev.orrery.channel;

import dev.orrery.core.Feed;
import java.util.Optional;

/**
 * Channels of one kind that exist by their key, such as {@code projection:delays:SFO} for every
 * airport.
 *
 * <p>Called on subscribers' threads, possibly many at once, without a lock held, and only after
 * access was allowed.
 */
@FunctionalInterface
public interface Family {
    /** The feed of one member, or empty when there is no such member. */
    Optional<? extends Feed<?>> find(String key);
}
