package dev.orrery.table;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a SQLite file that belongs to somebody else: opened when needed, and again when
 * the file was put in another's place. Thread-safe: one call at a time.
 */
final class SqliteFile implements AutoCloseable {
    /** Opens for reading and writing and never creates. */
    private static final String OPEN_READ_WRITE = "2";

    private static final String BUSY_MILLIS = "2000";
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final int READ_ONLY = 8;
    private static final int CONSTRAINT = 19;
    private static final int TOO_BIG = 18;
    private static final int MISMATCH = 20;
    private static final int GENERIC = 1;
    private static final int BUSY = 5;
    private static final int FULL = 13;
    private static final int CORRUPT = 11;
    private static final int NOT_A_DATABASE = 26;

    private final Path path;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Connection connection;
    private @Nullable Object fileKey;
    private long connections;
    private boolean closed;

    /** What is done with the connection. */
    interface Call<T> {
        T on(Connection connection) throws SQLException;
    }

    /** A statement that the database refused for what it says, not for how the database is. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final boolean readOnly;

        private Refusal(SQLException cause, boolean readOnly) {
            super(cause.getMessage(), cause);
            this.readOnly = readOnly;
        }

        boolean isReadOnly() {
            return readOnly;
        }
    }

    SqliteFile(Path path) {
        this.path = path;
    }

    /** The file's name, for messages. */
    String name() {
        return path.toString();
    }

    /**
     * Does something with the connection.
     *
     * @throws Unavailable when the file is not there, or locked for long
     * @throws Refusal when the database refuses what it is told
     */
    <T> T call(Call<T> call) {
        lock.lock();
        try {
            Connection connected = connected();
            try {
                return call.on(connected);
            } catch (SQLException e) {
                throw translated(e);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Does something in one transaction that holds the write lock from its beginning. */
    <T> T transaction(Call<T> call) {
        return call(connected -> {
            execute(connected, "BEGIN IMMEDIATE");
            boolean done = false;
            try {
                T result = call.on(connected);
                execute(connected, "COMMIT");
                done = true;
                return result;
            } finally {
                if (!done) {
                    rollBack(connected);
                }
            }
        });
    }

    /** What tells this connection's numbers from those of another connection, or another file. */
    Object identity() {
        return List.of(String.valueOf(fileKey), connections);
    }

    private static void execute(Connection connected, String sql) throws SQLException {
        try (Statement statement = connected.createStatement()) {
            statement.execute(sql);
        }
    }

    private void rollBack(Connection connected) {
        try {
            execute(connected, "ROLLBACK");
        } catch (SQLException ended) { // the failure has ended it; if not, a new connection does
            disconnect();
        }
    }

    private Connection connected() {
        if (closed) {
            throw new Closed("the table in " + path);
        }
        Object now = keyOfFile();
        if (connection != null && Objects.equals(now, fileKey)) {
            return connection;
        }
        disconnect();
        return connect(now);
    }

    private Object keyOfFile() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw new BadDefinition(path.toString(), "is a directory", "name a SQLite file");
            }
            Object key = attributes.fileKey();
            return key == null ? attributes.creationTime() : key;
        } catch (IOException e) {
            disconnect();
            throw new Unavailable(
                    path + " is not there", "check the path, or put the file back", RETRY_AFTER, e);
        }
    }

    private Connection connect(Object key) {
        Properties properties = new Properties();
        properties.setProperty("open_mode", OPEN_READ_WRITE);
        properties.setProperty("busy_timeout", BUSY_MILLIS);
        try {
            Connection opened = DriverManager.getConnection("jdbc:sqlite:" + path, properties);
            connection = opened;
            fileKey = key;
            connections++;
            return opened;
        } catch (SQLException e) {
            throw translated(e);
        }
    }

    private void disconnect() {
        Connection last = connection;
        connection = null;
        if (last != null) {
            try {
                last.close();
            } catch (SQLException e) {
                System.getLogger(SqliteFile.class.getName())
                        .log(System.Logger.Level.DEBUG, "could not close " + path, e);
            }
        }
    }

    private RuntimeException translated(SQLException e) {
        return switch (e.getErrorCode() & 0xff) {
            case CONSTRAINT, MISMATCH, TOO_BIG, GENERIC -> new Refusal(e, false);
            case READ_ONLY -> new Refusal(e, true);
            case NOT_A_DATABASE, CORRUPT -> {
                disconnect();
                yield new BadDefinition(
                        path.toString(), "is not a sound SQLite database", "check the path");
            }
            case FULL ->
                    new Unavailable(
                            path + " cannot be written: disk full", "make room", RETRY_AFTER, e);
            case BUSY -> {
                disconnect();
                yield new Unavailable(
                        path + " cannot be written: another program keeps it locked",
                        "see that no other program keeps it locked",
                        RETRY_AFTER,
                        e);
            }
            default -> {
                disconnect();
                yield unavailable(e);
            }
        };
    }

    private OrreryException unavailable(SQLException e) {
        return new Unavailable(
                path + " cannot be used now (" + e.getMessage() + ")",
                "see that no other program keeps it locked",
                RETRY_AFTER,
                e);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            disconnect();
        } finally {
            lock.unlock();
        }
    }
}
