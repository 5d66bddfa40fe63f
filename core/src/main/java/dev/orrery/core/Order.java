package dev.orrery.core;

import java.util.Comparator;
import java.util.List;

/**
 * One column to sort rows by: in which direction, and where the rows without a value go.
 *
 * <p>Values are ordered by one total order over all types (null apart): flags, numbers of every
 * class by magnitude with NaN as the greatest, text by code point, bytes, dates, instants, lists,
 * maps. An absent column counts as null. Immutable.
 *
 * @param column the column's name
 * @param direction least or greatest first
 * @param nulls where null goes, whatever the direction
 */
public record Order(String column, Direction direction, Nulls nulls) {

    /** Least or greatest first. */
    public enum Direction {
        /** Least first. */
        ASCENDING,
        /** Greatest first. */
        DESCENDING
    }

    /** Where rows without a value go. */
    public enum Nulls {
        /** Before all values. */
        FIRST,
        /** After all values. */
        LAST
    }

    /** Least first, rows without a value last. */
    public static Order ascending(String column) {
        return new Order(column, Direction.ASCENDING, Nulls.LAST);
    }

    /** Greatest first, rows without a value last. */
    public static Order descending(String column) {
        return new Order(column, Direction.DESCENDING, Nulls.LAST);
    }

    /** This order with rows without a value before all others. */
    public Order nullsFirst() {
        return new Order(column, direction, Nulls.FIRST);
    }

    /** This order with rows without a value after all others. */
    public Order nullsLast() {
        return new Order(column, direction, Nulls.LAST);
    }

    /**
     * The opposite order: {@code compare(a, b)} of the one is that of {@code compare(b, a)} of the
     * other.
     */
    public Order reversed() {
        return new Order(
                column,
                direction == Direction.ASCENDING ? Direction.DESCENDING : Direction.ASCENDING,
                nulls == Nulls.FIRST ? Nulls.LAST : Nulls.FIRST);
    }

    /**
     * Compares rows by the first order in which they differ; without orders all rows are equal.
     *
     * <p>Rows that compare equal need not be equal: add the key's column, or compare keys, where
     * ties must be broken.
     */
    public static Comparator<Row> comparator(List<Order> orders) {
        var each = orders.toArray(Order[]::new);
        return (left, right) -> {
            for (var order : each) {
                var compared = order.compare(left, right);
                if (compared != 0) {
                    return compared;
                }
            }
            return 0;
        };
    }

    private int compare(Row left, Row right) { // law C21
        var leftValue = left.value(column);
        var rightValue = right.value(column);
        if (leftValue == null || rightValue == null) {
            var compared = Boolean.compare(rightValue == null, leftValue == null);
            return nulls == Nulls.FIRST ? compared : -compared;
        }
        var compared = Values.compare(leftValue, rightValue);
        // compared is only a sign, but may be the least integer, whose negation is itself
        return direction == Direction.ASCENDING ? compared : Integer.compare(0, compared);
    }

    /** As in SQL: {@code departures desc nulls last}. */
    @Override
    public String toString() {
        return column
                + (direction == Direction.ASCENDING ? " asc" : " desc")
                + (nulls == Nulls.FIRST ? " nulls first" : " nulls last");
    }
}
