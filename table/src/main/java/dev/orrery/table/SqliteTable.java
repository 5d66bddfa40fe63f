package dev.orrery.table;

import static dev.orrery.table.SqliteNarrowing.quoted;

import dev.orrery.core.Bytes;
import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.ValueType;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import dev.orrery.table.spi.TableDriver;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The driver of a table in somebody's SQLite file. Thread-safe. */
final class SqliteTable implements TableDriver {
    /** The innermost parentheses of a constraint's message: what failed, and of which column. */
    private static final Pattern FAILED =
            Pattern.compile("\\(([^()]*?)(?:: (?:[^().]+\\.)?([^().]+))?\\)$");

    private final SqliteFile file;
    private final String name;
    private @Nullable Known known;
    private long writes;

    /** What is read once for each connection. */
    private record Known(Object identity, Schema schema, Shape shape, SqliteNarrowing narrowing) {
        private String columns() {
            return shape.columns().stream()
                    .map(SqliteNarrowing::quoted)
                    .collect(Collectors.joining(", "));
        }
    }

    SqliteTable(SqliteFile file, String name) {
        this.file = file;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public Schema schema() {
        return reading(connection -> known(connection).schema());
    }

    private Known known(Connection connection) throws SQLException {
        Known last = known;
        if (last == null || !last.identity().equals(file.identity())) {
            Schema schema = SqliteSchema.read(connection, file.name(), name);
            last =
                    new Known(
                            file.identity(),
                            schema,
                            Shape.of(schema.columns()),
                            new SqliteNarrowing(schema));
            known = last;
        }
        return last;
    }

    /** A read; what the database refuses of it means that the table is not what it was. */
    private <T> T reading(SqliteFile.Call<T> call) {
        try {
            return file.call(call);
        } catch (SqliteFile.Refusal changed) {
            throw changed(changed);
        }
    }

    private OrreryException changed(SqliteFile.Refusal refusal) {
        return new BadDefinition(
                "table " + name + " in " + file.name(),
                "is not what it was (" + refusal.getMessage() + ")",
                "open it again");
    }

    // reading

    @Override
    public Condition pushable(Condition condition) {
        return reading(connection -> known(connection).narrowing().pushable(condition));
    }

    @Override
    public List<Row> list(Condition pushed) {
        return reading(connection -> list(connection, pushed));
    }

    private List<Row> list(Connection connection, Condition pushed) throws SQLException {
        Known table = known(connection);
        List<Object> values = new ArrayList<>();
        String where = table.narrowing().sql(pushed, values);
        return select(connection, table, where, values);
    }

    private List<Row> select(Connection connection, Known table, String where, List<Object> values)
            throws SQLException {
        String sql = "SELECT " + table.columns() + " FROM " + quoted(name) + " WHERE " + where;
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            bind(query, values);
            try (ResultSet found = query.executeQuery()) {
                List<Row> rows = new ArrayList<>();
                while (found.next()) {
                    rows.add(row(table, found));
                }
                return rows;
            }
        }
    }

    private static Row row(Known table, ResultSet found) throws SQLException {
        List<Schema.Field> fields = table.schema().fields();
        List<@Nullable Object> values = new ArrayList<>(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            values.add(value(fields.get(i).type(), found.getObject(i + 1)));
        }
        return Row.of(table.shape(), values);
    }

    private static @Nullable Object value(ValueType type, @Nullable Object stored) {
        if (type == ValueType.FLAG && stored instanceof Number number) {
            return switch (number.intValue()) {
                case 0 -> false;
                case 1 -> true;
                default -> number;
            };
        }
        return type.accepts(stored) ? type.normal(stored) : stored;
    }

    @Override
    public Optional<Row> find(Key id) {
        return reading(connection -> find(connection, id));
    }

    private Optional<Row> find(Connection connection, Key id) throws SQLException {
        Known table = known(connection);
        return select(connection, table, isId(table), List.of(idValue(id))).stream().findFirst();
    }

    private static String isId(Known table) {
        return quoted(table.schema().id()) + " = ? COLLATE BINARY";
    }

    private static Object idValue(Key id) {
        return Objects.requireNonNull(id.part(0));
    }

    @Override
    public long count() {
        return reading(connection -> {
            try (PreparedStatement query =
                            connection.prepareStatement("SELECT count(*) FROM " + quoted(name));
                    ResultSet found = query.executeQuery()) {
                found.next();
                return found.getLong(1);
            }
        });
    }

