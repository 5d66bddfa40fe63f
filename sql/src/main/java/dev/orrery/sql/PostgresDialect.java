package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.StorageFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL, shared: many processes write, each in its part of the database.
 *
 * <p>How writers are ordered, and how a commit under way survives the loss of its connection, is
 * the matter of {@link PostgresWrites}.
 *
 * <p>Reads are {@code REPEATABLE READ}: one moment, waiting for nobody.
 */
final class PostgresDialect extends Dialect {
    private static final int ROWS_AT_ONCE = 500;
    private static final long TRUSTED_NANOS = 1_000_000_000L;
    private static final int CHECK_SECONDS = 5;
    private static final int GONE_MILLIS = 500;
    private static final String GONE = "client_connection_check_interval";
    private static final Duration RETRY = Duration.ofMillis(200);
    private static final Duration MOMENT = Duration.ofMinutes(10);

    private final DataSource source;
    private final Duration patience;
    private final String schema;
    private final String channel;

    /**
     * A dialect of one schema: the first on the search path of the source's connections.
     *
     * @param patience how long a statement waits for a lock
     */
    PostgresDialect(DataSource source, Duration patience) {
        this.source = source;
        this.patience = patience;
        this.schema = currentSchema(source);
        this.channel = "orrery_" + HexFormat.of().toHexDigits(lock("announcements"));
    }

    private String currentSchema(DataSource given) {
        try (Connection connection = given.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_schema()")) {
            String name = row.next() ? row.getString(1) : null;
            if (name == null) {
                throw new OrreryException.BadDefinition(
                        "data source", "has no schema on its search path", "name one that exists");
            }
            return name;
        } catch (SQLException e) {
            throw failure(e, "the database");
        }
    }

    @Override
    public String name() {
        return "PostgreSQL";
    }

    /** What the database is called in errors. */
    String where() {
        return "schema " + schema;
    }

    /** How long anybody waits for something of the server. */
    Duration patience() {
        return patience;
    }

    /** What announcements are sent and heard on. */
    String channel() {
        return channel;
    }

    @Override
    public String integerType() {
        return "BIGINT";
    }

    @Override
    public String numberType() {
        return "DOUBLE PRECISION";
    }

    @Override
    public String textType() {
        return "TEXT COLLATE \"C\"";
    }

    @Override
    public String bytesType() {
        return "BYTEA";
    }

