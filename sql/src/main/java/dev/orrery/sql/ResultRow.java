package dev.orrery.sql;

import org.jspecify.annotations.Nullable;

/**
 * The current row of a result while it is read. Columns are numbered from 1, as in SQL. Confined to
 * the mapper's call.
 */
public interface ResultRow {
    /** A whole number; 0 where there is NULL, see {@link #isNull}. */
    long integer(int column);

    /** A floating-point number; 0 where there is NULL, see {@link #isNull}. */
    double number(int column);

    /** A truth value, stored as 0 or 1; false where there is NULL. */
    default boolean flag(int column) {
        return integer(column) != 0;
    }

    /** A text; {@code Invalid} where there is NULL. */
    String text(int column);

    /** A text, or null where there is NULL. */
    @Nullable String textOrNull(int column);

    /** Bytes, which belong to the caller; {@code Invalid} where there is NULL. */
    byte[] bytes(int column);

    /** Bytes, which belong to the caller, or null where there is NULL. */
    byte @Nullable [] bytesOrNull(int column);

    /** Whether there is NULL. */
    boolean isNull(int column);
}
