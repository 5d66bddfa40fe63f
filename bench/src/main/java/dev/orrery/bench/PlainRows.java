package dev.orrery.bench;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows a projection wrote, read back from its file and written again through the JDBC driver
 * alone, in the same transactions: states merged by key, and kept changes. Immutable.
 *
 * <p>A chunk of changes holds, for each key, the state after every event: the last of them is the
 * row of the state in that transaction.
 */
@SuppressWarnings("ArrayRecordComponent") // rows on their way to the store, compared by nobody
final class PlainRows {
    private static final String STATE =
            "INSERT INTO projection_states (epoch, key_bytes, version, position, state, chunk)"
                    + " VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT (epoch, key_bytes) DO UPDATE SET"
                    + " version = excluded.version, position = excluded.position,"
                    + " state = excluded.state, chunk = excluded.chunk";
    private static final String CHANGES =
            "INSERT INTO projection_changes (epoch, id, position, changes, entries) VALUES (1, ?,"
                    + " ?, ?, ?)";
    private static final String POSITION =
            "UPDATE projection_epochs SET position = ?, time = ?, revision = ? WHERE id = 1";

    private final List<Transaction> transactions;

    private record State(byte[] key, long version, byte[] state, long chunk) {}

    private record Chunk(long id, int changes, byte[] entries) {}

    private record Transaction(long position, List<State> states, List<Chunk> chunks) {}

    private PlainRows(List<Transaction> transactions) {
        this.transactions = transactions;
    }

    /** The rows of a file with one projection of one epoch, all of whose changes are kept. */
    static PlainRows of(Path original) throws SQLException {
        Map<Long, Transaction> transactions = new LinkedHashMap<>();
        try (Connection connection = PlainTables.connect(original);
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT id, position, changes, entries FROM projection_changes"
                                        + " ORDER BY id")) {
            while (rows.next()) {
                Transaction transaction =
                        transactions.computeIfAbsent(
                                rows.getLong(2),
                                position ->
                                        new Transaction(
                                                position, new ArrayList<>(), new ArrayList<>()));
                Chunk chunk = new Chunk(rows.getLong(1), rows.getInt(3), rows.getBytes(4));
                transaction.chunks.add(chunk);
                addStates(chunk, transaction.states);
            }
        }
        return new PlainRows(List.copyOf(transactions.values()));
    }

    private static void addStates(Chunk chunk, List<State> states) {
        ByteBuffer entries = ByteBuffer.wrap(chunk.entries);
        while (entries.hasRemaining()) {
            byte[] key = take(entries, entries.getInt());
            entries.getLong(); // the chunk before
            long first = entries.getLong();
            int count = entries.getInt();
            entries.getInt(); // their bytes
            byte[] last = {};
            for (int i = 0; i < count; i++) {
                last = take(entries, entries.getInt());
            }
            states.add(new State(key, first + count - 1, last, chunk.id));
        }
    }

    private static byte[] take(ByteBuffer from, int length) {
        byte[] taken = new byte[length];
        from.get(taken);
        return taken;
    }

    /** Writes them; closes the connection. */
    Duration write(Connection connection) throws SQLException {
        try (connection;
                PreparedStatement states = connection.prepareStatement(STATE);
                PreparedStatement changes = connection.prepareStatement(CHANGES);
                PreparedStatement position = connection.prepareStatement(POSITION)) {
            connection.setAutoCommit(false);
            long began = System.nanoTime();
            for (Transaction transaction : transactions) {
                for (State row : transaction.states) {
                    states.setBytes(1, row.key);
                    states.setLong(2, row.version);
                    states.setLong(3, transaction.position);
                    states.setBytes(4, row.state);
                    states.setLong(5, row.chunk);
                    states.addBatch();
                }
                states.executeBatch();
                for (Chunk row : transaction.chunks) {
                    changes.setLong(1, row.id);
                    changes.setLong(2, transaction.position);
                    changes.setInt(3, row.changes);
                    changes.setBytes(4, row.entries);
                    changes.addBatch();
                }
                changes.executeBatch();
                position.setLong(1, transaction.position);
                position.setLong(2, transaction.position);
                position.setLong(3, transaction.position);
                position.executeUpdate();
                connection.commit();
            }
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }
}
