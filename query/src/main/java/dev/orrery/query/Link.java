package dev.orrery.query;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ties a new result to what it has read, one child's monitor at a time: armed when the child still
 * holds, or told from when on it does not. The link token of the reader is held throughout.
 */
final class Link {
    /** A child is no longer on the line that was read. */
    static final long LEFT = -1;

    private final Node node;
    private final long revision;
    private final Faults faults;
    private final Cell[] dependencies;
    private final Cell[] old;

    /** Positions that are closed already, in no order. */
    private int[] closed = Positions.NONE;

    private int closedCount;

    /** From when on the result is in doubt. */
    private long until = Memo.OPEN;

    /** Where this has come to: what lies before may have been armed here. */
    private int reached;

    /** The suspect positions of the live memo, ascending. */
    private int[] suspects = Positions.NONE;

    /** Set when the old positions are being let go of. */
    private boolean isReleasing;

    Link(Flight flight, @Nullable Memo live, Faults faults) {
        this.node = flight.node;
        this.revision = flight.revision;
        this.dependencies = flight.read;
        this.old = live == null ? Memo.NOTHING : live.dependencies;
        this.faults = faults;
    }

    /**
     * Links every position that is new or suspect, then lets go of the old ones.
     *
     * @param suspects the suspect positions of the live memo, ascending
     * @return false when a child has left its line; then nothing is armed that was not before
     */
    boolean tie(int[] suspects) { // law Q4
        this.suspects = suspects;
        int count = isSame() ? suspects.length : dependencies.length;
        while (reached < count) {
            int next = reached++; // first, so that it is let go of
            if (!isArmed(next) && !tie(position(next))) {
                untie();
                return false;
            }
        }
        isReleasing = true;
        forEachReleased(i -> old[i].disarm(node, i));
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // the same array: whatever agrees is armed already
    private boolean isSame() {
        return dependencies == old;
    }

    private int position(int step) {
        return isSame() ? suspects[step] : step;
    }

    /** Whether the edge of a step was armed for the live memo and is so still. */
    private boolean isArmed(int step) {
        return !isSame()
                && step < old.length
                && old[step] == dependencies[step]
                && Arrays.binarySearch(suspects, step) < 0;
    }

    /** The old positions that were let go of, or were about to be. */
    void forEachReleased(IntConsumer action) {
        for (int i = 0; isReleasing && !isSame() && i < old.length; i++) {
            if (i >= dependencies.length || old[i] != dependencies[i]) {
                action.accept(i);
            }
        }
    }

    private boolean tie(int position) {
        long end =
                switch (dependencies[position]) {
                    case Leaf leaf -> leaf.link(node, position, revision, faults);
                    case Node child -> child.link(node, position, revision, faults);
                };
        if (end == LEFT) {
            return false;
        }
        if (end != Memo.OPEN) {
            close(position, end);
        }
        return true;
    }

    /** Lets go of what was armed here. */
    void untie() {
        for (int i = 0; i < reached; i++) {
            if (!isArmed(i)) {
                dependencies[position(i)].disarm(node, position(i));
            }
        }
    }

    /** Takes in a mark that came while this was linked. */
    void take(Flight.Arrival arrival) {
        int position = arrival.position();
        if (position < dependencies.length && dependencies[position] == arrival.child()) {
            close(position, arrival.revision());
        }
    }

    private void close(int position, long end) {
        closed = Positions.with(closed, closedCount++, position);
        until = Math.min(until, end);
    }

    /** Positions that are closed already; so many as {@link #closedCount} says. */
    int[] closed() {
        return closed;
    }

    int closedCount() {
        return closedCount;
    }

    long until() {
        return until;
    }
}
