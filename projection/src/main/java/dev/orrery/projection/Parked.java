package dev.orrery.projection;

import dev.orrery.log.Position;

/**
 * A key whose fold threw: its state stands still, and its events wait in order while other keys go
 * on. Immutable.
 *
 * @param key the key
 * @param position the event that could not be folded
 * @param events how many events wait, that one included
 * @param cause what the fold threw, in a line
 */
public record Parked<K>(K key, Position position, long events, String cause) {}
