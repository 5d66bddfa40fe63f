package dev.orrery.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of an Orrery file, for those who write the same rows without it: same columns, same
 * keys, same settings of the database. Immutable.
 */
final class PlainTables {
    private static final List<String> SETTINGS =
            List.of(
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA synchronous = FULL",
                    "PRAGMA wal_autocheckpoint = 4000",
                    "PRAGMA cache_size = -64000");

    /** The row that keeps the position. */
    static final String POSITION =
            "INSERT INTO projection_epochs (id, projection, number, version, position, time,"
                    + " revision) VALUES (1, 1, 1, 1, 0, 0, 0)";

    private final Path original;
    private final List<String> definitions;

    private PlainTables(Path original, List<String> definitions) {
        this.original = original;
        this.definitions = definitions;
    }

    /** The projection tables of an Orrery file that nobody has open. */
    static PlainTables like(Path original) throws SQLException {
        try (Connection connection = connect(original);
                Statement statement = connection.createStatement();
                ResultSet tables =
                        statement.executeQuery(
                                "SELECT sql FROM sqlite_master WHERE type = 'table'"
                                        + " AND name LIKE 'projection%'")) {
            List<String> definitions = new ArrayList<>();
            while (tables.next()) {
                definitions.add(tables.getString(1));
            }
            return new PlainTables(original, List.copyOf(definitions));
        }
    }

    static Connection connect(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** A new file with these tables, empty but for the row that keeps the position. */
    Connection in(Path file) throws SQLException {
        Connection connection = connect(file);
        try (Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                statement.execute(setting);
            }
            for (String definition : definitions) {
                statement.execute(definition);
            }
            statement.execute(POSITION);
        }
        return connection;
    }

    /** Fails unless a file holds the states, kept changes and position of the original. */
    void requireSameRows(Path file) throws SQLException {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement()) {
            statement.execute("ATTACH '" + original + "' AS original");
            for (String rows :
                    List.of(
                            "key_bytes, version, state, chunk FROM %s.projection_states",
                            "id, changes, entries FROM %s.projection_changes",
                            "position FROM %s.projection_epochs")) {
                String ours = "SELECT " + rows.formatted("original");
                String theirs = "SELECT " + rows.formatted("main");
                requireNone(statement, ours + " EXCEPT " + theirs);
                requireNone(statement, theirs + " EXCEPT " + ours);
            }
        }
    }

    private static void requireNone(Statement statement, String differing) throws SQLException {
        try (ResultSet rows = statement.executeQuery(differing)) {
            if (rows.next()) {
                throw new IllegalStateException(
                        "the peer writes other rows than the projection, so the two cannot be"
                                + " compared: "
                                + differing);
            }
        }
    }
}
