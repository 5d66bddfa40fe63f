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
    private int[] closed = {};

    private int closedCount;

    /** From when on the result is in doubt. */
    private long until = Memo.OPEN;

    /** Positions that may have been armed here: noted first, so that each can be let go of. */
    private int[] tried = {};

    private int triedCount;

    /** Set when the old positions are being let go of. */
    private boolean isReleasing;

    Link(Flight flight, Cell[] dependencies, @Nullable Memo live, Faults faults) {
        this.node = flight.node;
        this.revision = flight.revision;
        this.dependencies = dependencies;
        this.old = live == null ? Memo.NOTHING : live.dependencies;
        this.faults = faults;
    }

    /**
     * Links every position that is new or suspect, then lets go of the old ones.
     *
     * @param suspects the suspect positions of the live memo, ascending
     * @return false when a child has left its line; then nothing is armed that was not before
     */
    @SuppressWarnings("ReferenceEquality") // the same array: whatever agrees is armed already
    boolean tie(int[] suspects) { // law Q4
        return dependencies == old ? tieAll(suspects) : tieDifferent(suspects);
    }

    private boolean tieAll(int[] positions) {
        for (int position : positions) {
            if (!tie(position)) {
                return false;
            }
        }
        return true;
    }

    private boolean tieDifferent(int[] suspects) {
        for (int i = 0; i < dependencies.length; i++) {
            boolean stillArmed =
                    i < old.length
                            && old[i] == dependencies[i]
                            && Arrays.binarySearch(suspects, i) < 0;
            if (!stillArmed && !tie(i)) {
                return false;
            }
        }
        isReleasing = true;
        forEachReleased(i -> old[i].disarm(node, i));
        return true;
    }

    /** The old positions that were let go of, or were about to be. */
    void forEachReleased(IntConsumer action) {
        for (int i = 0; isReleasing && i < old.length; i++) {
            if (i >= dependencies.length || old[i] != dependencies[i]) {
                action.accept(i);
            }
        }
    }

    private boolean tie(int position) {
        tried = append(tried, triedCount++, position);
        long end =
                switch (dependencies[position]) {
                    case Leaf leaf -> leaf.link(node, position, revision, faults);
                    case Node child -> child.link(node, position, revision, faults);
                };
        if (end == LEFT) {
            untie();
            return false;
        }
        if (end != Memo.OPEN) {
            close(position, end);
        }
        return true;
    }

    /** Lets go of what was armed here. */
    void untie() {
        for (int i = 0; i < triedCount; i++) {
            dependencies[tried[i]].disarm(node, tried[i]);
        }
    }

    /** Takes in a mark that came while this was linked. */
    void take(Node.Arrival arrival) {
        int position = arrival.position();
        if (position < dependencies.length && dependencies[position] == arrival.child()) {
            close(position, arrival.revision());
        }
    }

    private void close(int position, long end) {
        closed = append(closed, closedCount++, position);
        until = Math.min(until, end);
    }

    private static int[] append(int[] array, int count, int value) {
        int[] target = count == array.length ? Arrays.copyOf(array, Math.max(4, count * 2)) : array;
        target[count] = value;
        return target;
    }

    int[] closed() {
        return Arrays.copyOf(closed, closedCount);
    }

    long until() {
        return until;
    }
}
