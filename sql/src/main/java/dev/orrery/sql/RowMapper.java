package dev.orrery.sql;

/** Makes a value from the current row of a result. */
@FunctionalInterface
public interface RowMapper<T> {
    /** The value of the row; the row itself must not be kept. */
    T map(ResultRow row);
}
