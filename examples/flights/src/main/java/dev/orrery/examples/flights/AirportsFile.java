package dev.orrery.examples.flights;

import dev.orrery.core.OrreryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The airports as somebody else's SQLite file: made once, with plain JDBC, and from then on opened
 * like any other program's file.
 */
final class AirportsFile {
    private static final String TABLE =
            """
            create table airports (
                iata text not null primary key,
                name text not null check (length(trim(name)) > 0),
                city text not null,
                state text not null,
                country text not null,
                latitude real not null,
                longitude real not null)
            """;

    private AirportsFile() {}

    /** The JDBC address of the file in a directory, made when it is not there. */
    static String in(Path directory) {
        Path file = directory.resolve("airports.db");
        if (!Files.exists(file)) {
            make(file);
        }
        return "jdbc:sqlite:" + file;
    }

    /** Made aside and moved, so that a half-filled file never counts as made. */
    private static void make(Path file) {
        try {
            Files.createDirectories(file.resolveSibling(""));
            Path aside = Files.createTempFile(file.resolveSibling(""), "airports", ".making");
            fill("jdbc:sqlite:" + aside);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (java.io.IOException | SQLException e) {
            throw new OrreryException.StorageFailure(
                    OrreryException.StorageFailure.Kind.UNREADABLE,
                    file.resolveSibling("").toString(),
                    e);
        }
    }

    private static void fill(String address) throws SQLException {
        try (Connection connection = DriverManager.getConnection(address);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(TABLE);
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            "insert into airports values (?, ?, ?, ?, ?, ?, ?)")) {
                for (Airport airport : Lines.airports()) {
                    insert.setString(1, airport.iata());
                    insert.setString(2, airport.name());
                    insert.setString(3, airport.city());
                    insert.setString(4, airport.state());
                    insert.setString(5, airport.country());
                    insert.setDouble(6, airport.latitude());
                    insert.setDouble(7, airport.longitude());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
        }
    }
}
