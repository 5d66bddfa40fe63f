package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.StorageFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite, embedded, with a write-ahead log. */
final class SqliteDialect extends Dialect {
    static final String MEMORY = ":memory:";

    /**
     * The version of what Database itself keeps in a file; components have versions of their own.
     */
    private static final int VERSION = 1;

    private static final String FORCED = "PRAGMA synchronous = FULL";
    private static final String UNFORCED = "PRAGMA synchronous = NORMAL";
    private static final int PRIMARY_CODE = 0xff;
    private static final int WRITE_CACHE = -64_000; // negative: KiB
    private static final int READ_CACHE = -16_000;
    private static final Duration RETRY = Duration.ofMillis(100);

    private final String location;
    private final String where;
    private final Duration busyWait;

    /**
     * A dialect of one database.
     *
     * @param location what follows {@code jdbc:sqlite:}
     * @param busyWait how long a statement waits for a lock that another process holds
     */
    SqliteDialect(String location, Duration busyWait) {
        this.location = location;
        this.where = location.equals(MEMORY) ? "database in memory" : location;
        this.busyWait = busyWait;
    }

    @Override
    public String name() {
        return "SQLite";
    }

    @Override
    public String integerType() {
        return "INTEGER";
    }

    @Override
    public String numberType() {
        return "REAL";
    }

    @Override
    public String textType() {
        return "TEXT";
    }

    @Override
    public String bytesType() {
        return "BLOB";
    }

    @Override
    public String keyedTable() {
        return " WITHOUT ROWID";
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public String clock() {
        return "CAST(unixepoch('subsec') * 1000000 AS INTEGER)";
    }

    @Override
    public String client() {
        return "'here'";
    }

    @Override
    Bounds bounds(Connection connection, Access access) throws SQLException {
        return new Bounds() {
            private final Bound begin =
                    new Bound(connection, access == Access.WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
            private final Bound commit = new Bound(connection, "COMMIT");
            private final Bound rollback = new Bound(connection, "ROLLBACK");
            private boolean forcing = true;

            @Override
            public void begin(@Nullable String part, boolean forced) throws SQLException {
                if (forced != forcing) {
                    force(connection, forced);
                    forcing = forced;
                }
                begin.run();
            }

            @Override
            public void commit() throws SQLException {
                commit.run();
            }

            @Override
            public void rollback() throws SQLException {
                rollback.run();
            }
        };
    }

    /** A statement that begins or ends transactions. */
    private static final class Bound {
        private final Connection connection;
        private final String sql;
        private PreparedStatement statement;

        Bound(Connection connection, String sql) throws SQLException {
            this.connection = connection;
            this.sql = sql;
            this.statement = connection.prepareStatement(sql);
        }

        /** Runs it; one that failed is not run again by the driver, so another takes its place. */
        void run() throws SQLException {
            try {
                statement.executeUpdate();
            } catch (SQLException e) {
                Connected.closeAfter(e, statement);
                statement = connection.prepareStatement(sql);
                throw e;
            }
        }
    }

    @Override
    Connection connect(Access access) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout((int) Math.min(busyWait.toMillis(), Integer.MAX_VALUE));
        config.enforceForeignKeys(true);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.setCacheSize(access == Access.WRITE ? WRITE_CACHE : READ_CACHE);
        try {
            Connection connection = config.createConnection("jdbc:sqlite:" + location);
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
        try (Statement statement = connection.createStatement()) {
            if (access == Access.WRITE) {
                requireKnown(statement);
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute(FORCED);
                statement.execute("PRAGMA wal_autocheckpoint = 4000"); // pages: 16 MiB
                statement.execute("PRAGMA journal_size_limit = 67108864");
                statement.execute("PRAGMA user_version = " + VERSION);
            } else {
                statement.execute("PRAGMA query_only = ON");
            }
            // With auto-commit on, the driver begins and commits around every statement; with it
            // off, it begins the
            // next transaction at each commit. So it is off, and ended once: from here only our own
            // statements count.
            connection.setAutoCommit(false);
            statement.execute("COMMIT");
        }
    }

    /**
     * Whether the commits to come are forced to disk. One that is not is forced by the next that
     * is: both are in one log, and that is forced up to its end. // law S14
     */
    private static void force(Connection connection, boolean forced) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(forced ? FORCED : UNFORCED);
        }
    }

    private void requireKnown(Statement statement) throws SQLException { // law S4
        try (ResultSet version = statement.executeQuery("PRAGMA user_version")) {
            if (version.next() && version.getInt(1) > VERSION) {
                throw new StorageFailure(StorageFailure.Kind.NEWER_FORMAT, where, null);
            }
        }
    }

    @Override
    OrreryException failure(SQLException e) { // law S10
        int code =
                e instanceof SQLiteException known
                        ? known.getResultCode().code & PRIMARY_CODE
                        : e.getErrorCode();
        return switch (SQLiteErrorCode.getErrorCode(code)) {
            case SQLITE_BUSY, SQLITE_LOCKED ->
                    new OrreryException.Unavailable(
                            where + " is locked by another program", "try again", RETRY, e);
            case SQLITE_PERM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN ->
                    new StorageFailure(StorageFailure.Kind.UNREADABLE, where, e);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                    new StorageFailure(StorageFailure.Kind.DAMAGED, where, e);
            case SQLITE_FULL -> new StorageFailure(StorageFailure.Kind.FULL, where, e);
            case SQLITE_CONSTRAINT ->
                    explained(
                            new OrreryException.Invalid(
                                    "row", "keeps its table's constraints", e.getMessage()),
                            e);
            default ->
                    explained(
                            new OrreryException.BadDefinition(
                                    "statement", String.valueOf(e.getMessage()), "correct it"),
                            e);
        };
    }

    private static OrreryException explained(OrreryException failure, SQLException e) {
        failure.addSuppressed(e);
        return failure;
    }
}
