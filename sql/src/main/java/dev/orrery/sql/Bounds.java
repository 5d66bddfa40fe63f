package dev.orrery.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Where the transactions of one connection begin and end, in the way of its database. Confined to
 * whom the connection is lent to.
 */
interface Bounds {
    /**
     * Begins a transaction. One for writing is alone from here on among the writers of the same
     * part and of the whole, and must not fail later for lack of the right to write.
     *
     * @param part the part of the database that is written; null for the whole of it
     * @param forced whether its commit is to return when what was written is on disk
     */
    void begin(@Nullable String part, boolean forced) throws SQLException;

    /** Keeps what was written; durably, where that was asked for. */
    void commit() throws SQLException;

    /** Undoes what was written. */
    void rollback() throws SQLException;
}
