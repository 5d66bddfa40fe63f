package dev.orrery;

import dev.orrery.channel.Individual;
import dev.orrery.core.Feed;
import dev.orrery.core.Order;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import dev.orrery.view.Patch;
import dev.orrery.view.Select;
import dev.orrery.view.TableView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A view of which every follower has a window of its own: its order and its viewport.
 *
 * <p>A follower asks with {@code {"order": [{"column": "name", "descending": false}, …], "first":
 * 0, "rows": 40}}, each part optional, and moves its viewport with {@code first} and {@code rows}.
 * Followers who ask for one order share the rows. Thread-safe. // law E7
 */
final class Windows implements Individual {
    private final Function<Select, TableView<Row>> views;
    private final Function<TableView<Row>, Runnable> serving;
    private final Select select;
    private final List<String> columns;
    private final int mostRows;
    private final Duration pace;
    private final LongSupplier nanos;

    /**
     * Windows over the rows of a select.
     *
     * @param views opens a view
     * @param serving told of each window that is served; runs what it answers when it is no longer
     * @param select names its columns: followers may order by them
     * @param mostRows the greatest number of rows in a window, and how many there are unless asked
     * @param pace the shortest time between two updates to one follower
     */
    Windows(
            Function<Select, TableView<Row>> views,
            Function<TableView<Row>, Runnable> serving,
            Select select,
            int mostRows,
            Duration pace,
            LongSupplier nanos) {
        this.views = views;
        this.serving = serving;
        this.select = select;
        this.columns =
                select.columnNames()
                        .orElseThrow(() ->
                                new BadDefinition(
                                        select.toString(),
                                        "names no columns to order by",
                                        "name them with columns(...)"));
        this.mostRows = mostRows;
        this.pace = pace;
        this.nanos = nanos;
    }

    @Override
    public Part open(@Nullable Object asked) {
        Map<?, ?> wishes = wishes(asked);
        TableView<Row> view = views.apply(ordered(wishes.get("order")));
        try {
            look(view, wishes);
            return new Window(view, serving.apply(view));
        } catch (RuntimeException refused) {
            view.close();
            throw refused;
        }
    }

    private static Map<?, ?> wishes(@Nullable Object asked) {
        return switch (asked) {
            case null -> Map.of();
            case Map<?, ?> wishes -> wishes;
            default -> throw new Invalid("data", "is an object with order, first and rows", asked);
        };
    }

    private Select ordered(@Nullable Object asked) {
        return switch (asked) {
            case null -> select;
            case List<?> orders ->
                    select.orderBy(orders.stream().map(this::order).toArray(Order[]::new));
            default -> throw new Invalid("order", "is a list of columns", asked);
        };
    }

    private Order order(@Nullable Object asked) {
        if (asked instanceof Map<?, ?> order
                && order.get("column") instanceof String column
                && columns.contains(column)) {
            return Boolean.TRUE.equals(order.get("descending"))
                    ? Order.descending(column)
                    : Order.ascending(column);
        }
        throw new Invalid(
                "order",
                "is of objects with a column, one of " + String.join(", ", columns),
                asked);
    }

    private void look(TableView<Row> view, Map<?, ?> wishes) {
        int first = whole(wishes, "first", 0, Integer.MAX_VALUE);
        view.viewport(first, whole(wishes, "rows", mostRows, mostRows));
    }

    private static int whole(Map<?, ?> wishes, String name, int usual, int most) {
        return switch (wishes.get(name)) {
            case null -> usual;
            case Long number when number >= 0 && number <= most -> number.intValue();
            case Object other -> throw new Invalid(name, "is from 0 to " + most, other);
        };
    }

    /** The window of one follower. */
    private final class Window implements Part {
        private final TableView<Row> view;
        private final Runnable served;

        Window(TableView<Row> view, Runnable served) {
            this.view = view;
            this.served = served;
        }

        @Override
        public Feed<?> feed() {
            return new PacedFeed<>(view.feed(), Patch::joined, pace, nanos);
        }

        @Override
        public void change(@Nullable Object asked) {
            look(view, wishes(asked));
        }

        @Override
        public void close() {
            served.run();
            view.close();
        }
    }
}
