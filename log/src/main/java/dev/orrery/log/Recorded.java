package dev.orrery.log;

import java.time.Instant;

/**
 * An event with its place in the log. Immutable.
 *
 * @param position the place at this event; give it back to go on after it
 * @param id what makes the event count once: the one it was appended with, or its position's text
 * @param time when it was appended, to the microsecond
 * @param event the fact
 */
public record Recorded<E>(Position position, String id, Instant time, E event) {}
