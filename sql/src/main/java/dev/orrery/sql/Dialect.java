package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What differs between databases and what Orrery's statements need to know of it. Immutable.
 *
 * <p>Everything else is written in the SQL that SQLite and PostgreSQL share: {@code ON CONFLICT},
 * {@code RETURNING}, {@code LIMIT}, parameters as question marks.
 */
public abstract sealed class Dialect permits PostgresDialect, SqliteDialect {
    Dialect() {}

    /** The name of the database system. */
    public abstract String name();

    /** The type of a 64-bit whole number. */
    public abstract String integerType();

    /** The type of a double. */
    public abstract String numberType();

    /** The type of a text of any length, ordered by its code points. */
    public abstract String textType();

    /** The type of bytes, ordered as unsigned numbers. */
    public abstract String bytesType();

    /**
     * What stands behind the closing bracket of a table that is found by its primary key: {@code
     * "CREATE TABLE t (…)" + keyedTable()}.
     */
    public abstract String keyedTable();

    /**
     * An INSERT of one row that replaces the other columns where the key is there already. Its
     * parameters are the key columns, then the others.
     */
    public String upsert(String table, List<String> keyColumns, List<String> otherColumns) {
        String columns =
                String.join(", ", keyColumns)
                        + (otherColumns.isEmpty() ? "" : ", ")
                        + String.join(", ", otherColumns);
        String marks = "?, ".repeat(keyColumns.size() + otherColumns.size() - 1) + "?";
        String action =
                otherColumns.isEmpty()
                        ? "DO NOTHING"
                        : "DO UPDATE SET "
                                + otherColumns.stream()
                                        .map(column -> column + " = excluded." + column)
                                        .collect(Collectors.joining(", "));
        return "INSERT INTO "
                + table
                + " ("
                + columns
                + ") VALUES ("
                + marks
                + ") ON CONFLICT ("
                + String.join(", ", keyColumns)
                + ") "
                + action;
    }

    /**
     * Whether other processes may write at the same time. Where they may not, this process holds
     * the database.
     */
    public abstract boolean isShared();

    /** The database's own clock as SQL: microseconds since 1970, growing within a transaction. */
    public abstract String clock();

    /** Who is at the other end of a connection as SQL: a text for people. */
    public abstract String client();

    /** The query whose transaction is to see one moment for long. */
    String moment() {
        throw new IllegalStateException("nobody else uses a database of " + name());
    }

    /** Opens a connection on which only {@link #bounds} begin and end transactions. */
    abstract Connection connect(Access access);

    abstract Bounds bounds(Connection connection, Access access) throws SQLException;

    /** Prepares a statement; its result must not be held in memory as a whole. */
    PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    /** Whether a connection that was idle for a while can still be used. */
    boolean isStanding(Connection connection, long idleNanos) {
        return true;
    }

    /** Takes back from a connection what {@link #connect} changed on it, before it is closed. */
    void release(Connection connection) throws SQLException {}

    /** Whether a driver's exception says that the connection is gone. */
    boolean isLost(SQLException e) {
        return false;
    }

    /** The query that announces its parameter when its transaction commits. */
    String announcement() {
        throw new IllegalStateException("nobody else uses a database of " + name());
    }

    /** The error that a driver's exception stands for. */
    abstract OrreryException failure(SQLException e);

    /** What a connection is for. */
    enum Access {
        READ,
        WRITE,
        LISTEN
    }
}
