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

    private final Flight flight;
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

    Link(Flight flight, @Nullable Memo live) {
        this.flight = flight;
        this.old = live == null ? Memo.NOTHING : live.dependencies;
    }

    /**
     * Links every position that is new or suspect, then lets go of the old ones.
     *
     * @param suspects the suspect positions of the live memo, ascending
     * @return false when a child has left its line; then nothing is armed that was not before
     */
    boolean tie(int[] suspects) { // law Q4
        this.suspects = suspects;
        int count = isSame() ? suspects.length : flight.read.length;
        while (reached < count) {
            int next = reached++; // first, so that it is let go of
            if (!isArmed(next) && !tie(position(next))) {
                untie();
                return false;
            }
        }
        isReleasing = true;
        forEachReleased(i -> old[i].disarm(flight.node, i));
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // the same array: whatever agrees is armed already
    private boolean isSame() {
        return flight.read == old;
    }

    private int position(int step) {
        return isSame() ? suspects[step] : step;
    }

    /** Whether the edge of a step was armed for the live memo and is so still. */
    private boolean isArmed(int step) {
        return !isSame()
                && step < old.length
                && old[step] == flight.read[step]
                && Arrays.binarySearch(suspects, step) < 0;
    }

    /** The old positions that were let go of, or were about to be. */
    void forEachReleased(IntConsumer action) {
        for (int i = 0; isReleasing && !isSame() && i < old.length; i++) {
            if (i >= flight.read.length || old[i] != flight.read[i]) {
                action.accept(i);
            }
        }
    }

    private boolean tie(int position) {
        Node node = flight.node;
        Faults faults = node.definition.engine.faults;
        long end = flight.read[position].link(node, position, flight.revision, faults);
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
                flight.read[position(i)].disarm(flight.node, position(i));
            }
        }
    }

    /** Takes in a mark that came while this was linked. */
    void take(Flight.Arrival arrival) {
        int position = arrival.position();
        if (position < flight.read.length && flight.read[position] == arrival.child()) {
            close(position, arrival.revision());
        }
    }

    private void close(int position, long end) {
        if (closedCount == closed.length) {
            closed = Positions.roomier(closed);
        }
        closed[closedCount++] = position;
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
