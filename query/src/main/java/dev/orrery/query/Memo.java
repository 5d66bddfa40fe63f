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
sealed class Memo permits Memo.Stamped {
    /** The end of an interval that no mark has closed. */
    static final long OPEN = Long.MAX_VALUE;

    /** The stamp of a result that is not on its node's live line. // law Q8 */
    static final long PRIVATE = Long.MAX_VALUE;

    static final Cell[] NOTHING = {};

    /** What stands for a value that was dropped to save memory. */
    private static final Object EMPTIED = new Object();

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

    /** Whether there is no value to return at once: a failure, or a value that was dropped. */
    final boolean failed;

    /** Whether the body must run once this is in doubt, whatever it reads. */
    final boolean mustRun;

    /** Whether it was read since the sieve passed by; set by hits without any order. */
    boolean recentlyRead;

    /** Where it stands with the store; guarded by the node's monitor. */
    byte stored;

    final long from;

    /** What was read, in first-read order, without repeats. The identity of the array matters. */
    final Cell[] dependencies;

    @SuppressWarnings("unused") // through the handle: one access, whatever the machine's word
    private long until;

    private Memo(
            Object value,
            boolean failed,
            boolean mustRun,
            long from,
            long until,
            Cell[] dependencies) {
        this.value = value;
        this.failed = failed;
        this.mustRun = mustRun;
        this.from = from;
        this.dependencies = dependencies;
        this.until = until;
    }

    /** A memo whose stamp is not where its interval begins: most have none, to weigh less. */
    static sealed class Stamped extends Memo permits Certified {
        /** What a node has whose first memo is still to be adopted. It covers nothing. */
        static final Memo DORMANT =
                new Stamped(
                        NoKey.ONE, false, false, Long.MAX_VALUE, Long.MIN_VALUE, PRIVATE, NOTHING);

        private final long changedAt;

        Stamped(
                Object value,
                boolean failed,
                boolean mustRun,
                long from,
                long until,
                long changedAt,
                Cell[] dependencies) {
            super(value, failed, mustRun, from, until, dependencies);
            this.changedAt = changedAt;
        }
    }

    /** A memo that was never in a store. */
    static Memo of(
            Object value,
            boolean failed,
            boolean mustRun,
            long from,
            long until,
            long changedAt,
            Cell[] dependencies) {
        return changedAt == from
                ? new Memo(value, failed, mustRun, from, until, dependencies)
                : new Stamped(value, failed, mustRun, from, until, changedAt, dependencies);
    }

    /** A stamp of the value: an equal value keeps it, a new one gets a greater one. */
    final long changedAt() {
        return this instanceof Stamped stamped ? stamped.changedAt : from;
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
        return of(value, failed, false, until - 1, until, changedAt, dependencies);
    }

    /** This as a baseline, with other cells for what it read. */
    Memo baseline(long doubt, Cell[] own) {
        Memo known = baseline(value, failed, changedAt(), doubt, own);
        return mustRun ? known.forgotten() : known;
    }

    /** A result that holds for one revision only. // law Q8 */
    static Memo only(long revision, Object value, boolean failed) {
        return new Stamped(value, failed, false, revision, revision + 1, PRIVATE, NOTHING);
    }

    // the same result, changed; holding the node's monitor

    private Memo with(Object other, boolean unready, boolean rerun) {
        return of(other, unready, rerun, from, until(), changedAt(), dependencies).following(this);
    }

    /** Takes over what is noted of the live memo whose place this takes. */
    Memo following(Memo before) {
        recentlyRead = before.recentlyRead;
        stored = before.stored;
        return this;
    }

    /** Without its value; whoever wants that runs the body. */
    Memo emptied() {
        return with(EMPTIED, true, mustRun);
    }

    @SuppressWarnings("ReferenceEquality") // the one object that stands for a dropped value
    boolean isEmptied() {
        return value == EMPTIED;
    }

    /** With the value that was dropped. */
    Memo refilled(Object again) {
        return with(again, false, mustRun);
    }

    /** Not to be verified but run again. */
    Memo forgotten() {
        return with(value, failed, true);
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
