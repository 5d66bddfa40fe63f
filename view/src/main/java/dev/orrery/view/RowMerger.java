package dev.orrery.view;

import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the columns of a joined row after those of the first; the first's win where names meet.
 *
 * <p>Rows of one relation share their shape, so the merged shape is worked out once. Used by one
 * thread at a time.
 */
final class RowMerger {
    private Shape left = Shape.of();
    private Shape right = Shape.of();
    private Shape both = Shape.of();
    private List<String> added = List.of();

    Row merge(Row first, Row joined) {
        if (!first.shape().equals(left) || !joined.shape().equals(right)) {
            meet(first.shape(), joined.shape());
        }
        List<@Nullable Object> values = new ArrayList<>(both.size());
        for (String column : left.columns()) {
            values.add(first.value(column));
        }
        for (String column : added) {
            values.add(joined.value(column));
        }
        return Row.of(both, values);
    }

    private void meet(Shape first, Shape joined) {
        List<String> names = new ArrayList<>(first.columns());
        List<String> more = joined.columns().stream().filter(name -> !first.has(name)).toList();
        names.addAll(more);
        left = first;
        right = joined;
        added = more;
        both = Shape.of(names);
    }
}
