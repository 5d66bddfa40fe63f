package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable record of named values that shares its {@link Shape} with the rows it was made from.
 *
 * <p>Values are null, Boolean, Long, Double, BigDecimal, String, {@link Bytes}, Instant, LocalDate,
 * and unmodifiable List and Map of these; other integers, floats, {@code byte[]} and nested rows
 * are brought into that form when they enter. Two rows are equal when they give the same columns
 * equal values, in whatever order. A column that is there with null is not the same as a column
 * that is not there.
 */
public final class Row {
    private static final Row EMPTY = new Row(Shape.of(), new @Nullable Object[0]);

    private final Shape shape;
    private final @Nullable Object[] values;

    /** Values in normal form, one for each column; the array is taken over. */
    Row(Shape shape, @Nullable Object[] values) {
        this.shape = shape;
        this.values = values;
    }

    // ---- making rows

    /**
     * A row of names and values in turn: {@code Row.of("iata", "SFO", "lat", 37.6)}.
     *
     * @throws Invalid when a name is missing, comes twice, or a value is none of the ten types
     */
    public static Row of(@Nullable Object... namesAndValues) {
        if (namesAndValues.length == 0) {
            return EMPTY;
        }
        if (namesAndValues.length % 2 != 0) {
            throw new Invalid(
                    "", "needs names and values in turn", Arrays.toString(namesAndValues));
        }
        var names = new String[namesAndValues.length / 2];
        var values = new @Nullable Object[names.length];
        for (var i = 0; i < names.length; i++) {
            if (!(namesAndValues[2 * i] instanceof String name)) {
                throw new Invalid(
                        "", "needs a column's name at place " + 2 * i, namesAndValues[2 * i]);
            }
            names[i] = name;
            values[i] = normal(name, namesAndValues[2 * i + 1]);
        }
        return new Row(Shape.taking(names), values);
    }

    /**
     * A row of a shape's columns and as many values.
     *
     * @throws Invalid when the counts differ or a value is none of the ten types
     */
    public static Row of(Shape shape, List<? extends @Nullable Object> values) {
        if (values.size() != shape.size()) {
            throw new Invalid("", "needs one value for each of " + shape, values);
        }
        var normal = new @Nullable Object[shape.size()];
        for (var i = 0; i < normal.length; i++) {
            normal[i] = normal(shape.column(i), values.get(i));
        }
        return new Row(shape, normal);
    }

    /**
     * A row of a map's entries, in its order.
     *
     * @throws Invalid when a value is none of the ten types
     */
    public static Row from(Map<String, ? extends @Nullable Object> values) {
        if (values.isEmpty()) {
            return EMPTY;
        }
        var names = new String[values.size()];
        var normal = new @Nullable Object[names.length];
        var next = 0;
        for (var entry : values.entrySet()) {
            names[next] = entry.getKey();
            normal[next++] = normal(entry.getKey(), entry.getValue());
        }
        return new Row(Shape.taking(names), normal);
    }

    /**
     * The row of a record: a column for each component, by {@link Name} where it has one.
     *
     * @throws OrreryException.BadDefinition when the record's module does not open it, or a
     *     component has no value form
     */
    public static Row from(Record record) {
        return Mapping.ofRecord(record.getClass()).toRow(record);
    }

    /**
     * The record whose components are this row's columns; columns it does not have are left out.
     *
     * @throws Invalid naming the columns that are missing or do not fit
     * @throws OrreryException.BadDefinition when the record's module does not open it, or a
     *     component has no value form
     */
    public <R extends Record> R as(Class<R> type) {
        return type.cast(Mapping.ofRecord(type).fromRow(this));
    }

    // ---- reading values

    /**
     * The text in a column; {@link Invalid} naming column and shape when it is absent, null or not
     * text.
     */
    public String text(String column) {
        return require(column, ValueType.TEXT, String.class);
    }

    /** The text in a column, or the fallback when it is absent or null. */
    public String text(String column, String fallback) {
        return orElse(column, ValueType.TEXT, String.class, fallback);
    }

    /** The integer in a column; {@link Invalid} when it is absent, null or no whole number. */
    public long integer(String column) {
        return require(column, ValueType.INTEGER, Long.class);
    }

