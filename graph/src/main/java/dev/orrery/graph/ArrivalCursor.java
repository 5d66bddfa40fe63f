package dev.orrery.graph;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Invalid;

/**
 * A place in the order in which entries came to one replica.
 *
 * @param number the arrival number of the last entry before the place; 0 for the beginning
 * @param check the first eight bytes of that entry's hash, by which a store that was put back to an
 *     older copy, or another replica's, is noticed
 */
record ArrivalCursor(long number, long check) implements Cursor {
    static final ArrivalCursor BEGINNING = new ArrivalCursor(0, 0);

    @Override
    public String text() {
        return number + "." + Long.toHexString(check);
    }

    /** Reads the {@link #text} form; {@code Invalid} when it is none. */
    static ArrivalCursor parse(String text) {
        int dot = text.indexOf('.');
        try {
            long number = Long.parseLong(text.substring(0, Math.max(0, dot)));
            ArrivalCursor cursor =
                    new ArrivalCursor(number, Long.parseUnsignedLong(text.substring(dot + 1), 16));
            if (cursor.text().equals(text) && number >= 0) {
                return cursor;
            }
        } catch (NumberFormatException malformed) {
            // said below
        }
        throw new Invalid("cursor", "is number.check or a version vector", text);
    }
}
