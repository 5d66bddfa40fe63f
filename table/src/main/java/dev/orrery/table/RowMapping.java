package dev.orrery.table;

import dev.orrery.core.Codec;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.BadDefinition.Problem;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.Versioned;
import java.util.List;
import java.util.stream.Stream;

/** How keys and values of a live table become ids and rows, and back. Immutable. */
final class RowMapping<K, V> {
    private final String id;
    private final Codec<K> keys;
    private final Class<V> valueClass;
    private final Shape shape;

    private RowMapping(String id, List<String> columns, Codec<K> keys, Class<V> valueClass) {
        this.id = id;
        this.shape = Shape.of(withId(columns, id));
        this.keys = keys;
        this.valueClass = valueClass;
    }

    /**
     * The mapping of a definition.
     *
     * @throws BadDefinition when the classes do not fit the schema
     */
    static <K, V> RowMapping<K, V> of(Live<K, V> definition, Schema schema) {
        String where = definition.toString();
        Class<V> valueClass = definition.valueClass();
        if (valueClass == Row.class) {
            return new RowMapping<>(
                    schema.id(), schema.columns(), Codec.of(definition.keyClass()), valueClass);
        }
        if (!valueClass.isRecord()) {
            throw new BadDefinition(
                    where,
                    valueClass.getName() + " is no record",
                    "use a record or Row for the values");
        }
        List<String> columns = Shape.of(valueClass.asSubclass(Record.class)).columns();
        List<Problem> problems =
                columns.stream()
                        .filter(column -> !schema.columns().contains(column))
                        .map(column ->
                                new Problem(
                                        where,
                                        "no column "
                                                + column
                                                + " for "
                                                + valueClass.getSimpleName(),
                                        "the columns are " + String.join(", ", schema.columns())))
                        .toList();
        if (!problems.isEmpty()) {
            throw new BadDefinition(problems);
        }
        return new RowMapping<>(schema.id(), columns, Codec.of(definition.keyClass()), valueClass);
    }

    private static List<String> withId(List<String> columns, String id) {
        return columns.contains(id)
                ? columns
                : Stream.concat(columns.stream(), Stream.of(id)).toList();
    }

    /** The columns that {@link #row(Object, Object) rows} have. */
    Shape shape() {
        return shape;
    }

    Versioned.Form<K, V> form() {
        return new Versioned.Form<>(keys, Codec.of(valueClass));
    }

    Key id(K key) {
        return keys.toKey(key);
    }

    K key(Key id) {
        return keys.fromKey(id);
    }

    /** The value of a row; {@code Invalid} when the row does not fit the class. */
    V value(Row row) {
        return valueClass.cast(
                valueClass == Row.class ? row : row.as(valueClass.asSubclass(Record.class)));
    }

    /** The columns of a value. */
    Row row(V value) {
        return value instanceof Row row ? row : Row.from((Record) value);
    }

    /** The row that conditions look at: the columns of a value, the id always among them. */
    Row row(K key, V value) {
        Row row = row(value);
        return row.has(id) ? row : row.with(id, id(key).part(0));
    }
}
