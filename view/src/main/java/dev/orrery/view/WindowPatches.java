package dev.orrery.view;

import dev.orrery.core.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Turns what happened to the rows of a view into what happened inside a viewport. Confined to the
 * thread that makes it.
 *
 * <p>A few changes are told one by one: each costs O(log n), wherever in the view it happens. When
 * there are more changes than rows in the viewport, the window before and the window after are
 * compared instead. // law V5
 */
final class WindowPatches {
    private static final int GREATEST_COMPARED = 1024;

    private final Viewport viewport;
    private final List<Patch<Row>> patches = new ArrayList<>();

    private WindowPatches(Viewport viewport) {
        this.viewport = viewport;
    }

    /** The patches for steps that led from one sequence to the one after the last step. */
    static List<Patch<Row>> of(Viewport viewport, OrderTree<Entry> before, List<Step> steps) {
        WindowPatches told = new WindowPatches(viewport);
        if (steps.size() > viewport.room() && viewport.room() <= GREATEST_COMPARED) {
            told.compare(viewport.of(before), viewport.of(steps.getLast().rows()));
        } else {
            OrderTree<Entry> rows = before;
            for (Step step : steps) {
                told.tell(step, rows);
                rows = step.rows();
            }
        }
        return told.patches;
    }

    /** The patches for another viewport over the same rows. */
    static List<Patch<Row>> scrolled(Viewport from, Viewport to, OrderTree<Entry> rows) {
        WindowPatches told = new WindowPatches(to);
        if (from.first() != to.first()) {
            told.patches.add(new Patch.Scrolled<>(to.first()));
        }
        told.scroll(from, from.of(rows), to.of(rows));
        return told.patches;
    }

    // change by change

    private void tell(Step step, OrderTree<Entry> before) {
        Entry left = step.before();
        Entry entered = step.after();
        if (left == null) {
            if (entered != null) {
                inserted(step.to(), before.size(), step.rows());
            }
        } else if (entered == null) {
            removed(step.from(), left, before, step.rows());
        } else {
            moved(step, left, entered, before);
        }
    }

    private void inserted(int index, int sizeBefore, OrderTree<Entry> after) {
        int place = Math.max(index, viewport.first());
        if (!viewport.holds(place) || place >= after.size()) {
            return;
        }
        if (sizeBefore >= viewport.end()) {
            Entry pushedOut = after.get(viewport.end());
            patches.add(new Patch.Remove<>(viewport.room() - 1, pushedOut.key()));
        }
        insert(place, after);
    }

    private void removed(int index, Entry entry, OrderTree<Entry> before, OrderTree<Entry> after) {
        int place = Math.max(index, viewport.first());
        if (!viewport.holds(place) || place >= before.size()) {
            return;
        }
        Entry gone = place == index ? entry : before.get(place);
        patches.add(new Patch.Remove<>(place - viewport.first(), gone.key()));
        if (after.size() >= viewport.end()) {
            insert(viewport.end() - 1, after);
        }
    }

    private void moved(Step step, Entry left, Entry entered, OrderTree<Entry> before) {
        if (viewport.holds(step.from()) && viewport.holds(step.to())) {
            int to = step.to() - viewport.first();
            if (step.from() != step.to()) {
                patches.add(new Patch.Move<>(step.from() - viewport.first(), to, entered.key()));
            }
            update(to, left, entered);
            return;
        }
        int from = clamped(step.from());
        int to = clamped(step.to());
        boolean passes = viewport.room() > 0 && isBefore(step.from()) != isBefore(step.to());
        boolean crosses = viewport.holds(step.from()) != viewport.holds(step.to());
        if (passes || crosses) {
            patches.add(new Patch.Remove<>(from - viewport.first(), before.get(from).key()));
            insert(to, step.rows());
        }
    }

    private boolean isBefore(int index) {
        return index < viewport.first();
    }

    /** The place in the viewport where a row outside it pushes or pulls. */
    private int clamped(int index) {
        return Math.clamp(index, viewport.first(), Math.max(viewport.first(), viewport.end() - 1));
    }

    private void insert(int index, OrderTree<Entry> rows) {
        Entry entry = rows.get(index);
        patches.add(new Patch.Insert<>(index - viewport.first(), entry.key(), entry.row()));
    }

    private void update(int place, Entry before, Entry after) {
        List<String> changed = changed(before.row(), after.row());
        if (!changed.isEmpty()) {
            patches.add(new Patch.Update<>(place, after.key(), changed, after.row()));
        }
    }

    private static List<String> changed(Row before, Row after) {
        List<String> changed = new ArrayList<>();
        for (String column : after.columns()) {
            if (!before.has(column) || !Objects.equals(before.value(column), after.value(column))) {
                changed.add(column);
            }
        }
        for (String column : before.columns()) {
            if (!after.has(column)) {
                changed.add(column);
            }
        }
        return changed;
    }

    // window against window

    private void compare(List<Entry> before, List<Entry> after) {
        Map<Object, Entry> wanted = new HashMap<>();
        after.forEach(entry -> wanted.put(entry.id(), entry));
        List<Entry> list = new ArrayList<>(before);
        for (int i = list.size() - 1; i >= 0; i--) {
            if (!wanted.containsKey(list.get(i).id())) {
                patches.add(new Patch.Remove<>(i, list.remove(i).key()));
            }
        }
        for (int place = 0; place < after.size(); place++) {
            settle(list, place, after.get(place));
        }
    }

    /** Brings the entry wanted at a place there, all places before it being settled. */
    private void settle(List<Entry> list, int place, Entry wanted) {
        int from = place;
        while (from < list.size() && !list.get(from).id().equals(wanted.id())) {
            from++;
        }
        if (from == list.size()) {
            list.add(place, wanted);
            patches.add(new Patch.Insert<>(place, wanted.key(), wanted.row()));
            return;
        }
        Entry entry = list.remove(from);
        list.add(place, wanted);
        if (from != place) {
            patches.add(new Patch.Move<>(from, place, wanted.key()));
        }
        update(place, entry, wanted);
    }

    private void scroll(Viewport from, List<Entry> before, List<Entry> after) {
        for (int i = before.size() - 1; i >= 0; i--) {
            if (!viewport.holds(from.first() + i)) {
                patches.add(new Patch.Remove<>(i, before.get(i).key()));
            }
        }
        int end = from.first() + before.size();
        for (int i = 0; i < after.size(); i++) {
            int index = viewport.first() + i;
            if (index < from.first() || index >= end) {
                Entry entry = after.get(i);
                patches.add(new Patch.Insert<>(i, entry.key(), entry.row()));
            }
        }
    }
}
