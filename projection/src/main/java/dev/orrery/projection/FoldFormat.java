package dev.orrery.projection;

import dev.orrery.sql.Dialect;
import dev.orrery.sql.Format;
import java.util.List;

/** The tables of all projections of a database. */
final class FoldFormat {
    static final Format FORMAT =
            Format.of("projection", FoldFormat::first)
                    .then(FoldFormat::second)
                    .then(FoldFormat::third)
                    .then(FoldFormat::fourth);

    private FoldFormat() {}

    private static List<String> first(Dialect dialect) {
        Columns columns = new Columns(dialect);
        return List.of(
                "CREATE TABLE projections ("
                        + columns.integer("id")
                        + " PRIMARY KEY, "
                        + columns.text("name")
                        + " UNIQUE, "
                        + columns.text("log")
                        + ", "
                        + columns.integer("served")
                        + ")",
                "CREATE TABLE projection_epochs ("
                        + columns.integer("id")
                        + " PRIMARY KEY, "
                        + columns.integer("projection", "number", "version")
                        + ", "
                        + columns.integer("position", "time", "revision")
                        + ", UNIQUE (projection, number))",
                "CREATE TABLE projection_states ("
                        + columns.integer("epoch")
                        + ", "
                        + columns.bytes("key_bytes")
                        + ", "
                        + columns.integer("version", "position")
                        + ", "
                        + columns.bytes("state")
                        + ", PRIMARY KEY (epoch, key_bytes))"
                        + dialect.keyedTable(),
                "CREATE TABLE projection_versions ("
                        + columns.integer("epoch")
                        + ", "
                        + columns.bytes("key_bytes")
                        + ", "
                        + columns.integer("last", "first")
                        + ", "
                        + columns.bytes("states")
                        + ", PRIMARY KEY (epoch, key_bytes, last))"
                        + dialect.keyedTable(),
                "CREATE TABLE projection_parked ("
                        + columns.integer("epoch")
                        + ", "
                        + columns.bytes("key_bytes")
                        + ", "
                        + columns.integer("position")
                        + ", cause "
                        + dialect.textType()
                        + ", PRIMARY KEY (epoch, key_bytes, position))"
                        + dialect.keyedTable());
    }

    /**
     * Changes in the order in which they were made instead of versions by key, so that keeping them
     * costs as much as their bytes; those kept before are left out, and who returns gets the whole.
     */
    private static List<String> second(Dialect dialect) {
        Columns columns = new Columns(dialect);
        return List.of(
                "DROP TABLE projection_versions",
                "CREATE TABLE projection_changes ("
                        + columns.integer("epoch", "id", "position", "changes")
                        + ", "
                        + columns.bytes("entries")
                        + ", PRIMARY KEY (epoch, id))"
                        + dialect.keyedTable(),
                added("projection_states", columns.integer("chunk") + " DEFAULT 0"),
                added("projection_parked", columns.integer("attempts") + " DEFAULT 1"),
                added("projection_parked", "retry_at " + dialect.integerType()),
                added("projections", columns.integer("building") + " DEFAULT 0"),
                added("projections", columns.integer("previous") + " DEFAULT 0"));
    }

    /** What every stored step counts up, also one that moves no position. */
    private static List<String> third(Dialect dialect) {
        return List.of(
                added("projection_epochs", new Columns(dialect).integer("fence") + " DEFAULT 0"));
    }

    /** Who folds an epoch where several processes could, and until when nobody else may. */
    private static List<String> fourth(Dialect dialect) {
        Columns columns = new Columns(dialect);
        return List.of(
                added("projection_epochs", columns.integer("term") + " DEFAULT 0"),
                added("projection_epochs", columns.integer("held_until") + " DEFAULT 0"),
                added("projection_epochs", "holder " + dialect.textType()));
    }

    private static String added(String table, String column) {
        return "ALTER TABLE " + table + " ADD COLUMN " + column;
    }

    /** Columns that always hold something, as a dialect writes them. */
    private record Columns(Dialect dialect) {
        String integer(String... names) {
            return of(dialect.integerType(), names);
        }

        String text(String... names) {
            return of(dialect.textType(), names);
        }

        String bytes(String... names) {
            return of(dialect.bytesType(), names);
        }

        private static String of(String type, String... names) {
            String each = " " + type + " NOT NULL";
            return String.join(each + ", ", names) + each;
        }
    }
}
