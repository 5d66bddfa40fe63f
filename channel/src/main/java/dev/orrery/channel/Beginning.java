package dev.orrery.channel;

import dev.orrery.core.Cursor;
import java.util.Optional;

/**
 * How an attachment begins: where it stands, and the whole if the channel has one and the reader
 * needs it.
 *
 * <p>Everything after {@link #cursor} follows in order, without a gap. // law H2
 */
public sealed interface Beginning {
    /** The place after what this beginning hands over. */
    Cursor cursor();

    /**
     * The reader gave no place: the whole if the channel is of a state, nothing if it is of
     * messages.
     */
    record Fresh(Cursor cursor, Optional<Object> whole) implements Beginning {}

    /**
     * The reader's place can be continued: nothing is handed over, all that was missed follows.
     *
     * @param newest the newest place when the attachment began; what lies up to it is what was
     *     missed
     */
    record Continued(Cursor cursor, Cursor newest) implements Beginning {}

    /**
     * The reader's place cannot be continued, and this takes its place: the whole, if the channel
     * is of a state.
     */
    record Reset(Cursor cursor, Optional<Object> whole) implements Beginning {}
}
