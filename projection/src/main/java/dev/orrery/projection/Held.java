package dev.orrery.projection;

import org.jspecify.annotations.Nullable;

/**
 * A key in memory. Immutable.
 *
 * @param state its state; null after it was removed
 * @param version the number of its last change in its epoch, removals counted
 * @param position the number of the event that changed it last
 * @param chunk the chunk of kept changes that holds the last ones of it
 */
record Held<S>(@Nullable S state, long version, long position, long chunk) {
    /** Whether it was removed so long before an event that nothing is known of it any more. */
    boolean isForgottenAt(long number) {
        return state == null && Remembrance.isOver(position, number);
    }
}
