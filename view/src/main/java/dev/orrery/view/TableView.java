package dev.orrery.view;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.Signal;
import dev.orrery.core.Total;
import dev.orrery.core.Update;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The rows of a {@link Select}, kept in order as their sources change.
 *
 * <p>Reads never block and never fetch: each answers from one immutable state, the newest published
 * one, or inside a query the one of its revision, which then is a dependency of the query. Several
 * reads may see several states; {@link #window} reads all that is in the viewport at once. The
 * viewport belongs to this object, the rows to everyone who asks the same. Thread-safe.
 *
 * @param <R> what a row is read as
 */
public final class TableView<R> implements AutoCloseable {
    private final MaintainedTable table;
    private final Function<Row, R> mapping;
    private final PatchFeed patches;
    private final Handle handle;

    TableView(MaintainedTable table, Function<Row, R> mapping, PatchFeed patches, Handle handle) {
        this.table = table;
        this.mapping = mapping;
        this.patches = patches;
        this.handle = handle;
    }

    /**
     * The row at an index, empty beyond the last.
     *
     * @throws Invalid when the index is negative
     */
    public Optional<R> row(int index) {
        return rows(Viewport.of(index, 1, table.select().limit())).stream().findFirst();
    }

    /**
     * The rows from an index, included, to another, excluded, as far as there are any.
     *
     * @throws Invalid when an index is negative or {@code to} is before {@code from}
     */
    public List<R> rows(int from, int to) {
        return rows(Viewport.of(from, Math.subtractExact(to, from), table.select().limit()));
    }

    private List<R> rows(Viewport asked) {
        return asked.of(state().rows()).stream().map(Entry::row).map(mapping).toList();
    }

    /** How many rows there are, the limit heeded. */
    public Total total() {
        return patches.total(state());
    }

    /** The rows in the viewport, which are all of them until {@link #viewport} is called. */
    public Window<R> window() {
        return mapped(patches.window(state(), patches.viewport()));
    }

    /**
     * Looks at other rows from here on; readers of this object's {@link #feed} are told by patches.
     *
     * @param first the index of the first row
     * @param rows how many
     * @throws Invalid when one is negative
     */
    public void viewport(int first, int rows) {
        handle.check();
        patches.scroll(first, rows);
    }

    /**
     * The window, then patches: whoever applies them has what {@link #window} had after each
     * commit.
     *
     * <p>A reader that falls behind gets the whole window instead. Rows are made into {@code R} on
     * the reader's thread; a row that does not fit throws there.
     */
    public Feed<Update<Window<R>, List<Patch<R>>>> feed() {
        handle.check();
        return handle.mapped(patches.feed(), this::mapped);
    }

    /** Counts the changes of these rows since they were opened; ticks once per commit at most. */
    public Signal<Long> generation() {
        return handle.held(table.generation());
    }

    /** Why the rows follow their sources no longer, if so. */
    public Optional<UserFailure> failure() {
        return state().failure();
    }

    /** The place of the newest patches in {@link #feed}. */
    public Cursor.Numbered place() {
        return patches.place();
    }

    /** What was done to keep this window up. */
    public Upkeep upkeep() {
        return patches.upkeep();
    }

    /** How many tree nodes and rows were looked at to follow commits since the rows were opened. */
    public long visited() {
        return table.visited();
    }

    /** Lets go of the rows and ends the subscriptions made here; idempotent. */
    @Override
    public void close() {
        handle.close();
    }

    private TableState state() {
        handle.check();
        return table.state();
    }

    private Window<R> mapped(Window<Row> window) {
        return new Window<>(
                window.first(),
                window.keys(),
                window.rows().stream().map(mapping).toList(),
                window.total(),
                window.failure());
    }

    private Update<Window<R>, List<Patch<R>>> mapped(Update<Window<Row>, List<Patch<Row>>> update) {
        return switch (update) {
            case Update.Whole<Window<Row>, List<Patch<Row>>>(var cursor, var window) ->
                    new Update.Whole<>(cursor, mapped(window));
            case Update.Delta<Window<Row>, List<Patch<Row>>>(var cursor, var patches) ->
                    new Update.Delta<>(cursor, patches.stream().map(this::mapped).toList());
        };
    }

    private Patch<R> mapped(Patch<Row> patch) {
        return switch (patch) {
            case Patch.Insert<Row>(var index, var key, var row) ->
                    new Patch.Insert<>(index, key, mapping.apply(row));
            case Patch.Update<Row>(var index, var key, var changed, var row) ->
                    new Patch.Update<>(index, key, changed, mapping.apply(row));
            case Patch.Move<Row>(var from, var to, var key) -> new Patch.Move<>(from, to, key);
            case Patch.Remove<Row>(var index, var key) -> new Patch.Remove<>(index, key);
            case Patch.Totalled<Row>(var total) -> new Patch.Totalled<>(total);
            case Patch.Scrolled<Row>(var first) -> new Patch.Scrolled<>(first);
            case Patch.Failed<Row>(var failure) -> new Patch.Failed<>(failure);
        };
    }

    @Override
    public String toString() {
        return table.toString();
    }
}
