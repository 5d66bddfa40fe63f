package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.Row;

/**
 * How the newest write of a row stands with the source. Immutable.
 *
 * @param key the row
 * @param state how far the write has come
 * @param mutation the write's name
 * @param fields what it writes
 * @param theirs what the source says of these columns, as far as is known
 * @param reason why it waits or failed; empty otherwise
 */
public record WriteStatus(
        Key key, State state, String mutation, Row fields, Row theirs, String reason) {
    /** How far a write has come. */
    public enum State {
        /** On its way to the source. */
        SAVING,
        /** Kept until the source can be reached, or has room. */
        WAITING,
        /** The source refused it, and it was undone. */
        REJECTED,
        /** Somebody else changed what it changes, and it was undone. */
        CONFLICT,
        /** Nothing is pending and nothing failed: the row is as the source says. */
        SETTLED
    }
}
