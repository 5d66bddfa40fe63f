package dev.orrery.bench;

import dev.orrery.core.Codec;
import dev.orrery.examples.flights.Delays;
import dev.orrery.examples.flights.Flight;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the projection {@code delays} writes for some flights, made beforehand and written through
 * the JDBC driver alone, in transactions of the same size. Immutable.
 */
@SuppressWarnings("ArrayRecordComponent") // rows on their way to the store, compared by nobody
final class PlainUpserts {
    /** So many events the projection takes at once when there are more. */
    private static final int EVENTS_AT_ONCE = 4096;

    private static final String STATE =
            "INSERT INTO projection_states (epoch, key_bytes, version, position, state) VALUES (1, ?, ?, ?, ?)"
                    + " ON CONFLICT (epoch, key_bytes) DO UPDATE SET version = excluded.version,"
                    + " position = excluded.position, state = excluded.state";
    private static final String VERSIONS =
            "INSERT INTO projection_versions (epoch, key_bytes, last, first, states) VALUES (1, ?, ?, ?, ?)";
    private static final String POSITION =
            "UPDATE projection_epochs SET position = ?, time = ?, revision = ? WHERE id = 1";

    private final List<Transaction> transactions;

    /** The state of a key after an event. */
    private record StateRow(byte[] key, long version, long position, byte[] state) {}

    /** What a batch of events changes: each state in turn, by key. */
    private record Transaction(Map<String, List<StateRow>> changes, List<StateRow> inOrder) {
        long position() {
            return inOrder.getLast().position();
        }
    }

    private PlainUpserts(List<Transaction> transactions) {
        this.transactions = transactions;
    }

    static PlainUpserts of(List<Flight> flights) {
        Codec<String> keys = Codec.of(String.class);
        Codec<Delays> states = Codec.of(Delays.class);
        Map<String, Delays> folded = new HashMap<>();
        List<Transaction> transactions = new ArrayList<>();
        for (int i = 0; i < flights.size(); i++) {
            if (i % EVENTS_AT_ONCE == 0) {
                transactions.add(new Transaction(new LinkedHashMap<>(), new ArrayList<>()));
            }
            Flight flight = flights.get(i);
            Delays next = folded.getOrDefault(flight.origin(), Delays.NONE).plus(flight);
            folded.put(flight.origin(), next);
            StateRow row =
                    new StateRow(
                            keys.encode(flight.origin()),
                            next.departures(),
                            i + 1L,
                            states.encode(next));
            Transaction current = transactions.getLast();
            current.inOrder.add(row);
            current.changes.computeIfAbsent(flight.origin(), _ -> new ArrayList<>()).add(row);
        }
        return new PlainUpserts(List.copyOf(transactions));
    }

    /** Writes what the projection writes; closes the connection. */
    Duration write(Connection connection) throws SQLException {
        List<byte[]> packed =
                transactions.stream()
                        .flatMap(transaction -> transaction.changes.values().stream())
                        .map(PlainUpserts::pack)
                        .toList();
        try (connection;
                PreparedStatement states = connection.prepareStatement(STATE);
                PreparedStatement versions = connection.prepareStatement(VERSIONS);
                PreparedStatement position = connection.prepareStatement(POSITION)) {
            connection.setAutoCommit(false);
            long began = System.nanoTime();
            int next = 0;
            for (Transaction transaction : transactions) {
                for (List<StateRow> rows : transaction.changes.values()) {
                    add(states, rows.getLast());
                    versions.setBytes(1, rows.getLast().key);
                    versions.setLong(2, rows.getLast().version);
                    versions.setLong(3, rows.getFirst().version);
                    versions.setBytes(4, packed.get(next++));
                    versions.addBatch();
                }
                states.executeBatch();
                versions.executeBatch();
                commit(connection, position, transaction);
            }
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }

    /** Upserts the state after each event, and nothing else; closes the connection. */
    Duration writeEach(Connection connection) throws SQLException {
        try (connection;
                PreparedStatement states = connection.prepareStatement(STATE);
                PreparedStatement position = connection.prepareStatement(POSITION)) {
            connection.setAutoCommit(false);
            long began = System.nanoTime();
            for (Transaction transaction : transactions) {
                for (StateRow row : transaction.inOrder) {
                    add(states, row);
                }
                states.executeBatch();
                commit(connection, position, transaction);
            }
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }

    private static void add(PreparedStatement states, StateRow row) throws SQLException {
        states.setBytes(1, row.key);
        states.setLong(2, row.version);
        states.setLong(3, row.position);
        states.setBytes(4, row.state);
        states.addBatch();
    }

    private static void commit(
            Connection connection, PreparedStatement position, Transaction transaction)
            throws SQLException {
        position.setLong(1, transaction.position());
        position.setLong(2, transaction.position());
        position.setLong(3, transaction.position());
        position.executeUpdate();
        connection.commit();
    }

    /** States one behind the other, each with its length before it. */
    private static byte[] pack(List<StateRow> rows) {
        ByteBuffer packed =
                ByteBuffer.allocate(
                        rows.stream().mapToInt(row -> Integer.BYTES + row.state.length).sum());
        rows.forEach(row -> packed.putInt(row.state.length).put(row.state));
        return packed.array();
    }
}
