package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Invalid.Violation;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a table, their types and rules, and which of them is the id.
 *
 * <p>Made from a record ({@code Schema.of(Airport.class).id("iata")}) or read by a driver, and
 * tightened by {@link #required}, {@link #maxLength}, {@link #allowed}. Immutable.
 */
public final class Schema {
    private final Map<String, Field> fields;
    private final String id;
    private final Shape shape;

    /**
     * One column and its rules.
     *
     * @param name the column's name
     * @param type the type of its values
     * @param required null is refused
     * @param defaulted the source fills it in where an insert leaves it out
     * @param minLength the smallest number of characters of a text, blanks at its ends aside
     * @param maxLength the greatest number of characters of a text; 0 for any
     * @param allowed the only values, null aside; empty for any
     */
    public record Field(
            String name,
            ValueType type,
            boolean required,
            boolean defaulted,
            int minLength,
            int maxLength,
            List<Object> allowed) {
        /** Checks that all is there and copies the allowed values. */
        public Field {
            Objects.requireNonNull(name);
            Objects.requireNonNull(type);
            allowed = List.copyOf(allowed);
        }

        /** A column that takes any value of a type, or none. */
        public static Field of(String name, ValueType type) {
            return new Field(name, type, false, false, 0, 0, List.of());
        }

        /** This column, with null refused. */
        public Field asRequired() {
            return new Field(name, type, true, defaulted, minLength, maxLength, allowed);
        }

        /** This column, filled in by the source where an insert leaves it out. */
        public Field asDefaulted() {
            return new Field(name, type, required, true, minLength, maxLength, allowed);
        }

        /** This column with a greatest number of characters. */
        public Field withMaxLength(int characters) {
            return new Field(name, type, required, defaulted, minLength, characters, allowed);
        }

        /** This column with a smallest and a greatest number of characters. */
        public Field withLength(int least, int most) {
            return new Field(name, type, required, defaulted, least, most, allowed);
        }

        /** This column with its only values. */
        public Field withAllowed(List<?> values) {
            List<Object> normal = new ArrayList<>();
            for (Object value : values) {
                normal.add(Objects.requireNonNull(type.normal(value)));
            }
            return new Field(name, type, required, defaulted, minLength, maxLength, normal);
        }

        /** The value in normal form, or a violation among those found. */
        private @Nullable Object check(@Nullable Object value, List<Violation> found) {
            if (value == null) {
                if (required) {
                    found.add(violation(name, "must not be empty", null));
                }
                return null;
            }
            if (!type.accepts(value)) {
                found.add(violation(name, "must be " + type.text(), value));
                return null;
            }
            Object normal = Objects.requireNonNull(type.normal(value));
            if (normal instanceof String text && !isOfLength(text)) {
                found.add(violation(name, lengthRule(), value));
            }
            if (!allowed.isEmpty() && !allowed.contains(normal)) {
                found.add(violation(name, "must be one of " + allowed, value));
            }
            return normal;
        }

        private boolean isOfLength(String text) {
            return (maxLength == 0 || characters(text) <= maxLength)
                    && (minLength == 0 || characters(text.strip()) >= minLength);
        }

        private String lengthRule() {
            return minLength == 0
                    ? "must have at most " + maxLength + " characters"
                    : "has " + minLength + " to " + maxLength + " characters";
        }

        private static int characters(String text) {
            return text.codePointCount(0, text.length());
        }
    }

    private Schema(Map<String, Field> fields, String id) {
        this.fields = Collections.unmodifiableMap(fields);
        this.id = id;
        this.shape = Shape.of(List.copyOf(fields.keySet()));
    }

    /**
     * A schema of columns, the first of which is the id until {@link #id} says otherwise.
     *
     * @throws BadDefinition when there is none, or two have one name
     */
    public static Schema of(List<Field> fields) {
        if (fields.isEmpty()) {
            throw new BadDefinition("schema", "has no columns", "name at least the id column");
        }
        Map<String, Field> byName = new LinkedHashMap<>();
        for (Field field : fields) {
            if (byName.put(field.name(), field) != null) {
                throw new BadDefinition("schema", "has " + field.name() + " twice", "name it once");
            }
        }
        return new Schema(byName, fields.getFirst().name());
    }

    /**
     * The schema of a record: a column for each component, primitive ones required, the first one
     * the id until {@link #id} says otherwise.
     */
    public static Schema of(Class<? extends Record> type) {
        List<String> names = Shape.of(type).columns();
        var components = type.getRecordComponents();
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            Class<?> component = components[i].getType();
            Field field = Field.of(names.get(i), ValueType.forClass(component));
            fields.add(component.isPrimitive() ? field.asRequired() : field);
        }
        return of(fields);
    }

    /** This schema with another id column, which becomes required. */
    public Schema id(String column) {
        return new Schema(with(column, Field::asRequired), column);
    }

    /** This schema with another id column, and nothing else changed: for one that was stored. */
    Schema withId(String column) {
        return new Schema(fields, field(column).name());
    }

    /** This schema with null refused in a column. */
    public Schema required(String column) {
        return new Schema(with(column, Field::asRequired), id);
    }

    /** This schema with a greatest number of characters in a column. */
    public Schema maxLength(String column, int characters) {
        return new Schema(with(column, field -> field.withMaxLength(characters)), id);
    }

    /**
     * This schema with a smallest and a greatest number of characters in a column; blanks at the
     * ends do not count towards the smallest.
     */
    public Schema length(String column, int least, int most) {
        return new Schema(with(column, field -> field.withLength(least, most)), id);
    }

    /** This schema with the only values of a column. */
    public Schema allowed(String column, List<?> values) {
        return new Schema(with(column, field -> field.withAllowed(values)), id);
    }

    private Map<String, Field> with(String column, UnaryOperator<Field> change) {
        Map<String, Field> changed = new LinkedHashMap<>(fields);
        changed.put(column, change.apply(field(column)));
        return changed;
    }

    /** The name of the id column. */
    public String id() {
        return id;
    }

    /** The columns, in order. */
    public List<Field> fields() {
        return List.copyOf(fields.values());
    }

    /** The names of the columns, in order. */
    public List<String> columns() {
        return List.copyOf(fields.keySet());
    }

    /**
     * One column.
     *
     * @throws BadDefinition when there is none of that name
     */
    public Field field(String column) {
        Field field = fields.get(column);
        if (field == null) {
            throw new BadDefinition(
                    column, "is no column", "the columns are " + String.join(", ", columns()));
        }
        return field;
    }

    /**
     * The key of a row.
     *
     * @throws Invalid when its id column is empty
     */
    public Key keyOf(Row row) {
        Object value = row.value(id);
        if (value == null) {
            throw new Invalid(id, "must not be empty", null);
        }
        return Key.of(value);
    }

    /**
     * A new row in normal form.
     *
     * @throws Invalid with every rule it breaks
     */
    public Row checkInsert(Row row) {
        List<Violation> found = new ArrayList<>();
        Row normal = checkFields(row, found);
        for (Field field : fields.values()) {
            boolean needed = (field.required() && !field.defaulted()) || field.name().equals(id);
            if (needed && !row.has(field.name())) {
                found.add(violation(field.name(), "must be there", null));
            }
        }
        return orInvalid(normal, found);
    }

    /**
     * The fields of a patch in normal form.
     *
     * @throws Invalid with every rule they break
     */
    public Row checkPatch(Row fieldsOfPatch) {
        List<Violation> found = new ArrayList<>();
        Row normal = checkFields(fieldsOfPatch, found);
        if (fieldsOfPatch.has(id)) {
            found.add(violation(id, "cannot be changed", fieldsOfPatch.value(id)));
        }
        return orInvalid(normal, found);
    }

    /** A value of a column in normal form; one the column does not take stays as it is. */
    @Nullable Object normal(String column, @Nullable Object value) {
        Field field = fields.get(column);
        return field != null && field.type().accepts(value) ? field.type().normal(value) : value;
    }

    /** A row with all columns in order; those it does not have are null. */
    public Row complete(Row row) {
        List<@Nullable Object> values = new ArrayList<>();
        for (String column : shape.columns()) {
            values.add(row.value(column));
        }
        return Row.of(shape, values);
    }

    private Row checkFields(Row row, List<Violation> found) {
        List<@Nullable Object> normal = new ArrayList<>();
        for (String column : row.columns()) {
            Field field = fields.get(column);
            if (field == null) {
                found.add(
                        violation(
                                column,
                                "is no column; the columns are " + columns(),
                                row.value(column)));
                normal.add(null);
            } else {
                normal.add(field.check(row.value(column), found));
            }
        }
        return Row.of(row.shape(), normal);
    }

    private static Row orInvalid(Row normal, List<Violation> found) {
        if (!found.isEmpty()) {
            throw new Invalid(found);
        }
        return normal;
    }

    private static Violation violation(String path, String rule, @Nullable Object value) {
        return new Invalid(path, rule, value).violations().getFirst();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Schema schema
                && id.equals(schema.id)
                && fields().equals(schema.fields());
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, fields());
    }

    /** The columns, the id marked. */
    @Override
    public String toString() {
        return "Schema" + fields.values().stream().map(this::shown).toList();
    }

    private String shown(Field field) {
        return field.name() + " " + field.type().text() + (field.name().equals(id) ? " (id)" : "");
    }
}
