package dev.orrery.query;

import org.jspecify.annotations.Nullable;

/**
 * A live result that a mark has closed: to be verified from the dependencies that the mark came
 * through. Confined to the thread that verifies it.
 */
final class Doubt {
    private final Memo baseline;
    private final int[] suspects;

    /** Since when the suspects seen so far hold their values. */
    private long from;

    private Doubt(Memo baseline, int[] suspects) {
        this.baseline = baseline;
        this.suspects = suspects;
    }

    /** The doubt about a node's live result; null when there is nothing to verify. */
    static @Nullable Doubt of(Node node, long revision) {
        synchronized (node) {
            Memo baseline = node.baselineFor(revision);
            return baseline == null ? null : new Doubt(baseline, node.sortedSuspects());
        }
    }

    Memo baseline() {
        return baseline;
    }

    /** Positions of the baseline that a mark came through, ascending. */
    int[] suspects() {
        return suspects;
    }

    long from() {
        return from;
    }

    @SuppressWarnings("ReferenceEquality") // the very memo whose suspects were looked at
    boolean isOf(Flight flight) {
        return flight.baseline == baseline;
    }

    /** Whether a suspect that was obtained has the value that the baseline was made from. */
    boolean isClearedBy(Memo memo, int position, Context context) {
        from = Math.max(from, memo.from);
        return !isChanged(baseline, position, memo, context);
    }

    boolean isClearedBy(Leaf leaf, int position, Context context) {
        from = Math.max(from, leaf.since(context.revision));
        return !isChanged(baseline, position, leaf, context);
    }

    /** Whether a result has another value than the one that a baseline was made from. */
    static boolean isChanged(Memo baseline, int position, Memo memo, Context context) { // law Q6
        return baseline instanceof Certified stored
                ? !stored.agrees(position, memo) // law Q30
                : memo.changedAt() >= begin(baseline, context);
    }

    static boolean isChanged(Memo baseline, int position, Leaf leaf, Context context) {
        return baseline instanceof Certified stored
                ? !stored.agrees(position, leaf, context.revision) // law Q30
                : leaf.since(context.revision) >= begin(baseline, context);
    }

    private static long begin(Memo baseline, Context context) {
        return baseline.until() + (context.engine.faults.has(Fault.STAMP_OFF_BY_ONE) ? 1 : 0);
    }
}
