package dev.orrery.view;

import dev.orrery.core.Commit;
import dev.orrery.core.Latest;
import dev.orrery.core.Order;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.Signal;
import dev.orrery.core.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The rows of a select in order, shared by every table view that asks the same. Thread-safe. */
final class MaintainedTable extends Maintained<TableState> {
    private final Select select;
    private final Visits visits = new Visits();
    private final Assembler<?, ?> assembler;
    private final Comparator<Entry> comparator;
    private final @Nullable Shape columns;
    private final Shape placing;
    private final Latest<Long> generation;
    private final List<PatchFeed> feeds = new CopyOnWriteArrayList<>();
    private List<Step> steps = List.of();

    MaintainedTable(Timeline timeline, Select select) {
        super(timeline, select.toString());
        this.select = select;
        this.assembler = Assembler.of(select, visits);
        this.comparator = Entry.comparator(select.orders());
        this.columns = select.columns();
        this.placing = Shape.of(select.orders().stream().map(Order::column).distinct().toList());
        this.generation = new Latest<>(timeline.epoch(), 0L);
    }

    @Override
    TableState build(long revision) {
        List<Entry> entries = new ArrayList<>();
        assembler.findAll(revision, (key, row) -> entries.add(entry(key, row)));
        entries.sort(comparator);
        return new TableState(0, OrderTree.ofSorted(entries, comparator), Optional.empty());
    }

    @Override
    TableState advance(TableState state, Commit commit) {
        Advance advance = new Advance(state.rows());
        assembler.follow(commit, advance::differ);
        steps = advance.steps;
        return steps.isEmpty() ? state : state.next(advance.rows);
    }

    @Override
    boolean isConcernedBy(Commit commit) {
        return assembler.isConcernedBy(commit);
    }

    /** One commit's way from one sequence of rows to the next. */
    private final class Advance {
        private final List<Step> steps = new ArrayList<>();
        private OrderTree<Entry> rows;

        private Advance(OrderTree<Entry> rows) {
            this.rows = rows;
        }

        private void differ(Object key, @Nullable Row rowBefore, @Nullable Row rowAfter) {
            Entry before = rowBefore == null ? null : entry(key, rowBefore);
            Entry after = rowAfter == null ? null : entry(key, rowAfter);
            if (before != null && after != null && comparator.compare(before, after) == 0) {
                replace(before, after);
            } else if (before != null || after != null) {
                place(before, after);
            }
        }

        private void replace(Entry before, Entry after) {
            if (!before.row().equals(after.row())) {
                int index = rows.rank(before, visits);
                rows = rows.replace(after, visits);
                steps.add(new Step(before, index, after, index, rows));
            }
        }

        private void place(@Nullable Entry before, @Nullable Entry after) {
            int from = -1;
            if (before != null) {
                from = rows.rank(before, visits);
                rows = rows.remove(before, visits);
            }
            int to = -1;
            if (after != null) {
                to = rows.rank(after, visits);
                rows = rows.insert(after, visits);
            }
            steps.add(new Step(before, from, after, to, rows));
        }
    }

    private Entry entry(Object key, Row whole) {
        if (columns == null) {
            return new Entry(key, whole, whole);
        }
        Row row = only(columns, whole);
        boolean placed = columns.columns().containsAll(placing.columns());
        return new Entry(key, row, placed ? row : only(placing, whole));
    }

    private static Row only(Shape columns, Row row) {
        List<@Nullable Object> values = new ArrayList<>(columns.size());
        for (String column : columns.columns()) {
            values.add(row.value(column));
        }
        return Row.of(columns, values);
    }

    @Override
    TableState failed(TableState state, UserFailure why) {
        steps = List.of();
        return state.failed(why);
    }

    @Override
    void begin(TableState state) {
        generation.set(state.generation());
    }

    @Override
    void tell(TableState state) {
        generation.set(state.generation());
        feeds.forEach(feed -> feed.tell(state, steps));
    }

    void attach(PatchFeed feed) {
        feeds.add(feed);
    }

    void detach(PatchFeed feed) {
        feeds.remove(feed);
    }

    Select select() {
        return select;
    }

    Signal<Long> generation() {
        return generation;
    }

    long visited() {
        return visits.total();
    }
}
