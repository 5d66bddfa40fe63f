package dev.orrery.table;

import dev.orrery.core.Condition;
import dev.orrery.core.Condition.And;
import dev.orrery.core.Condition.Compare;
import dev.orrery.core.Condition.Contains;
import dev.orrery.core.Condition.In;
import dev.orrery.core.Condition.IsNull;
import dev.orrery.core.Condition.Not;
import dev.orrery.core.Condition.Or;
import dev.orrery.core.Condition.StartsWith;
import dev.orrery.core.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Conditions as SQLite's {@code WHERE}.
 *
 * <p>Only what selects at least the rows that meet the condition is pushed: comparisons of a column
 * with a value of its own type. For values stored against their column's type SQLite's answer may
 * differ from a condition's, but only by selecting more. Immutable.
 */
final class SqliteNarrowing {
    private final Schema schema;

    SqliteNarrowing(Schema schema) {
        this.schema = schema;
    }

    /** The part of a condition that can be pushed: of a conjunction, the parts that can. */
    Condition pushable(Condition condition) {
        if (condition instanceof And(List<Condition> parts)) {
            return parts.stream().filter(this::expressible).reduce(Condition.all(), Condition::and);
        }
        return expressible(condition) ? condition : Condition.all();
    }

    private boolean expressible(Condition condition) {
        return switch (condition) {
            case Condition.All _ -> true;
            case Compare(var column, _, var value) -> comparable(column, value);
            case In(var column, var values) ->
                    values.stream().allMatch(value -> comparable(column, value));
            case IsNull(var column) -> schema.columns().contains(column);
            case Contains(var column, var part) -> comparable(column, part);
            case StartsWith(var column, var prefix) -> comparable(column, prefix);
            case And(var parts) -> parts.stream().allMatch(this::expressible);
            case Or(var parts) -> parts.stream().allMatch(this::expressible);
            case Not(var part) -> expressible(part);
        };
    }

    private boolean comparable(String column, Object value) {
        if (!schema.columns().contains(column)) {
            return false;
        }
        ValueType type = schema.field(column).type();
        return switch (value) {
            case String text -> type == ValueType.TEXT && text.indexOf(0) < 0;
            case Long _ -> type == ValueType.INTEGER || type == ValueType.NUMBER;
            case Double number ->
                    (type == ValueType.INTEGER || type == ValueType.NUMBER)
                            && Double.isFinite(number);
            case Boolean _ -> type == ValueType.FLAG;
            default -> false;
        };
    }

    /** The condition in SQL; its values, in order, are added to {@code values}. */
    String sql(Condition condition, List<Object> values) {
        return switch (condition) {
            case Condition.All _ -> "1";
            case Compare(var column, var comparison, var value) -> {
                values.add(value);
                yield quoted(column) + " " + comparison.sql() + " ?" + collation(value);
            }
            case In(var column, var among) -> {
                values.addAll(among);
                yield quoted(column)
                        + collation(among.getFirst())
                        + among.stream()
                                .map(_ -> "?")
                                .collect(Collectors.joining(", ", " IN (", ")"));
            }
            case IsNull(var column) -> quoted(column) + " IS NULL";
            case Contains(var column, var part) -> {
                values.add(part);
                yield "instr(" + quoted(column) + ", ?) > 0";
            }
            case StartsWith(var column, var prefix) -> {
                values.add(prefix);
                values.add(prefix);
                yield "substr(" + quoted(column) + ", 1, length(?)) = ? COLLATE BINARY";
            }
            case And(var parts) -> joined(parts, " AND ", values);
            case Or(var parts) -> joined(parts, " OR ", values);
            case Not(var part) -> "NOT (" + sql(part, values) + ")";
        };
    }

    private String joined(List<Condition> parts, String word, List<Object> values) {
        List<String> sql = new ArrayList<>();
        for (Condition part : parts) {
            sql.add("(" + sql(part, values) + ")");
        }
        return String.join(word, sql);
    }

    /** A column may be declared to ignore case; a condition never does. */
    private static String collation(Object value) {
        return value instanceof String ? " COLLATE BINARY" : "";
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
