package dev.orrery.table;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.ValueType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a table's schema from SQLite: its columns as declared.
 *
 * <p>Types follow SQLite's rules of affinity, and say {@code flag} for booleans: INT is integer,
 * BOOL flag, CHAR, CLOB and TEXT text (with the length in parentheses as the greatest), BLOB bytes,
 * REAL, FLOA, DOUB, DEC and NUM number, everything else text. A value that was stored against its
 * column's type is read as it is.
 */
final class SqliteSchema {
    private static final Pattern LENGTH = Pattern.compile("CHAR[A-Z ]*\\((\\d{1,9})\\)");

    private SqliteSchema() {}

    /** The names of the tables and views, sorted. */
    static List<String> tables(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement query =
                        connection.prepareStatement(
                                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
                                        + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    /**
     * The schema of a table.
     *
     * @throws BadDefinition when there is none, or it has no primary key of one column
     */
    static Schema read(Connection connection, String file, String table) throws SQLException {
        List<Schema.Field> fields = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?)"
                                + " WHERE hidden <> 1 ORDER BY cid")) {
            query.setString(1, table);
            try (ResultSet columns = query.executeQuery()) {
                while (columns.next()) {
                    fields.add(field(columns));
                    if (columns.getInt("pk") > 0) {
                        keys.add(columns.getString("name"));
                    }
                }
            }
        }
        if (fields.isEmpty()) {
            throw new BadDefinition(
                    "table " + table,
                    "is not in " + file,
                    "its tables are: " + String.join(", ", tables(connection)));
        }
        if (keys.size() != 1) {
            throw new BadDefinition(
                    "table " + table + " in " + file,
                    keys.isEmpty()
                            ? "has no primary key"
                            : "has a primary key of several columns: " + String.join(", ", keys),
                    "declare one column as its primary key, by which rows are told apart");
        }
        return Schema.of(fields).id(keys.getFirst());
    }

    private static Schema.Field field(ResultSet column) throws SQLException {
        String declared = column.getString("type").toUpperCase(Locale.ROOT);
        Schema.Field field = Schema.Field.of(column.getString("name"), type(declared));
        if (column.getInt("notnull") != 0) {
            field = field.asRequired();
        }
        if (column.getString("dflt_value") != null) {
            field = field.asDefaulted();
        }
        Matcher length = LENGTH.matcher(declared);
        return length.find() ? field.withMaxLength(Integer.parseInt(length.group(1))) : field;
    }

    private static ValueType type(String declared) {
        if (declared.contains("INT")) {
            return ValueType.INTEGER;
        }
        if (declared.contains("BOOL")) {
            return ValueType.FLAG;
        }
        if (declared.contains("CHAR") || declared.contains("CLOB") || declared.contains("TEXT")) {
            return ValueType.TEXT;
        }
        if (declared.contains("BLOB")) {
            return ValueType.BYTES;
        }
        boolean number =
                List.of("REAL", "FLOA", "DOUB", "DEC", "NUM").stream().anyMatch(declared::contains);
        return number ? ValueType.NUMBER : ValueType.TEXT;
    }
}
