package dev.orrery.view;

import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Total;
import java.util.List;

/**
 * One step that brings a list of a window's rows up to date.
 *
 * <p>Indices are places in the client's list, not in the view. Applied in order, each to the list
 * the ones before it left, the patches of one update lead from one window to the next; a row that
 * enters or leaves the window is inserted or removed. Immutable.
 */
public sealed interface Patch<R> {
    /** A row to put in before the one at an index, or at the end. */
    record Insert<R>(int index, Key key, R row) implements Patch<R> {}

    /** A row to replace where it is; {@code changed} names the columns whose values differ. */
    record Update<R>(int index, Key key, List<String> changed, R row) implements Patch<R> {
        public Update {
            changed = List.copyOf(changed);
        }
    }

    /** A row to take out at one index and to put in at another, counted after taking it out. */
    record Move<R>(int from, int to, Key key) implements Patch<R> {}

    /** A row to take out. */
    record Remove<R>(int index, Key key) implements Patch<R> {}

    /** The view has another number of rows now. */
    record Totalled<R>(Total total) implements Patch<R> {}

    /**
     * The window begins at another row of the view now; the patches after this one fit the list to
     * it.
     */
    record Scrolled<R>(int first) implements Patch<R> {}

    /**
     * The view follows its sources no longer, since a user's function threw; its rows stay as they
     * are.
     */
    record Failed<R>(UserFailure failure) implements Patch<R> {}

    /**
     * One update for several: it leads to where they lead one after the other, without the updates
     * of a row but its last, those of a row that is removed later, and totals but the last.
     */
    static <R> List<Patch<R>> joined(List<List<Patch<R>>> updates) {
        return PatchJoiner.joined(updates);
    }
}