    @Override
    public String keyedTable() {
        return "";
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public String clock() {
        return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";
    }

    @Override
    public String client() {
        return "coalesce(host(inet_client_addr()), 'here')";
    }

    /** It may be silent for longer than others. */
    @Override
    String moment() {
        Duration longest = patience.compareTo(MOMENT) > 0 ? patience : MOMENT;
        return "SELECT set_config('idle_in_transaction_session_timeout', '%d', true)"
                .formatted(longest.toMillis());
    }

    // connections

    @Override
    Connection connect(Access access) {
        try {
            Connection connection = source.getConnection();
            boolean ready = false;
            try {
                prepare(connection, access);
                ready = true;
                return connection;
            } finally {
                if (!ready) {
                    connection.close();
                }
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private void prepare(Connection connection, Access access) throws SQLException {
        connection.setAutoCommit(true);
        connection.setReadOnly(access == Access.READ);
        connection.setTransactionIsolation(
                access == Access.READ
                        ? Connection.TRANSACTION_REPEATABLE_READ
                        : Connection.TRANSACTION_READ_COMMITTED);
        try (Statement statement = connection.createStatement()) {
            statement.execute(changes());
        }
        connection.setAutoCommit(access == Access.LISTEN);
    }

    /**
     * What is set on a connection: that a commit is forced (law S1), and that the server lets go of
     * the locks of one who waits too long, is silent too long in a transaction, or is gone.
     */
    private String changes() {
        long millis = Math.max(1, patience.toMillis());
        return "SELECT set_config('lock_timeout', '%1$d', false),".formatted(millis)
                + " set_config('idle_in_transaction_session_timeout', '%1$d', false),"
                        .formatted(millis)
                + " CASE current_setting('synchronous_commit') WHEN 'off'"
                + " THEN set_config('synchronous_commit', 'on', false) END,"
                + " CASE WHEN current_setting('%1$s', true) IS NOT NULL" // not before version 14
                        .formatted(GONE)
                + " THEN set_config('%1$s', '%2$d', false) END".formatted(GONE, GONE_MILLIS);
    }

    @Override
    void release(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT set_config(name, reset_val, false) FROM pg_settings WHERE name IN"
                            + " ('lock_timeout', 'idle_in_transaction_session_timeout',"
                            + " 'synchronous_commit', '%s')".formatted(GONE));
        }
    }

    @Override
    PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setFetchSize(ROWS_AT_ONCE);
        return statement;
    }

    @Override
    boolean isStanding(Connection connection, long idleNanos) {
        try {
            return !connection.isClosed()
                    && (idleNanos < TRUSTED_NANOS || connection.isValid(CHECK_SECONDS));
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    String announcement() {
        return "SELECT pg_notify('" + channel + "', ?)";
    }

    // transactions

    @Override
    Bounds bounds(Connection connection, Access access) throws SQLException {
        return access == Access.WRITE
                ? new PostgresWrites(this, connection)
                : new Reads(connection);
    }

    /** The driver begins a transaction with the first statement in it. */
    private record Reads(Connection connection) implements Bounds {
        @Override
        public void begin(@Nullable String part, boolean forced) {}

        @Override
        public void commit() throws SQLException {
            connection.commit();
        }

        @Override
        public void rollback() throws SQLException {
            connection.rollback();
        }
    }

    /** A number for a lock of this schema; locks are numbered within a database, not a schema. */
    long lock(String what) {
        byte[] text = ("orrery\n" + schema + "\n" + what).getBytes(StandardCharsets.UTF_8);
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    // failures

    @Override
    boolean isLost(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P") || state.equals("25P03");
    }

    @Override
    OrreryException failure(SQLException e) {
        return failure(e, where());
    }

    /** The failure of a statement, with what is told of where it was. */
    private OrreryException failure(SQLException e, String where) { // law S10
        if (isLost(e)) {
            return lost(e, where);
        }
        String state = String.valueOf(e.getSQLState());
        return switch (state.length() < 2 ? state : state.substring(0, 2)) {
            case "22", "23" ->
                    explained(
                            new OrreryException.Invalid(
                                    "row", "keeps its table's constraints", e.getMessage()),
                            e);
            case "28", "3D" -> new StorageFailure(StorageFailure.Kind.UNREADABLE, where, e);
            case "40" -> unavailable("another transaction was in the way of one", where, e);
            case "53" ->
                    state.equals("53100")
                            ? new StorageFailure(StorageFailure.Kind.FULL, where, e)
                            : unavailable("the server has no room for", where, e);
            case "55" ->
                    state.equals("55P03")
                            ? explained(
                                    new OrreryException.TimedOut(
                                            "the turn to write to " + where, patience),
                                    e)
                            : unavailable("something is not ready in", where, e);
            case "58" -> new StorageFailure(StorageFailure.Kind.UNREADABLE, where, e);
            case "XX" -> new StorageFailure(StorageFailure.Kind.DAMAGED, where, e);
            default ->
                    explained(
                            new OrreryException.BadDefinition(
                                    "statement", String.valueOf(e.getMessage()), "correct it"),
                            e);
        };
    }

    /** An interrupt closes the connection a virtual thread reads from. */
    private OrreryException lost(SQLException e, String where) {
        return Thread.currentThread().isInterrupted()
                ? new OrreryException.Cancelled("a statement in " + where, e)
                : unavailable("the server cannot be reached for", where, e);
    }

    private OrreryException unavailable(String why, String where, SQLException e) {
        return new OrreryException.Unavailable(why + " " + where, "try again", RETRY, e);
    }

    private static OrreryException explained(OrreryException failure, SQLException e) {
        failure.addSuppressed(e);
        return failure;
    }
}
