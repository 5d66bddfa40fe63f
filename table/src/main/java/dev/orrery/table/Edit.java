package dev.orrery.table;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;

/**
 * A change of a row by somebody who may be far away: it says what its author saw, and is known by a
 * name, so that handing it over again does it once. Immutable.
 *
 * @param mutation names it, for ever; its author makes it up, so it should be random
 * @param base the values its author saw, for the columns it changes; a column that is left out is
 *     taken as it is now
 * @param fields the columns to change, with their new values
 */
public record Edit(String mutation, Row base, Row fields) {
    private static final int NAME_LIMIT = 100;

    /** Checks the name. */
    public Edit {
        if (mutation.isEmpty() || mutation.length() > NAME_LIMIT) {
            throw new Invalid("mutation", "has 1 to " + NAME_LIMIT + " characters", mutation);
        }
    }
}
