package dev.orrery.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event with its place in the log. Immutable.
 *
 * @param position the place at this event; give it back to go on after it
 * @param id what makes the event count once: the one it was appended with, or its position's text
 * @param stream the stream it was appended to; null for an event of the log as a whole
 * @param time when it was appended, to the microsecond
 * @param event the fact
 */
public record Recorded<E>(
        Position position, String id, @Nullable String stream, Instant time, E event) {
    /** An event of no stream. */
    public Recorded(Position position, String id, Instant time, E event) {
        this(position, id, null, time, event);
    }
}
