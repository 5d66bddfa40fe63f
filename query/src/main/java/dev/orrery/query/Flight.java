package dev.orrery.query;

import dev.orrery.core.OrreryException;
import org.jspecify.annotations.Nullable;

/**
 * One computation under way: a node being verified or run at a revision. Written by its strand, but
 * for what its monitor guards.
 */
final class Flight implements Node.Aside {
    /** A leader wakes who waits for it; only one that ran out of stack has to be looked for. */
    private static final long MILLIS_BETWEEN_LOOKS = 500;

    final Node node;
    final long revision;
    final Strand strand;

    /** The live memo that may turn out to hold still; null when there is nothing to verify. */
    final @Nullable Memo baseline;

    /** The dependencies of the last run, to be compared in place by the next. */
    final Cell @Nullable [] prior;

    /** Positions of the baseline that a mark came through, ascending. */
    final int[] suspects;

    /** The next entry of {@link #suspects} to look at. */
    int cursor;

    /** How many dependencies were looked at. */
    int visits;

    /** Since when the suspects seen so far hold their values. */
    long from;

    /** Whether the body must run, and because of which change. */
    boolean mustRun;

    @Nullable Cell because;
    long becauseAt;

    /** What the body gave, or what was verified; the {@link OrreryException} when it failed. */
    @Nullable Object value;

    boolean failed;

    /** What it rests on, in first-read order. */
    Cell[] read = Memo.NOTHING;

    /** Whether something that was read is private to its revision. */
    boolean isPrivate;

    /** Whether nothing was run: the baseline was found to hold. */
    boolean isClean;

    /** Whether the body ran to an end. */
    boolean hasRun;

    /** What the result is being tied to, while it is. */
    @Nullable Link link;

    /** Whether it has the link token of its node; guarded by the node's monitor. */
    boolean isLinking;

    /** The marks that came since it has the token; guarded by the node's monitor. */
    @Nullable Arrival arrivals;

    /** The flight below this one on the same strand. */
    final @Nullable Flight below;

    /** The next flight of the same node; guarded by the node's monitor. */
    @Nullable Flight another;

    /** Set when this flight turned out to lie on a circle; whatever it does, this is its result. */
    volatile OrreryException.@Nullable Cycle cycle;

    /** The first revision from which the node is forgotten; zero when it is not. */
    private long forgottenAt;

    /** The recording of the run by the virtual machine, if there is one. */
    Recorded.@Nullable Run recorded;

    private volatile boolean done;

    /** Whether anybody waits for it, or is about to; guarded by the node's monitor. */
    private boolean awaited;

    /** How many wait. */
    private int waiting;

    /** A mark that came while a result was being linked. */
    record Arrival(Cell child, int position, long revision, @Nullable Arrival next) {}

    Flight(
            Node node,
            long revision,
            Strand strand,
            @Nullable Memo baseline,
            Cell @Nullable [] prior,
            int[] suspects) {
        this.node = node;
        this.revision = revision;
        this.strand = strand;
        this.baseline = baseline;
        this.prior = prior;
        this.suspects = suspects;
        this.mustRun = baseline == null;
        this.below = strand.top;
    }

    /**
     * Says that the body must run, since a dependency may have another value than the baseline's.
     */
    void run(@Nullable Cell changed, long at) {
        mustRun = true;
        because = changed;
        becauseAt = at;
    }

    /** Says how the flight ends. */
    Flight with(Object result, boolean isFailure, Cell[] dependencies, long since) {
        value = result;
        failed = isFailure;
        read = dependencies;
        from = since;
        return this;
    }

    /** Has the result end where the node was forgotten. Holding the node's monitor. */
    void forgetAt(long later) { // law Q24
        forgottenAt = forgottenAt == 0 ? later : Math.min(forgottenAt, later);
    }

    boolean isForgotten() {
        return forgottenAt != 0;
    }

    /** Where a result that would end at a revision ends. */
    long end(long until) {
        return forgottenAt == 0 ? until : Math.min(until, forgottenAt);
    }

    boolean isDone() {
        return done;
    }

    /** Has the end of this told. Holding the node's monitor, under which it is still listed. */
    void willBeAwaited() {
        awaited = true;
    }

    /**
     * Ends the flight, with a result or without, and wakes whoever waits for it. Holding the node's
     * monitor, under which it was listed.
     */
    void finish() {
        if (awaited) { // otherwise nobody knows of it
            wake();
        }
    }

    private synchronized void wake() {
        done = true;
        notifyAll();
    }

    /** Waits for the end, or until the waiter is sent on its own way, or nobody leads any more. */
    synchronized void await(Strand waiter) throws InterruptedException {
        waiting++;
        try {
            while (!done && !waiter.isReleased() && !strand.isLeft) {
                if (node.definition.engine.faults.isModel()) {
                    wait();
                } else {
                    wait(MILLIS_BETWEEN_LOOKS);
                }
            }
        } finally {
            waiting--;
        }
    }

    /** Whether somebody waits for the end. */
    synchronized boolean isAwaited() {
        return waiting > 0;
    }

    /**
     * Ends the flight without a result, whatever point its strand had come to. Each step may be
     * done again, so that what overflows the stack in here is finished by a caller who has more.
     */
    void takeDown() { // law Q13
        Link tie = link;
        if (tie != null) {
            tie.untie();
        }
        synchronized (node) {
            node.drop(this);
            finish();
        }
        strand.top = below;
    }

    /** Sends a strand that waits for this flight on its own way. */
    synchronized void release(Strand waiter) {
        waiter.release();
        notifyAll();
    }
}
