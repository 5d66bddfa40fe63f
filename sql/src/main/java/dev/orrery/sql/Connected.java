package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection with its prepared statements, lent to one thread at a time. The database sees to
 * that: what is here needs no lock.
 */
final class Connected implements WriteSession, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Connected.class.getName());
    private static final int STATEMENTS_KEPT = 256;
    private static final int BATCH_ROWS = 1_000;

    private final Connection connection;
    private final Dialect dialect;
    private final Statements statements = new Statements();
    private final Bounds bounds;
    private @Nullable Thread borrower;
    private boolean lost;
    private long usedNanos = System.nanoTime();

    private Connected(Dialect dialect, Connection connection, Bounds bounds) {
        this.dialect = dialect;
        this.connection = connection;
        this.bounds = bounds;
    }

    static Connected open(Dialect dialect, Dialect.Access access) {
        Connection connection = dialect.connect(access);
        boolean opened = false;
        try {
            Connected session =
                    new Connected(dialect, connection, dialect.bounds(connection, access));
            opened = true;
            return session;
        } catch (SQLException e) {
            throw dialect.failure(e);
        } finally {
            if (!opened) {
                discard(connection);
            }
        }
    }

    private static void discard(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "a connection that is of no use could not be closed",
                    e);
        }
    }

    /** The prepared statements by text, the least recently used closed first. */
    private static final class Statements extends LinkedHashMap<String, Prepared> {
        Statements() {
            super(64, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Prepared> eldest) {
            if (size() <= STATEMENTS_KEPT || eldest.getValue().inUse) {
                return false;
            }
            try {
                eldest.getValue().statement.close();
            } catch (SQLException e) {
                throw new IllegalStateException(
                        "a statement that is not in use cannot be closed", e);
            }
            return true;
        }
    }

    /** A prepared statement and the row it stands on. */
    private final class Prepared implements ResultRow {
        final PreparedStatement statement;
        boolean inUse;
        private @Nullable ResultSet rows;

        Prepared(PreparedStatement statement) {
            this.statement = statement;
        }

        void bind(@Nullable Object... parameters) throws SQLException {
            for (int i = 0; i < parameters.length; i++) {
                bind(i + 1, parameters[i]);
            }
        }

        private void bind(int index, @Nullable Object value) throws SQLException {
            switch (value) {
                case null -> statement.setObject(index, null);
                case Long number -> statement.setLong(index, number);
                case String text -> statement.setString(index, text);
                case byte[] bytes -> statement.setBytes(index, bytes);
                case Integer number -> statement.setInt(index, number);
                case Double number -> statement.setDouble(index, number);
                case Boolean flag -> statement.setInt(index, flag ? 1 : 0);
                default ->
                        throw new OrreryException.Invalid(
                                "parameter " + index,
                                "is null, a number, a text, a flag or bytes",
                                value.getClass());
            }
        }

        /** Runs a query; the reader says after each row whether it wants another. */
        void run(Reader reader, @Nullable Object... parameters) throws SQLException {
            bind(parameters);
            try (ResultSet result = statement.executeQuery()) {
                rows = result;
                while (result.next() && reader.read(this)) {}
            } finally {
                rows = null;
            }
        }

        private ResultSet rows() {
            if (rows == null) {
                throw new OrreryException.Closed("result row");
            }
            return rows;
        }

        @Override
        public long integer(int column) {
            try {
                return rows().getLong(column);
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        @Override
        public double number(int column) {
            try {
                return rows().getDouble(column);
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        @Override
        public String text(int column) {
            return required(column, textOrNull(column));
        }

        @Override
        public @Nullable String textOrNull(int column) {
            try {
                return rows().getString(column);
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        @Override
        public byte[] bytes(int column) {
            return required(column, bytesOrNull(column));
        }

        @Override
        public byte @Nullable [] bytesOrNull(int column) {
            try {
                return rows().getBytes(column);
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        @Override
        public boolean isNull(int column) {
            try {
                return rows().getObject(column) == null;
            } catch (SQLException e) {
                throw failure(e);
            }
        }

        private static <T> T required(int column, @Nullable T value) {
            if (value == null) {
                throw new OrreryException.Invalid("column " + column, "is not NULL", null);
            }
            return value;
        }
    }

    private interface Reader {
        boolean read(ResultRow row);
    }

    private interface Run<T> {
        T with(Prepared prepared) throws SQLException;
    }

    /**
     * Lends the session to the calling thread, within a transaction.
     *
     * @param part what is written, null for the whole database
     */
    void begin(@Nullable String part, boolean forced) {
        borrower = Thread.currentThread();
        try {
            bounds.begin(part, forced);
        } catch (SQLException e) {
            borrower = null;
            throw failure(e);
        }
    }

    /** Takes the session back for a while, its transaction left open. */
    void pause() {
        borrower = null;
    }

    /** Lends the session to the calling thread again, within its open transaction. */
    void resume() {
        borrower = Thread.currentThread();
    }

    /** Keeps what was written and takes the session back. */
    void commit() {
        try {
            bounds.commit();
            borrower = null;
            usedNanos = System.nanoTime();
        } catch (SQLException e) {
            OrreryException failure = failure(e);
            rollback(failure);
            throw failure;
        }
    }

    /** Undoes what was written because of a failure, and takes the session back. */
    void rollback(Throwable because) {
        borrower = null;
        if (lost) {
            return; // the server undoes what has lost its connection
        }
        try {
            bounds.rollback();
            usedNanos = System.nanoTime();
        } catch (SQLException e) {
            lost |= dialect.isLost(e);
            because.addSuppressed(e); // some failures have rolled back already
        }
    }

    /** Whether the connection to the database is gone: it serves nobody any more. */
    boolean isLost() {
        return lost;
    }

    /** Whether the connection still stands, as far as that is known without using it. */
    boolean isUsable() {
        return dialect.isStanding(connection, System.nanoTime() - usedNanos);
    }

    private OrreryException failure(SQLException e) {
        lost |= dialect.isLost(e);
        return dialect.failure(e);
    }

    @Override
    public Dialect dialect() {
        return dialect;
    }

    @Override
    public <T> List<T> query(String sql, RowMapper<T> mapper, @Nullable Object... parameters) {
        List<T> found = new ArrayList<>();
        read(sql, row -> found.add(mapper.map(row)), parameters);
        return found;
    }

    @Override
    public <T> Optional<T> find(String sql, RowMapper<T> mapper, @Nullable Object... parameters) {
        List<T> found = new ArrayList<>(1);
        read(
                sql,
                row -> {
                    found.add(mapper.map(row));
                    return false;
                },
                parameters);
        return found.stream().findFirst();
    }

    @Override
    public void each(String sql, Consumer<ResultRow> reader, @Nullable Object... parameters) {
        read(
                sql,
                row -> {
                    reader.accept(row);
                    return true;
                },
                parameters);
    }

    @Override
    public int update(String sql, @Nullable Object... parameters) {
        return run(
                sql,
                prepared -> {
                    prepared.bind(parameters);
                    return prepared.statement.executeUpdate();
                });
    }

    @Override
    public long batch(String sql, List<? extends @Nullable Object[]> rows) {
        return run(
                sql,
                prepared -> {
                    long changed = 0;
                    for (int from = 0; from < rows.size(); from += BATCH_ROWS) {
                        changed +=
                                batch(
                                        prepared,
                                        rows.subList(
                                                from, Math.min(rows.size(), from + BATCH_ROWS)));
                    }
                    return changed;
                });
    }

    /** How many statements are kept prepared. */
    int prepared() {
        return statements.size();
    }

    @Override
    public void announce(String topic, String text) {
        if (dialect.isShared()) {
            query(dialect.announcement(), _ -> text, topic + "\n" + text);
        }
    }

    /** Lets go of a connection that is of no use. */
    void discard() {
        discard(connection);
    }

    @Override
    public void close() {
        try {
            dialect.release(connection);
            connection.close();
        } catch (SQLException e) {
            if (!dialect.isLost(e)) {
                throw dialect.failure(e);
            }
            discard();
        }
    }

    private static long batch(Prepared prepared, List<? extends @Nullable Object[]> rows)
            throws SQLException {
        try {
            for (@Nullable Object[] row : rows) {
                prepared.bind(row);
                prepared.statement.addBatch();
            }
            long changed = 0;
            for (int each : prepared.statement.executeBatch()) {
                changed += each < 0 ? 1 : each; // a driver that rewrites batches does not say
            }
            return changed;
        } finally {
            prepared.statement.clearBatch();
        }
    }

    private void read(String sql, Reader reader, @Nullable Object... parameters) {
        run(
                sql,
                prepared -> {
                    prepared.run(reader, parameters);
                    return prepared;
                });
    }

    private <T> T run(String sql, Run<T> run) {
        if (!Thread.currentThread().equals(borrower)) { // law S6
            throw new OrreryException.Closed("session");
        }
        try {
            Prepared kept = statements.get(sql);
            if (kept == null) { // law S9
                kept = new Prepared(dialect.prepare(connection, sql));
                statements.put(sql, kept);
            } else if (kept.inUse) { // a mapper that asks the same again
                try (PreparedStatement second = dialect.prepare(connection, sql)) {
                    return run.with(new Prepared(second));
                }
            }
            return run(sql, kept, run);
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private <T> T run(String sql, Prepared kept, Run<T> run) throws SQLException {
        kept.inUse = true;
        try {
            return run.with(kept);
        } catch (SQLException e) {
            // A driver may not run one again that failed, on a full disk say.
            statements.remove(sql);
            closeAfter(e, kept.statement);
            throw e;
        } finally {
            kept.inUse = false;
        }
    }

    /** Closes a statement that failed. */
    static void closeAfter(SQLException failure, PreparedStatement statement) {
        try {
            statement.close();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }
}
