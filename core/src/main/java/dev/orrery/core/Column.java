package dev.orrery.core;

import dev.orrery.core.Condition.Compare;
import dev.orrery.core.Condition.Comparison;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A column's name with the type of its values: where conditions and orders come from, and typed
 * reads of a {@link Row}.
 *
 * <p>A column says what its reader expects; it belongs to no table. Comparing it with a value of
 * another type does not compile. Immutable, usable as a constant.
 *
 * @param <T> the class of its values
 */
public sealed class Column<T> permits Column.Text, Column.Whole, Column.Real {
    private final String name;
    private final ValueType type;
    private final Class<T> javaClass;

    @SuppressWarnings("unchecked") // each factory names the value class of its type
    private Column(String name, ValueType type) {
        this.name = name;
        this.type = type;
        this.javaClass = (Class<T>) type.valueClass();
    }

    /** A column of text. */
    public static Text text(String name) {
        return new Text(name);
    }

    /** A column of whole numbers. */
    public static Whole integer(String name) {
        return new Whole(name);
    }

    /** A column of binary fractions. */
    public static Real number(String name) {
        return new Real(name);
    }

    /** A column of decimal fractions. */
    public static Column<BigDecimal> decimal(String name) {
        return new Column<>(name, ValueType.DECIMAL);
    }

    /** A column of flags. */
    public static Column<Boolean> flag(String name) {
        return new Column<>(name, ValueType.FLAG);
    }

    /** A column of bytes. */
    public static Column<Bytes> bytes(String name) {
        return new Column<>(name, ValueType.BYTES);
    }

    /** A column of instants. */
    public static Column<Instant> instant(String name) {
        return new Column<>(name, ValueType.INSTANT);
    }

    /** A column of dates. */
    public static Column<LocalDate> date(String name) {
        return new Column<>(name, ValueType.DATE);
    }

    /** A column of lists of plain values. */
    public static Column<List<?>> list(String name) {
        return new Column<>(name, ValueType.LIST);
    }

    /** A column of maps from text to plain values. */
    public static Column<Map<String, ?>> map(String name) {
        return new Column<>(name, ValueType.MAP);
    }

    /** The column's name. */
    public final String name() {
        return name;
    }

    /** The type of its values. */
    public final ValueType type() {
        return type;
    }

    final Class<T> javaClass() {
        return javaClass;
    }

    /** True for rows whose value equals this one. */
    public final Condition eq(T value) {
        return compare(Comparison.EQUAL, value);
    }

    /** True for rows that have another value; not for rows that have none. */
    public final Condition ne(T value) {
        return compare(Comparison.NOT_EQUAL, value);
    }

    /** True for rows whose value is less. */
    public final Condition lt(T value) {
        return compare(Comparison.LESS, value);
    }

    /** True for rows whose value is less or equal. */
    public final Condition le(T value) {
        return compare(Comparison.LESS_OR_EQUAL, value);
    }

    /** True for rows whose value is greater. */
    public final Condition gt(T value) {
        return compare(Comparison.GREATER, value);
    }

    /** True for rows whose value is greater or equal. */
    public final Condition ge(T value) {
        return compare(Comparison.GREATER_OR_EQUAL, value);
    }

    /** True for rows whose value lies between two, both included. */
    public final Condition between(T least, T greatest) {
        return ge(least).and(le(greatest));
    }

    /** True for rows whose value is among these; for none when there are none. */
    public final Condition in(Collection<? extends T> values) {
        return Condition.in(name, new ArrayList<Object>(values));
    }

    /** True for rows without a value here. */
    public final Condition isNull() {
        return new Condition.IsNull(name);
    }

    /** True for rows with a value here. */
    public final Condition notNull() {
        return isNull().not();
    }

    /** Least first, rows without a value last. */
    public final Order ascending() {
        return Order.ascending(name);
    }

    /** Greatest first, rows without a value last. */
    public final Order descending() {
        return Order.descending(name);
    }

    final Condition compare(Comparison comparison, Object value) {
        return new Compare(name, comparison, value);
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof Column<?> column && name.equals(column.name) && type == column.type;
    }

    @Override
    public final int hashCode() {
        return name.hashCode() * 31 + type.hashCode();
    }

    /** The name and the type. */
    @Override
    public final String toString() {
        return name + " " + type.text();
    }

    /** A column of text, which can also be looked into. */
    public static final class Text extends Column<String> {
        private Text(String name) {
            super(name, ValueType.TEXT);
        }

        /** True for rows whose text has this in it, letter for letter. */
        public Condition contains(String part) {
            return new Condition.Contains(name(), part);
        }

        /** True for rows whose text begins with this, letter for letter. */
        public Condition startsWith(String prefix) {
            return new Condition.StartsWith(name(), prefix);
        }
    }

    /** A column of whole numbers, comparable with plain Java ones. */
    public static final class Whole extends Column<Long> {
        private Whole(String name) {
            super(name, ValueType.INTEGER);
        }

        /** As {@link Column#eq}. */
        public Condition eq(long value) {
            return compare(Comparison.EQUAL, value);
        }

        /** As {@link Column#ne}. */
        public Condition ne(long value) {
            return compare(Comparison.NOT_EQUAL, value);
        }

        /** As {@link Column#lt}. */
        public Condition lt(long value) {
            return compare(Comparison.LESS, value);
        }

        /** As {@link Column#le}. */
        public Condition le(long value) {
            return compare(Comparison.LESS_OR_EQUAL, value);
        }

        /** As {@link Column#gt}. */
        public Condition gt(long value) {
            return compare(Comparison.GREATER, value);
        }

        /** As {@link Column#ge}. */
        public Condition ge(long value) {
            return compare(Comparison.GREATER_OR_EQUAL, value);
        }

        /** As {@link Column#between}. */
        public Condition between(long least, long greatest) {
            return ge(least).and(le(greatest));
        }
    }

    /** A column of binary fractions, comparable with plain Java ones. */
    public static final class Real extends Column<Double> {
        private Real(String name) {
            super(name, ValueType.NUMBER);
        }

        /** As {@link Column#eq}. */
        public Condition eq(double value) {
            return compare(Comparison.EQUAL, value);
        }

        /** As {@link Column#ne}. */
        public Condition ne(double value) {
            return compare(Comparison.NOT_EQUAL, value);
        }

        /** As {@link Column#lt}. */
        public Condition lt(double value) {
            return compare(Comparison.LESS, value);
        }

        /** As {@link Column#le}. */
        public Condition le(double value) {
            return compare(Comparison.LESS_OR_EQUAL, value);
        }

        /** As {@link Column#gt}. */
        public Condition gt(double value) {
            return compare(Comparison.GREATER, value);
        }

        /** As {@link Column#ge}. */
        public Condition ge(double value) {
            return compare(Comparison.GREATER_OR_EQUAL, value);
        }

        /** As {@link Column#between}. */
        public Condition between(double least, double greatest) {
            return ge(least).and(le(greatest));
        }
    }
}
