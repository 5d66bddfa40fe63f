package dev.orrery.projection;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that is to wait for its key. Immutable.
 *
 * @param position the event's number
 * @param cause what the fold threw, for the first event of a key; null for those behind it
 * @param attempts how often it was tried
 * @param retryAt when it is to be tried again by itself, if so
 */
record Waiting<K>(
        K key, long position, @Nullable String cause, int attempts, @Nullable Instant retryAt) {
    /** An event behind another one that could not be folded. */
    static <K> Waiting<K> behind(K key, long position) {
        return new Waiting<>(key, position, null, 0, null);
    }
}
