package dev.orrery.view;

import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Total;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a view that lie in a viewport, all as of one revision. Immutable.
 *
 * @param first the index in the view of the first row here
 * @param keys the keys of the rows, in the same order
 * @param rows the rows; fewer than the viewport is long where the view ends
 * @param total how many rows the view has in all
 * @param failure why the view stopped following its sources, if it did; the rows are the last ones
 */
public record Window<R>(
        int first, List<Key> keys, List<R> rows, Total total, Optional<UserFailure> failure) {
    public Window {
        keys = List.copyOf(keys);
        rows = List.copyOf(rows);
    }
}
