package dev.orrery.query;

import dev.orrery.core.Condition;
import dev.orrery.core.Versioned;
import java.util.Arrays;

/**
 * A key or a condition of a source that some result has read, with the revisions that changed it.
 *
 * <p>The log of changes is complete from its first entry on, and reaches back to the oldest pin or
 * to the newest change that the source knew of when the leaf was made. Below it the answer is
 * "unknown", which is always a sound one: the reader's interval is one revision long.
 */
final class Leaf extends Cell {
    /*
     * Making a leaf races with a commit. The reader puts the leaf where commits look, then a full
     * fence, then asks the source for its newest change, unpublished ones included. The committer
     * installs, then a full fence, then looks for the leaf. One of them sees the other: either the
     * commit notes its revision here, or the reader's question finds it.
     */
    private static final long[] UNSTARTED = {};

    final Versioned<?, ?> source;

    /** The key, or the {@link Condition}. */
    final Object subject;

    /** Ascending; replaced whole, under the monitor. Empty until started. */
    private volatile long[] changes = UNSTARTED;

    private volatile boolean started;

    Leaf(Versioned<?, ?> source, Object subject) {
        this.source = source;
        this.subject = subject;
    }

    boolean isStarted() {
        return started;
    }

    /**
     * Takes over the newest change the source knows of, asked for after the leaf could be found.
     */
    synchronized void start(long newestChange) {
        if (!started) {
            note(newestChange, Long.MIN_VALUE);
            started = true;
        }
    }

    /** Notes that a commit changed this, and hands over the edges that its mark travels over. */
    synchronized void change(long revision, long horizon, Walk walk) {
        note(revision, horizon);
        handEdges(walk);
    }

    private void note(long revision, long horizon) {
        long[] known = changes;
        int at = Arrays.binarySearch(known, revision);
        if (at >= 0) {
            return;
        }
        int insert = -at - 1;
        int dropped = firstNeeded(known, horizon);
        if (insert < dropped) {
            return;
        }
        long[] next = new long[known.length - dropped + 1];
        System.arraycopy(known, dropped, next, 0, insert - dropped);
        next[insert - dropped] = revision;
        System.arraycopy(known, insert, next, insert - dropped + 1, known.length - insert);
        changes = next;
    }

    /** The index of the change that holds at the horizon: older ones nobody can ask for. */
    private static int firstNeeded(long[] known, long horizon) {
        int index = 0;
        while (index + 1 < known.length && known[index + 1] <= horizon) {
            index++;
        }
        return index;
    }

    /** Since when the value at a revision is known to hold. */
    long since(long revision) {
        long[] known = changes;
        for (int i = known.length - 1; i >= 0; i--) {
            if (known[i] <= revision) {
                return known[i];
            }
        }
        return revision;
    }

    /**
     * Arms a reader that read this at a revision, or tells from when on that reading is in doubt.
     *
     * @return {@link Memo#OPEN} when armed
     */
    synchronized long link(Node reader, int position, long revision, Faults faults) {
        long[] known = changes;
        if (known[known.length - 1] <= revision || faults.has(Fault.LEAF_NOT_LOOKED_AT_AGAIN)) {
            arm(reader, position);
            return Memo.OPEN;
        }
        if (known[0] > revision) {
            return revision + 1;
        }
        for (long change : known) {
            if (change > revision) {
                return change;
            }
        }
        throw new IllegalStateException("law Q4: neither newest nor changed: " + this);
    }

    /** Whether nothing changed after a revision; for the sweep. */
    boolean isNewestAt(long revision) {
        long[] known = changes;
        return known[known.length - 1] <= revision;
    }

    @Override
    String label() {
        return subject instanceof Condition condition
                ? source.name() + " where " + condition
                : Definition.label(source.name(), subject);
    }

    @Override
    public String toString() {
        return label() + " changed at " + Arrays.toString(changes);
    }
}
