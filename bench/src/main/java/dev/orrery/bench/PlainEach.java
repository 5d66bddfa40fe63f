package dev.orrery.bench;

import dev.orrery.core.Codec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What one writes by hand: the state after each event, made beforehand, upserted through the JDBC
 * driver alone, 10,000 in a transaction, each with the row that keeps the position. Immutable.
 */
@SuppressWarnings("ArrayRecordComponent") // rows on their way to the store, compared by nobody
final class PlainEach {
    private static final int ROWS_AT_ONCE = 10_000;
    private static final String STATE =
            "INSERT INTO projection_states (epoch, key_bytes, version, position, state) VALUES (1,"
                    + " ?, 1, ?, ?) ON CONFLICT (epoch, key_bytes) DO UPDATE SET version ="
                    + " projection_states.version + 1, position = excluded.position, state = excluded.state";
    private static final String POSITION = "UPDATE projection_epochs SET position = ? WHERE id = 1";

    private final List<Row> rows;

    private record Row(byte[] key, byte[] state) {}

    private PlainEach(List<Row> rows) {
        this.rows = rows;
    }

    /** The rows that follow from events. */
    static <E, S> PlainEach of(
            List<E> events,
            Function<E, String> key,
            Class<S> type,
            S initial,
            BiFunction<S, E, S> fold) {
        Codec<String> keys = Codec.of(String.class);
        Codec<S> states = Codec.of(type);
        Map<String, S> folded = new HashMap<>();
        Map<String, byte[]> encodedKeys = new HashMap<>();
        List<Row> rows = new ArrayList<>(events.size());
        for (E event : events) {
            String of = key.apply(event);
            S next = fold.apply(folded.getOrDefault(of, initial), event);
            folded.put(of, next);
            rows.add(new Row(encodedKeys.computeIfAbsent(of, keys::encode), states.encode(next)));
        }
        return new PlainEach(rows);
    }

    /** Writes them; closes the connection. */
    Duration write(Connection connection) throws SQLException {
        try (connection;
                PreparedStatement states = connection.prepareStatement(STATE);
                PreparedStatement position = connection.prepareStatement(POSITION)) {
            connection.setAutoCommit(false);
            long began = System.nanoTime();
            for (int from = 0; from < rows.size(); from += ROWS_AT_ONCE) {
                int to = Math.min(rows.size(), from + ROWS_AT_ONCE);
                for (int i = from; i < to; i++) {
                    states.setBytes(1, rows.get(i).key);
                    states.setLong(2, i + 1L);
                    states.setBytes(3, rows.get(i).state);
                    states.addBatch();
                }
                states.executeBatch();
                position.setLong(1, to);
                position.executeUpdate();
                connection.commit();
            }
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }
}
