package dev.orrery.view;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.Key;
import dev.orrery.core.Row;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Total;
import dev.orrery.core.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One table view's window, and the patches it went through since somebody asked for them.
 * Thread-safe.
 *
 * <p>Readers take the window without a lock. The committer and whoever moves the viewport take
 * turns under {@code turns}, which is held for the cost of the patches and never while user code
 * runs.
 */
final class PatchFeed {
    private static final int UPDATES_KEPT = 256;

    private final MaintainedTable table;
    private final int limit;
    private final ReentrantLock turns = new ReentrantLock();
    private final Broadcast<List<Patch<Row>>> patches;
    private final Feed<Update<Window<Row>, List<Patch<Row>>>> feed;
    private volatile Viewport viewport;
    private volatile @Nullable Shown shown;
    private final LongAdder told = new LongAdder();
    private final LongAdder moves = new LongAdder();

    /** What a reader who has every entry up to the cursor has. */
    private record Shown(TableState state, Viewport viewport, Cursor.Numbered cursor) {}

    PatchFeed(MaintainedTable table, String epoch) {
        this.table = table;
        this.limit = table.select().limit();
        this.viewport = Viewport.of(0, Integer.MAX_VALUE, limit);
        this.patches = new Broadcast<>(epoch, UPDATES_KEPT);
        this.feed = new StateFeed<>(patches, this::whole);
    }

    Viewport viewport() {
        return viewport;
    }

    /** The window a state shows through a viewport. */
    Window<Row> window(TableState state, Viewport through) {
        List<Key> keys = new ArrayList<>();
        List<Row> rows = new ArrayList<>();
        for (Entry entry : through.of(state.rows())) {
            keys.add(entry.key());
            rows.add(entry.row());
        }
        return new Window<>(through.first(), keys, rows, total(state), state.failure());
    }

    Total total(TableState state) {
        return new Total.Exact(Math.min(limit, state.rows().size()));
    }

    Feed<Update<Window<Row>, List<Patch<Row>>>> feed() {
        if (shown == null) {
            start();
        }
        return feed;
    }

    private void start() {
        turns.lock();
        try {
            if (shown == null) {
                shown = new Shown(table.published(), viewport, patches.head());
            }
        } finally {
            turns.unlock();
        }
    }

    private Update.Whole<Window<Row>, List<Patch<Row>>> whole() {
        Shown now = shown;
        if (now == null) {
            throw new IllegalStateException("law V5: a window was read before the feed began");
        }
        return new Update.Whole<>(now.cursor, window(now.state, now.viewport));
    }

    /** Looks at other rows from here on. */
    void scroll(int first, int rows) {
        turns.lock();
        try {
            Viewport next = Viewport.of(first, rows, limit);
            viewport = next;
            Shown now = shown;
            if (now != null && !now.viewport.equals(next)) {
                publish(
                        now.state,
                        next,
                        WindowPatches.scrolled(now.viewport, next, now.state.rows()),
                        now);
            }
        } finally {
            turns.unlock();
        }
    }

    /** Goes on to the state the steps of one commit led to; called by the committer, in order. */
    void tell(TableState next, List<Step> steps) {
        if (shown == null) {
            return; // whoever starts the feed later finds this state published
        }
        turns.lock();
        try {
            Shown now = shown;
            if (now != null
                    && now.state.generation() < next.generation()) { // else it began with it
                List<Patch<Row>> change = patches(now, next, steps);
                told.add(change.size());
                moves.add(change.stream().filter(Patch.Move.class::isInstance).count());
                publish(next, now.viewport, change, now);
            }
        } finally {
            turns.unlock();
        }
    }

    Cursor.Numbered place() {
        return patches.head();
    }

    /** What was done for this window; moving the viewport is none of it. */
    Upkeep upkeep() {
        return new Upkeep(table.looked(), table.changed(), told.sum(), moves.sum());
    }

    private List<Patch<Row>> patches(Shown now, TableState next, List<Step> steps) {
        List<Patch<Row>> all = new ArrayList<>();
        if (!steps.isEmpty()) {
            all.addAll(WindowPatches.of(now.viewport, now.state.rows(), steps));
        }
        if (!total(now.state).equals(total(next))) {
            all.add(new Patch.Totalled<>(total(next)));
        }
        next.failure().ifPresent(failure -> all.add(new Patch.Failed<>(failure)));
        return List.copyOf(all);
    }

    /** The whole goes first, so that it is never behind an entry somebody has. */
    private void publish(
            TableState state, Viewport through, List<Patch<Row>> change, Shown before) {
        if (change.isEmpty()) {
            shown = new Shown(state, through, before.cursor);
            return;
        }
        Cursor.Numbered cursor =
                new Cursor.Numbered(before.cursor.epoch(), before.cursor.offset() + 1);
        shown = new Shown(state, through, cursor);
        patches.publish(change);
    }
}
