package dev.orrery.projection;

import dev.orrery.log.Position;
import java.time.Instant;
import java.util.Optional;

/**
 * A key whose fold threw: its state stands still, and its events wait in order while other keys go
 * on. Immutable.
 *
 * @param key the key
 * @param position the event that could not be folded
 * @param events how many events wait, that one included
 * @param cause what the fold threw, in a line
 * @param attempts how often that event was tried
 * @param retryAt when it is tried again by itself; empty when it waits for somebody to retry, skip
 *     or edit it
 */
public record Parked<K>(
        K key,
        Position position,
        long events,
        String cause,
        int attempts,
        Optional<Instant> retryAt) {}
