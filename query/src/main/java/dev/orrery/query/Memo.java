package dev.orrery.query;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A remembered result: the value, the revisions {@code [from, until)} it is known to hold for, and
 * what it was computed from.
 *
 * <p>Immutable but for {@code until}, which goes from open to a number once, under the node's
 * monitor, by the mark of the first commit that put the result in doubt. It lives in this object
 * and not beside it, so that a reader never pairs an old value with a new interval. // law Q3
 */
sealed class Memo permits Certified {
    /** The end of an interval that no mark has closed. */
    static final long OPEN = Long.MAX_VALUE;

    /** The stamp of a result that is not on its node's live line. // law Q8 */
    static final long PRIVATE = Long.MAX_VALUE;

    static final Cell[] NOTHING = {};

    /** What a node has whose first memo is still to be adopted. It covers nothing. */
    static final Memo DORMANT =
            new Memo(NoKey.ONE, false, Long.MAX_VALUE, Long.MIN_VALUE, PRIVATE, NOTHING);

    private static final VarHandle UNTIL;

    static {
        try {
            UNTIL = MethodHandles.lookup().findVarHandle(Memo.class, "until", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The value; when {@code failed}, the {@link dev.orrery.core.OrreryException} instead. */
    final Object value;

    final boolean failed;
    final long from;

    /** A stamp of the value: an equal value keeps it, a new one gets a greater one. */
    final long changedAt;

    /** What was read, in first-read order, without repeats. The identity of the array matters. */
    final Cell[] dependencies;

    @SuppressWarnings("unused") // through the handle: one access, whatever the machine's word
    private long until;

    Memo(Object value, boolean failed, long from, long until, long changedAt, Cell[] dependencies) {
        this.value = value;
        this.failed = failed;
        this.from = from;
        this.changedAt = changedAt;
        this.dependencies = dependencies;
        this.until = until;
    }

    /**
     * A result that was remembered elsewhere: known to hold just before {@code until}, and not
     * believed from then on until it is verified.
     *
     * <p>The dependencies are the adopting runtime's own cells. Each that does not change at {@code
     * until} or later must have the value that this was computed from. // law Q21
     *
     * @param changedAt the stamp of the value, before {@code until}
     */
    static Memo baseline(
            Object value, boolean failed, long changedAt, long until, Cell[] dependencies) {
        if (changedAt >= until) {
            throw new IllegalArgumentException("law Q6: changed after the doubt: " + changedAt);
        }
        return new Memo(value, failed, until - 1, until, changedAt, dependencies);
    }

    /** A result that holds for one revision only. // law Q8 */
    static Memo only(long revision, Object value, boolean failed) {
        return new Memo(value, failed, revision, revision + 1, PRIVATE, NOTHING);
    }

    long until() {
        return (long) UNTIL.getOpaque(this);
    }

    boolean isOpen() {
        return until() == OPEN;
    }

    boolean covers(long revision) {
        return from <= revision && revision < until();
    }

    /** Puts the result in doubt from a revision on. Holding the node's monitor. */
    void close(long revision) { // law Q3
        if (!isOpen()) {
            throw new IllegalStateException("law Q3: closed twice: " + this);
        }
        UNTIL.setOpaque(this, revision);
    }

    @Override
    public String toString() {
        return value + " in [" + from + ", " + (isOpen() ? "open" : until()) + ")";
    }
}
