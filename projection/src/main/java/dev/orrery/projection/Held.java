package dev.orrery.projection;

import org.jspecify.annotations.Nullable;

/**
 * A key in memory. Immutable.
 *
 * @param state its state; null after it was removed
 * @param version how often it changed in its epoch, removals counted
 * @param position the number of the event that changed it last
 * @param chunk the chunk of kept changes that holds the last ones of it
 */
record Held<S>(@Nullable S state, long version, long position, long chunk) {}
