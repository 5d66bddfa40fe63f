package dev.orrery.sql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures what a {@link Database} adds to plain JDBC on the same file settings: upserts of one
 * row, and of 1,000, per transaction, the two taking turns. Run as a program with a directory on
 * the disk in question as its argument.
 */
final class WriteCost {
    private static final String TABLE =
            "CREATE TABLE totals (key TEXT PRIMARY KEY, count INTEGER, minutes INTEGER, state BLOB) WITHOUT ROWID";
    private static final String UPSERT =
            "INSERT INTO totals (key, count, minutes, state) VALUES (?, ?, ?, ?)"
                    + " ON CONFLICT (key) DO UPDATE SET count = excluded.count, minutes = excluded.minutes, state = excluded.state";
    private static final int KEYS = 10_000;
    private static final byte[] STATE = new byte[100];

    private WriteCost() {}

    private interface Measured {
        void run(int round) throws SQLException, IOException;
    }

    public static void main(String[] arguments) throws SQLException, IOException {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "write-cost");
        try (Database database = Database.open(directory.resolve("orrery.db"));
                Connection plain = plain(directory.resolve("plain.db"));
                PreparedStatement upsert = plain.prepareStatement(UPSERT);
                FileChannel file =
                        FileChannel.open(
                                directory.resolve("forced"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE)) {
            database.perform(session -> session.update(TABLE));
            for (int rows : new int[] {1, 1_000}) {
                int rounds = 3_000 / (rows == 1 ? 1 : 10);
                Measured ours =
                        round ->
                                database.perform(session -> {
                                    if (rows == 1) {
                                        session.update(UPSERT, row(round));
                                    } else {
                                        session.batch(UPSERT, rows(round, rows));
                                    }
                                });
                Measured theirs =
                        round -> {
                            for (Object[] row : rows(round, rows)) {
                                upsert.setString(1, (String) row[0]);
                                upsert.setLong(2, (Long) row[1]);
                                upsert.setLong(3, (Long) row[2]);
                                upsert.setBytes(4, (byte[]) row[3]);
                                upsert.addBatch();
                            }
                            upsert.executeBatch();
                            plain.commit();
                        };
                Measured force =
                        round -> {
                            file.write(ByteBuffer.wrap(new byte[4_120]), 4_120L * round);
                            file.force(false);
                        };
                double[][] micros = new double[3][rounds];
                List<Measured> all = List.of(ours, theirs, force);
                for (int round = 0; round < rounds; round++) {
                    for (int turn = 0; turn < all.size(); turn++) { // each goes first in its turn
                        int which = (round + turn) % all.size();
                        micros[which][round] = micros(all.get(which), round);
                    }
                }
                System.out.printf(
                        "%,d rows: Database %.1f us, plain JDBC %.1f us, ratio %.3f; a forced write of one page %.1f us%n",
                        rows,
                        median(micros[0]),
                        median(micros[1]),
                        median(micros[0]) / median(micros[1]),
                        median(micros[2]));
            }
        }
    }

    private static Connection plain(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA cache_size = -64000");
            statement.execute("PRAGMA wal_autocheckpoint = 4000");
            statement.execute(TABLE);
        }
        connection.setAutoCommit(false);
        return connection;
    }

    private static double micros(Measured work, int round) throws SQLException, IOException {
        long start = System.nanoTime();
        work.run(round);
        return (System.nanoTime() - start) / 1e3;
    }

    private static double median(double[] values) {
        double[] settled = Arrays.copyOfRange(values, values.length / 3, values.length);
        Arrays.sort(settled);
        return settled[settled.length / 2];
    }

    private static List<Object[]> rows(int round, int count) {
        List<Object[]> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(row(round * count + i));
        }
        return rows;
    }

    private static Object[] row(int number) {
        return new Object[] {"key" + (number * 7919L % KEYS), (long) number, number * 3L, STATE};
    }
}
