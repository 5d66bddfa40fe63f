package dev.orrery.table;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Unavailable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Somebody's database, whose tables become {@link Table}s: SQLite files, so far.
 *
 * <p>Opening one reaches for nothing: a file that is not there now may be there when it is needed.
 * Each table has a connection of its own, from its first use until it is closed. Immutable.
 */
public final class Jdbc {
    private static final String SQLITE = "jdbc:sqlite:";

    private final Path file;

    private Jdbc(Path file) {
        this.file = file;
    }

    /**
     * The database at an address: {@code jdbc:sqlite:airports.db}.
     *
     * @throws BadDefinition when the address is not one of a SQLite file
     */
    public static Jdbc open(String url) {
        if (!url.startsWith(SQLITE)) {
            throw new BadDefinition(
                    url, "is no database known here", "use " + SQLITE + "and the path of a file");
        }
        String path = url.substring(SQLITE.length());
        if (path.isEmpty()
                || path.startsWith(":")
                || path.startsWith("file:")
                || path.contains("?")) {
            throw new BadDefinition(
                    url, "is not a plain file", "use " + SQLITE + "and the path of a file");
        }
        try {
            return new Jdbc(Path.of(path));
        } catch (InvalidPathException e) {
            throw new BadDefinition(url, "is no path", "use " + SQLITE + "and the path of a file");
        }
    }

    /**
     * A table of it, with columns, types, primary key and required columns as the database has
     * them.
     *
     * <p>The first use of it throws {@link Unavailable} when the database cannot be reached, and
     * {@link BadDefinition} when there is no such table or no single-column primary key.
     */
    public Table table(String name) {
        return Table.over(new SqliteTable(new SqliteFile(file), name));
    }

    /**
     * The names of its tables, sorted.
     *
     * @throws Unavailable when the database cannot be reached
     */
    public List<String> tables() {
        try (SqliteFile connected = new SqliteFile(file)) {
            return connected.call(SqliteSchema::tables);
        }
    }

    @Override
    public String toString() {
        return SQLITE + file;
    }
}