    @Override
    public Object mark() {
        return reading(connection -> {
            try (PreparedStatement query = connection.prepareStatement("PRAGMA data_version");
                    ResultSet found = query.executeQuery()) {
                found.next();
                return List.of(file.identity(), found.getLong(1), writes);
            }
        });
    }

    // writing

    @Override
    public Settlement apply(Mutation mutation, Condition within) {
        try {
            return file.transaction(connection -> apply(connection, mutation, within));
        } catch (SqliteFile.Refusal refusal) {
            return new Settlement.Refused(reason(refusal));
        }
    }

    private Settlement apply(Connection connection, Mutation mutation, Condition within)
            throws SQLException {
        Optional<Row> current = find(connection, mutation.key());
        if (!(mutation instanceof Mutation.Insert)) {
            current = current.filter(within::holds);
        }
        return switch (mutation.standing(current)) {
            case DONE -> new Settlement.Confirmed(current);
            case OVERTAKEN -> new Settlement.Overtaken(current);
            case DUE -> {
                write(connection, mutation);
                yield new Settlement.Confirmed(find(connection, mutation.key()));
            }
        };
    }

    private void write(Connection connection, Mutation mutation) throws SQLException {
        Known table = known(connection);
        switch (mutation) {
            case Mutation.Insert(_, _, Row row) -> {
                String columns =
                        row.columns().stream()
                                .map(SqliteNarrowing::quoted)
                                .collect(Collectors.joining(", "));
                String marks =
                        row.columns().stream().map(_ -> "?").collect(Collectors.joining(", "));
                update(
                        connection,
                        "INSERT INTO " + quoted(name) + " (" + columns + ") VALUES (" + marks + ")",
                        values(row));
            }
            case Mutation.Patch(_, Key key, Row fields, _) -> {
                String sets =
                        fields.columns().stream()
                                .map(column -> quoted(column) + " = ?")
                                .collect(Collectors.joining(", "));
                List<@Nullable Object> values = values(fields);
                values.add(idValue(key));
                update(
                        connection,
                        "UPDATE " + quoted(name) + " SET " + sets + " WHERE " + isId(table),
                        values);
            }
            case Mutation.Delete(_, Key key, _) -> delete(connection, table, key);
        }
    }

    private void delete(Connection connection, Known table, Key key) throws SQLException {
        update(
                connection,
                "DELETE FROM " + quoted(name) + " WHERE " + isId(table),
                List.of(idValue(key)));
    }

    private static List<@Nullable Object> values(Row row) {
        return new ArrayList<>(row.toMap().values());
    }

    private void update(Connection connection, String sql, List<? extends @Nullable Object> values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            statement.executeUpdate();
            writes++;
        }
    }

    private static void bind(PreparedStatement statement, List<? extends @Nullable Object> values)
            throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            switch (values.get(i)) {
                case null -> statement.setObject(i + 1, null);
                case String text -> statement.setString(i + 1, text);
                case Long whole -> statement.setLong(i + 1, whole);
                case Double number -> statement.setDouble(i + 1, number);
                case Boolean flag -> statement.setInt(i + 1, flag ? 1 : 0);
                case Bytes bytes -> statement.setBytes(i + 1, bytes.toArray());
                case Object other -> statement.setString(i + 1, other.toString());
            }
        }
    }

    @Override
    public long deleteAll(Condition within) {
        try {
            return file.transaction(connection -> {
                Known table = known(connection);
                long deleted = 0;
                for (Row row : list(connection, table.narrowing().pushable(within))) {
                    if (within.holds(row)) {
                        delete(connection, table, table.schema().keyOf(row));
                        deleted++;
                    }
                }
                return deleted;
            });
        } catch (SqliteFile.Refusal refusal) {
            throw reason(refusal);
        }
    }

    private OrreryException reason(SqliteFile.Refusal refusal) {
        if (refusal.isReadOnly()) {
            return new Unsupported("be written to: the file is read-only", file.name());
        }
        Matcher failed = FAILED.matcher(String.valueOf(refusal.getMessage()));
        if (!failed.find()) {
            return new Invalid(name, "was refused by the database", refusal.getMessage());
        }
        String column = failed.group(2);
        return new Invalid(
                column == null ? name : column,
                "was refused by the database: " + failed.group(1),
                "see the write");
    }

    @Override
    public void close() {
        file.close();
    }
}