    /** The integer in a column, or the fallback when it is absent or null. */
    public long integer(String column, long fallback) {
        return orElse(column, ValueType.INTEGER, Long.class, fallback);
    }

    /** The number in a column; {@link Invalid} when it is absent, null or no number. */
    public double number(String column) {
        return require(column, ValueType.NUMBER, Double.class);
    }

    /** The number in a column, or the fallback when it is absent or null. */
    public double number(String column, double fallback) {
        return orElse(column, ValueType.NUMBER, Double.class, fallback);
    }

    /** The decimal in a column; {@link Invalid} when it is absent, null or no number. */
    public BigDecimal decimal(String column) {
        return require(column, ValueType.DECIMAL, BigDecimal.class);
    }

    /** The decimal in a column, or the fallback when it is absent or null. */
    public BigDecimal decimal(String column, BigDecimal fallback) {
        return orElse(column, ValueType.DECIMAL, BigDecimal.class, fallback);
    }

    /** The flag in a column; {@link Invalid} when it is absent, null or no flag. */
    public boolean flag(String column) {
        return require(column, ValueType.FLAG, Boolean.class);
    }

    /** The flag in a column, or the fallback when it is absent or null. */
    public boolean flag(String column, boolean fallback) {
        return orElse(column, ValueType.FLAG, Boolean.class, fallback);
    }

    /** The bytes in a column; {@link Invalid} when it is absent, null or not bytes. */
    public Bytes bytes(String column) {
        return require(column, ValueType.BYTES, Bytes.class);
    }

    /** The bytes in a column, or the fallback when it is absent or null. */
    public Bytes bytes(String column, Bytes fallback) {
        return orElse(column, ValueType.BYTES, Bytes.class, fallback);
    }

    /** The instant in a column; {@link Invalid} when it is absent, null or no instant. */
    public Instant instant(String column) {
        return require(column, ValueType.INSTANT, Instant.class);
    }

    /** The instant in a column, or the fallback when it is absent or null. */
    public Instant instant(String column, Instant fallback) {
        return orElse(column, ValueType.INSTANT, Instant.class, fallback);
    }

    /** The date in a column; {@link Invalid} when it is absent, null or no date. */
    public LocalDate date(String column) {
        return require(column, ValueType.DATE, LocalDate.class);
    }

    /** The date in a column, or the fallback when it is absent or null. */
    public LocalDate date(String column, LocalDate fallback) {
        return orElse(column, ValueType.DATE, LocalDate.class, fallback);
    }

    /**
     * The list in a column, of plain values; {@link Invalid} when it is absent, null or no list.
     */
    public List<?> list(String column) {
        return require(column, ValueType.LIST, List.class);
    }

    /** The list in a column, or the fallback when it is absent or null. */
    public List<?> list(String column, List<?> fallback) {
        return orElse(column, ValueType.LIST, List.class, fallback);
    }

    /**
     * The map in a column, from text to plain values; {@link Invalid} when it is absent, null or no
     * map.
     */
    @SuppressWarnings("unchecked") // every map in normal form has text as keys
    public Map<String, ?> map(String column) {
        return (Map<String, ?>) require(column, ValueType.MAP, Map.class);
    }

    /** The map in a column, or the fallback when it is absent or null. */
    @SuppressWarnings("unchecked") // every map in normal form has text as keys
    public Map<String, ?> map(String column, Map<String, ?> fallback) {
        return (Map<String, ?>) orElse(column, ValueType.MAP, Map.class, fallback);
    }

    /** The value in a typed column; {@link Invalid} when it is absent, null or of another type. */
    public <T> T value(Column<T> column) {
        return require(column.name(), column.type(), column.javaClass());
    }

    /** The value in a typed column, or the fallback when it is absent or null. */
    public <T> T value(Column<T> column, T fallback) {
        return orElse(column.name(), column.type(), column.javaClass(), fallback);
    }

    /** The value in a column as it is; null when it is null or the column absent. */
    public @Nullable Object value(String column) {
        var index = shape.indexOf(column);
        return index < 0 ? null : values[index];
    }

    /**
     * The value in the column at an index of {@link #columns}, as it is: for who goes through all
     * of them.
     *
     * @throws IndexOutOfBoundsException when there are not so many
     */
    public @Nullable Object at(int index) {
        return values[index];
    }

