package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;

/**
 * A memo that was read from a store: it knows what it was computed from by the values themselves,
 * not by their stamps, which belong to an earlier life. It covers no revision; verified, another
 * memo takes its place. // law Q30
 */
final class Certified extends Memo.Stamped {
    private final StoredForm[] forms;
    private final Bytes[] prints;

    /**
     * A memo in doubt.
     *
     * @param until the revision that the timeline began at, where all of it is in doubt
     * @param forms of the dependencies
     * @param prints of what was read there
     */
    Certified(Object value, long until, Cell[] dependencies, StoredForm[] forms, Bytes[] prints) {
        super(value, false, false, until, until, until - 1, dependencies);
        this.forms = forms;
        this.prints = prints;
    }

    /** Whether a result that was obtained is the one this was computed from. */
    boolean agrees(int position, Memo memo) {
        if (memo.failed) {
            return false;
        }
        try {
            return prints[position].equals(
                    forms[position].print(dependencies[position], memo.value));
        } catch (RuntimeException formless) { // a record's own accessor may throw what it likes
            return false;
        }
    }

    /** Whether a source holds at a pinned revision what this was computed from. */
    boolean agrees(int position, Leaf leaf, long revision) {
        try {
            return forms[position] instanceof StoredForm.OfKeys<?, ?> form
                    && prints[position].equals(form.print(leaf, revision));
        } catch (Invalid formless) {
            return false;
        }
    }
}
