package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter over rows as data: it can be evaluated here, pushed down to a driver, indexed, and
 * compared with another.
 *
 * <p>Truth is three-valued, as in SQL: a comparison with a null or absent column is {@link
 * Truth#UNKNOWN}, so is one between values of different kinds (text and a number), and a row
 * {@linkplain #holds matches} only what is {@link Truth#TRUE}. Numbers compare by magnitude
 * whatever their class; text is ordered by code point; {@code contains} and {@code startsWith} go
 * letter for letter. Made by {@link Column}s and joined by {@link #and}, {@link #or}, {@link #not}.
 * Equal when written with the same parts in the same order. Immutable.
 */
public sealed interface Condition {

    /** The truth of a condition about a row. */
    enum Truth {
        /** It holds. */
        TRUE,
        /** It does not hold. */
        FALSE,
        /** It cannot be told, for want of a value. */
        UNKNOWN;

        /** The truth of the opposite. */
        public Truth not() {
            return switch (this) {
                case TRUE -> FALSE;
                case FALSE -> TRUE;
                case UNKNOWN -> UNKNOWN;
            };
        }

        private static Truth of(boolean holds) {
            return holds ? TRUE : FALSE;
        }
    }

    /** How a {@link Compare} compares. */
    enum Comparison {
        /** The same value. */
        EQUAL("="),
        /** Another value. */
        NOT_EQUAL("<>"),
        /** A lesser value. */
        LESS("<"),
        /** A lesser or the same value. */
        LESS_OR_EQUAL("<="),
        /** A greater value. */
        GREATER(">"),
        /** A greater or the same value. */
        GREATER_OR_EQUAL(">=");

        private final String sql;

        Comparison(String sql) {
            this.sql = sql;
        }

        /** The sign in SQL. */
        public String sql() {
            return sql;
        }

        private boolean accepts(int compared) {
            return switch (this) {
                case EQUAL -> compared == 0;
                case NOT_EQUAL -> compared != 0;
                case LESS -> compared < 0;
                case LESS_OR_EQUAL -> compared <= 0;
                case GREATER -> compared > 0;
                case GREATER_OR_EQUAL -> compared >= 0;
            };
        }
    }

    /** The condition every row meets. */
    static Condition all() {
        return All.EVERY;
    }

    /** The condition no row meets. */
    static Condition none() {
        return new Not(All.EVERY);
    }

    /** True for rows whose column has one of these values; none when there are none. */
    static Condition in(String column, List<?> values) {
        return values.isEmpty() ? none() : new In(column, List.copyOf(values));
    }

    /** The truth of this condition about a row. */
    Truth truth(Row row);

    /** Whether a row meets this condition: it is true, neither false nor unknown. */
    default boolean holds(Row row) { // law C22
        return truth(row) == Truth.TRUE;
    }

    /** True where both are. */
    default Condition and(Condition other) {
        if (this instanceof All) {
            return other;
        }
        if (other instanceof All) {
            return this;
        }
        var parts = new ArrayList<Condition>(this instanceof And and ? and.parts() : List.of(this));
        parts.addAll(other instanceof And and ? and.parts() : List.of(other));
        return new And(parts);
    }

    /** True where at least one is. */
    default Condition or(Condition other) {
        if (this instanceof All || other instanceof All) {
            return all();
        }
        var parts = new ArrayList<Condition>(this instanceof Or or ? or.parts() : List.of(this));
        parts.addAll(other instanceof Or or ? or.parts() : List.of(other));
        return new Or(parts);
    }

    /** True where this is false; unknown stays unknown. */
    default Condition not() {
        return this instanceof Not negated ? negated.part() : new Not(this);
    }

    /**
     * What every match must have: for some columns, the one value.
     *
     * <p>For indexing: a row that meets the condition has, in each of these columns, a value whose
     * {@link #indexed} form equals the value given here. Empty when nothing is certain.
     */
    default Map<String, Object> equalities() { // law C23
        return Map.of();
    }

    /**
     * The one value that stands for all that a condition takes for equal to a row's value: 1, 1.0
     * and 1.00 are one.
     *
     * @param value a value of a row
     */
    static @Nullable Object indexed(@Nullable Object value) {
        return Values.canonicalOrNull(value);
    }

    /** The names of the columns it looks at, sorted. */
    default Set<String> columns() {
        var names = new TreeSet<String>();
        collectColumns(this, names);
        return Collections.unmodifiableSet(names);
    }

    private static void collectColumns(Condition condition, Set<String> names) {
        switch (condition) {
            case All _ -> {}
            case Compare compare -> names.add(compare.column());
            case In in -> names.add(in.column());
            case IsNull isNull -> names.add(isNull.column());
            case Contains contains -> names.add(contains.column());
            case StartsWith startsWith -> names.add(startsWith.column());
            case And and -> and.parts().forEach(part -> collectColumns(part, names));
            case Or or -> or.parts().forEach(part -> collectColumns(part, names));
            case Not not -> collectColumns(not.part(), names);
        }
    }

    /** Every row. */
    record All() implements Condition {
        private static final All EVERY = new All();

        @Override
        public Truth truth(Row row) {
            return Truth.TRUE;
        }

        @Override
        public String toString() {
            return "true";
        }
    }

    /**
     * A column compared with a value.
     *
     * @param column the column's name
     * @param comparison how
     * @param value in {@linkplain #indexed canonical} form
     */
    record Compare(String column, Comparison comparison, Object value) implements Condition {
        /** Brings the value into canonical form. */
        public Compare {
            value = canonical(column, value);
        }

        @Override
        public Truth truth(Row row) {
            var actual = row.value(column);
            return comparable(actual, value)
                    ? Truth.of(comparison.accepts(Values.compare(actual, value)))
                    : Truth.UNKNOWN;
        }

        @Override
        public Map<String, Object> equalities() {
            return comparison == Comparison.EQUAL ? Map.of(column, value) : Map.of();
        }

        @Override
        public String toString() {
            return column + " " + comparison.sql() + " " + Values.shown(value);
        }
    }

    /**
     * A column's value among several.
     *
     * @param column the column's name
     * @param values at least one; in {@linkplain #indexed canonical} form, sorted, none twice
     */
    record In(String column, List<Object> values) implements Condition {
        /** Brings the values into canonical form and order. */
        public In {
            values = sorted(column, values);
        }

        @Override
        public Truth truth(Row row) {
            var actual = row.value(column);
            if (actual == null) {
                return Truth.UNKNOWN;
            }
            if (Collections.binarySearch(values, actual, Values::compare) >= 0) {
                return Truth.TRUE;
            }
            // in order of kind: when the first and the last are of this kind, all are
            var allComparable =
                    comparable(actual, values.getFirst()) && comparable(actual, values.getLast());
            return allComparable ? Truth.FALSE : Truth.UNKNOWN;
        }

        @Override
        public Map<String, Object> equalities() {
            return values.size() == 1 ? Map.of(column, values.getFirst()) : Map.of();
        }

        @Override
        public String toString() {
            return column
                    + values.stream()
                            .map(Values::shown)
                            .collect(Collectors.joining(", ", " in (", ")"));
        }
    }

    /**
     * A column without a value; never unknown.
     *
     * @param column the column's name
     */
    record IsNull(String column) implements Condition {
        @Override
        public Truth truth(Row row) {
            return Truth.of(row.value(column) == null);
        }

        @Override
        public String toString() {
            return column + " is null";
        }
    }

    /**
     * A column's text with a part in it.
     *
     * @param column the column's name
     * @param part what must be in it, letter for letter
     */
    record Contains(String column, String part) implements Condition {
        @Override
        public Truth truth(Row row) {
            return row.value(column) instanceof String text
                    ? Truth.of(text.contains(part))
                    : Truth.UNKNOWN;
        }

        @Override
        public String toString() {
            return column + " contains " + Values.shown(part);
        }
    }

    /**
     * A column's text with a beginning.
     *
     * @param column the column's name
     * @param prefix what it must begin with, letter for letter
     */
    record StartsWith(String column, String prefix) implements Condition {
        @Override
        public Truth truth(Row row) {
            return row.value(column) instanceof String text
                    ? Truth.of(text.startsWith(prefix))
                    : Truth.UNKNOWN;
        }

        @Override
        public String toString() {
            return column + " starts with " + Values.shown(prefix);
        }
    }

    /**
     * True where all parts are, false where one is false.
     *
     * @param parts at least one
     */
    record And(List<Condition> parts) implements Condition {
        /** Copies the parts. */
        public And {
            parts = someOf(parts);
        }

        @Override
        public Truth truth(Row row) {
            var truth = Truth.TRUE;
            for (var part : parts) {
                var each = part.truth(row);
                if (each == Truth.FALSE) {
                    return Truth.FALSE;
                }
                if (each == Truth.UNKNOWN) {
                    truth = Truth.UNKNOWN;
                }
            }
            return truth;
        }

        @Override
        public Map<String, Object> equalities() {
            var certain = new LinkedHashMap<String, Object>();
            // two values for one column mean no match at all, for which either is true
            parts.forEach(part -> part.equalities().forEach(certain::putIfAbsent));
            return Collections.unmodifiableMap(certain);
        }

        @Override
        public String toString() {
            return joined(parts, " and ");
        }
    }

    /**
     * True where one part is, false where all are false.
     *
     * @param parts at least one
     */
    record Or(List<Condition> parts) implements Condition {
        /** Copies the parts. */
        public Or {
            parts = someOf(parts);
        }

        @Override
        public Truth truth(Row row) {
            var truth = Truth.FALSE;
            for (var part : parts) {
                var each = part.truth(row);
                if (each == Truth.TRUE) {
                    return Truth.TRUE;
                }
                if (each == Truth.UNKNOWN) {
                    truth = Truth.UNKNOWN;
                }
            }
            return truth;
        }

        @Override
        public Map<String, Object> equalities() {
            var common = new LinkedHashMap<>(parts.getFirst().equalities());
            for (var part : parts) {
                common.entrySet().retainAll(part.equalities().entrySet());
            }
            return Collections.unmodifiableMap(common);
        }

        @Override
        public String toString() {
            return joined(parts, " or ");
        }
    }

    /**
     * True where the part is false.
     *
     * @param part what must be false
     */
    record Not(Condition part) implements Condition {
        @Override
        public Truth truth(Row row) {
            return part.truth(row).not();
        }

        @Override
        public String toString() {
            return "not (" + part + ")";
        }
    }

    private static boolean comparable(@Nullable Object actual, Object expected) {
        return actual != null && Values.kind(actual) == Values.kind(expected);
    }

    private static Object canonical(String column, @Nullable Object value) {
        if (value == null) {
            throw new Invalid(column, "cannot be compared with null; ask isNull()", value);
        }
        return Values.canonical(Values.normal(value));
    }

    private static List<Object> sorted(String column, List<Object> values) {
        if (values.isEmpty()) {
            throw new Invalid(column, "needs at least one value to be among", values);
        }
        var sorted = new TreeSet<Object>(Values::compare);
        for (var value : values) {
            sorted.add(canonical(column, value));
        }
        return List.copyOf(sorted);
    }

    private static List<Condition> someOf(List<Condition> parts) {
        if (parts.isEmpty()) {
            throw new Invalid("", "needs at least one part; use Condition.all() or none()", parts);
        }
        return List.copyOf(new LinkedHashSet<>(parts));
    }

    private static String joined(List<Condition> parts, String word) {
        return parts.stream()
                .map(part ->
                        part instanceof And || part instanceof Or
                                ? "(" + part + ")"
                                : part.toString())
                .collect(Collectors.joining(word));
    }
}