    /** True when the column is there, be it with null. */
    public boolean has(String column) {
        return shape.has(column);
    }

    /** The shape this row shares. */
    public Shape shape() {
        return shape;
    }

    /** The names of the columns, in order. */
    public List<String> columns() {
        return shape.columns();
    }

    /** The columns and their values, in order, unmodifiable. */
    public Map<String, @Nullable Object> toMap() {
        var map = LinkedHashMap.<String, @Nullable Object>newLinkedHashMap(values.length);
        for (var i = 0; i < values.length; i++) {
            map.put(shape.column(i), values[i]);
        }
        return Collections.unmodifiableMap(map);
    }

    // ---- rows from this one

    /**
     * This row with another value in a column, which is added at the end if it is not there.
     *
     * @throws Invalid when the value is none of the ten types
     */
    public Row with(String column, @Nullable Object value) {
        var normal = normal(column, value);
        var index = shape.indexOf(column);
        if (index >= 0) {
            var changed = values.clone();
            changed[index] = normal;
            return new Row(shape, changed);
        }
        var longer = Arrays.copyOf(values, values.length + 1);
        longer[values.length] = normal;
        return new Row(shape.plus(column), longer);
    }

    /**
     * The same row, sharing a shape with others: what is worked out for a shape is then worked out
     * once.
     *
     * @param equal a shape equal to this row's
     */
    public Row sharing(Shape equal) {
        if (!shape.equals(equal)) {
            throw new Invalid("", "needs a shape equal to " + shape, equal);
        }
        return new Row(equal, values);
    }

    /** This row without a column; the same row when it is not there. */
    public Row without(String column) {
        var index = shape.indexOf(column);
        if (index < 0) {
            return this;
        }
        var names = new String[values.length - 1];
        var left = new @Nullable Object[values.length - 1];
        for (int from = 0, to = 0; from < values.length; from++) {
            if (from != index) {
                names[to] = shape.column(from);
                left[to++] = values[from];
            }
        }
        return new Row(Shape.taking(names), left);
    }

    /** This row with the patch's values in the patch's columns. */
    public Row merge(Row patch) {
        var merged = this;
        for (var i = 0; i < patch.values.length; i++) {
            merged = merged.with(patch.shape.column(i), patch.values[i]);
        }
        return merged;
    }

    // ---- inside

    /** The row of a map in normal form. */
    static Row trusted(Map<?, ?> values) {
        return new Row(
                Shape.of(values.keySet().stream().map(String.class::cast).toList()),
                values.values().toArray());
    }

    private static @Nullable Object normal(String column, @Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Long) {
            return value;
        }
        try {
            return Values.normal(value);
        } catch (Invalid refused) {
            throw new Invalid(column, refused.violations().getFirst().rule(), value);
        }
    }

    private <T> T require(String column, ValueType type, Class<T> valueClass) {
        var value = value(column);
        if (valueClass.isInstance(value)) {
            return valueClass.cast(value);
        }
        return converted(column, value, type, valueClass);
    }

    private <T> T converted(
            String column, @Nullable Object value, ValueType type, Class<T> valueClass) {
        var converted = value == null ? null : type.convert(value);
        if (converted == null) {
            var rule = has(column) ? "must be " + type.text() : "must be there, as " + type.text();
            throw new Invalid(column, rule + ", in a row of " + shape, value);
        }
        return valueClass.cast(converted);
    }

    private <T> T orElse(String column, ValueType type, Class<T> valueClass, T fallback) {
        return value(column) == null ? fallback : require(column, type, valueClass);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (other == this) {
            return true;
        }
        if (!(other instanceof Row row) || row.values.length != values.length) {
            return false;
        }
        return row.shape.equals(shape) ? Arrays.equals(values, row.values) : sameByName(row);
    }

    private boolean sameByName(Row row) {
        for (var i = 0; i < values.length; i++) {
            var there = row.shape.indexOf(shape.column(i));
            if (there < 0 || !Objects.equals(values[i], row.values[there])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        var hash = 0;
        for (var i = 0; i < values.length; i++) {
            hash += shape.column(i).hashCode() ^ Objects.hashCode(values[i]);
        }
        return hash;
    }

    /** The columns and values in braces, as a map prints. */
    @Override
    public String toString() {
        return toMap().toString();
    }
}
