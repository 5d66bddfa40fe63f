package dev.orrery.view;

import dev.orrery.core.OrreryException.Invalid;
import java.util.List;

/**
 * Which rows of a view are looked at. Immutable.
 *
 * @param first the index of the first
 * @param end the index after the last one there is room for
 */
record Viewport(int first, int end) {
    static Viewport of(int first, int rows, int limit) {
        if (first < 0 || rows < 0) {
            throw new Invalid(
                    "viewport",
                    "begins at zero or later and has zero or more rows",
                    first + ", " + rows);
        }
        long end = Math.min((long) first + rows, limit);
        return new Viewport(first, (int) Math.max(first, end));
    }

    /** The rows inside. */
    List<Entry> of(OrderTree<Entry> rows) {
        int to = Math.min(end, rows.size());
        return first < to ? rows.range(first, to) : List.of();
    }

    int room() {
        return end - first;
    }

    boolean holds(int index) {
        return first <= index && index < end;
    }
}
