package dev.orrery.log;

import dev.orrery.sql.Database;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * Measures durable appends of events of 100 bytes, on SQLite and on PostgreSQL: one at a time, by
 * 64 writers, and 1,000 together; beside them plain JDBC that inserts the same rows with the same
 * settings in transactions of the same size, without ids, order or expectations. Each round takes
 * all of them in turn. Run as a program with a directory on the disk in question as its argument.
 */
final class AppendCost {
    private static final String EVENT = "x".repeat(98); // 100 bytes when it is encoded
    private static final byte[] PAYLOAD = new byte[100];
    private static final int ROUNDS = 7;
    private static final int WRITERS = 64;
    private static final String INSERT =
            "INSERT INTO plain (log, position, time, id, payload) VALUES (1, ?, 0, NULL, ?)";

    private AppendCost() {}

    /** Something that appends, and how many events it does in a round. */
    private record Measured(String name, int events, Callable<?> round) {
        double rate() throws Exception {
            long began = System.nanoTime();
            round.call();
            return events / ((System.nanoTime() - began) / 1e9);
        }
    }

    private interface Source {
        Connection connect() throws SQLException;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "append-cost");
        DataSource postgres = RealPostgres.empty();
        List<Measured> all = new ArrayList<>();
        try (Database file = Database.open(directory.resolve("log.db"));
                Database server = Database.open(postgres, Thread.ofVirtual().factory());
                ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            all.addAll(ours("SQLite", log(file), writers));
            all.addAll(
                    plain(
                            "SQLite",
                            () -> sqlite(directory.resolve("plain.db")),
                            "INTEGER",
                            "BLOB",
                            " WITHOUT ROWID"));
            all.addAll(ours("PostgreSQL", log(server), writers));
            all.addAll(plain("PostgreSQL", postgres::getConnection, "BIGINT", "BYTEA", ""));
            double[][] rates = new double[all.size()][ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                for (int turn = 0; turn < all.size(); turn++) {
                    int which = (round + turn) % all.size(); // each goes first in its turn
                    rates[which][round] = all.get(which).rate();
                }
            }
            for (int i = 0; i < all.size(); i++) {
                Arrays.sort(rates[i]);
                System.out.printf(
                        "%-45s %,10.0f events/s (%,.0f to %,.0f)%n",
                        all.get(i).name, rates[i][ROUNDS / 2], rates[i][0], rates[i][ROUNDS - 1]);
            }
        }
        System.exit(0);
    }

    private static EventLog<String> log(Database database) {
        return new EventLogs(database, InstantSource.system(), new SplittableRandom(1))
                .open("events", String.class);
    }

    private static List<Measured> ours(
            String where, EventLog<String> log, ExecutorService writers) {
        List<String> batch = Collections.nCopies(1_000, EVENT);
        return List.of(
                new Measured(
                        where + ", one at a time",
                        500,
                        () -> {
                            for (int i = 0; i < 500; i++) {
                                log.append(EVENT);
                            }
                            return log;
                        }),
                new Measured(
                        where + ", " + WRITERS + " writers",
                        WRITERS * 100,
                        () -> {
                            List<Callable<Position>> work = new ArrayList<>();
                            for (int i = 0; i < WRITERS; i++) {
                                work.add(() -> {
                                    Position last = log.start();
                                    for (int j = 0; j < 100; j++) {
                                        last = log.append(EVENT);
                                    }
                                    return last;
                                });
                            }
                            for (Future<Position> done : writers.invokeAll(work)) {
                                done.get();
                            }
                            return log;
                        }),
                new Measured(
                        where + ", 1,000 together",
                        30_000,
                        () -> {
                            for (int i = 0; i < 30; i++) {
                                log.appendAll(batch);
                            }
                            return log;
                        }));
    }

    private static List<Measured> plain(
            String where, Source source, String integer, String bytes, String keyed)
            throws SQLException {
        Connection connection = source.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE plain (log %1$s NOT NULL, position %1$s NOT NULL, time %1$s NOT NULL, id TEXT, payload %2$s NOT NULL, PRIMARY KEY (log, position))%3$s"
                            .formatted(integer, bytes, keyed));
        }
        connection.setAutoCommit(false);
        PreparedStatement insert = connection.prepareStatement(INSERT);
        long[] position = {0};
        return List.of(
                new Measured(
                        where + ", plain JDBC, one at a time",
                        500,
                        () -> inserted(connection, insert, position, 500, 1)),
                new Measured(
                        where + ", plain JDBC, 1,000 together",
                        30_000,
                        () -> inserted(connection, insert, position, 30, 1_000)));
    }

    private static long inserted(
            Connection connection,
            PreparedStatement insert,
            long[] position,
            int transactions,
            int rows)
            throws SQLException {
        for (int i = 0; i < transactions; i++) {
            for (int j = 0; j < rows; j++) {
                insert.setLong(1, ++position[0]);
                insert.setBytes(2, PAYLOAD);
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        }
        return position[0];
    }

    private static Connection sqlite(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA cache_size = -64000");
            statement.execute("PRAGMA wal_autocheckpoint = 4000");
        }
        return connection;
    }
}
