package dev.orrery.table;

import dev.orrery.core.Row;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Another program at work on an airports file: makes it and changes it with a connection of its
 * own.
 */
final class OtherProgram implements AutoCloseable {
    private final Connection connection;

    OtherProgram(Path file) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    /** Makes the table, as small as the tests need it. */
    OtherProgram createAirports() throws SQLException {
        return execute(
                "CREATE TABLE airports (iata TEXT PRIMARY KEY, name VARCHAR(40) NOT NULL, state TEXT,"
                        + " runways INTEGER, latitude REAL, hub BOOLEAN NOT NULL DEFAULT 0,"
                        + " CHECK (runways >= 0))");
    }

    OtherProgram insert(String iata, String name, String state) throws SQLException {
        try (var statement =
                connection.prepareStatement(
                        "INSERT INTO airports (iata, name, state) VALUES (?, ?, ?)")) {
            statement.setString(1, iata);
            statement.setString(2, name);
            statement.setString(3, state);
            statement.executeUpdate();
        }
        return this;
    }

    OtherProgram execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return this;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** The row of an airport as the table has it. */
    static Row airport(String iata, String name, String state) {
        return Row.of(
                "iata",
                iata,
                "name",
                name,
                "state",
                state,
                "runways",
                null,
                "latitude",
                null,
                "hub",
                false);
    }
}
