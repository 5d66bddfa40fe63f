package dev.orrery.sql;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of a database within one piece of work: everything read in it is of one moment.
 *
 * <p>Statements are prepared once per connection and text, and used again: keep texts constant and
 * values in parameters. Parameters are null, {@code Boolean}, {@code Integer}, {@code Long}, {@code
 * Double}, {@code String} or {@code byte[]}.
 *
 * <p>Confined to the thread and to the call it was handed to; {@code Closed} afterwards.
 */
public interface Session {
    /** All rows of a query, in its order. */
    <T> List<T> query(String sql, RowMapper<T> mapper, @Nullable Object... parameters);

    /** The first row of a query, if it has one. */
    <T> Optional<T> find(String sql, RowMapper<T> mapper, @Nullable Object... parameters);

    /**
     * Hands each row of a query to a reader as it comes, without keeping them.
     *
     * @param reader may read with the session, but not write what the query reads
     */
    void each(String sql, Consumer<ResultRow> reader, @Nullable Object... parameters);

    /** What is particular to the database behind this session. */
    Dialect dialect();
}
