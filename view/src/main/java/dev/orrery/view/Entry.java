package dev.orrery.view;

import dev.orrery.core.Key;
import dev.orrery.core.Order;
import dev.orrery.core.Row;
import java.util.Comparator;
import java.util.List;

/**
 * One row of a table view. Immutable.
 *
 * @param id the key in the relation the view is selected from
 * @param row what readers see
 * @param place the columns it is ordered by; {@code row} itself when those are among its own
 */
record Entry(Object id, Row row, Row place) {
    /** A total order: by the columns asked for, then by key. */
    static Comparator<Entry> comparator(List<Order> orders) { // law V2
        Comparator<Row> byPlace = Order.comparator(orders);
        return (left, right) -> {
            int compared = byPlace.compare(left.place, right.place);
            return compared != 0 ? compared : compareIds(left.id, right.id);
        };
    }

    @SuppressWarnings("unchecked") // keys of one relation are of one kind
    private static int compareIds(Object left, Object right) {
        if (left.equals(right)) {
            return 0;
        }
        int compared =
                left instanceof Comparable<?> comparable
                        ? ((Comparable<Object>) comparable).compareTo(right)
                        : Key.of(left).compareTo(Key.of(right));
        return compared != 0 ? compared : left.toString().compareTo(right.toString());
    }

    Key key() {
        return id instanceof Key key ? key : Key.of(id);
    }
}
