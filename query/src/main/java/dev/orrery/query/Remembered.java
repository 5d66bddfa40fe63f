package dev.orrery.query;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts the results that are remembered and hold still, and those that commits leave alone; the
 * sets that the runtime keeps for itself are none of them. Thread-safe.
 *
 * <p>A result counts from the moment it becomes open to the mark that closes it. When a commit has
 * marked, whatever is open was there and was not visited. // law Q22
 */
final class Remembered {
    /*
     * Results become open in many threads, and are closed by the committer, or rarely by who
     * replaces an open one. A result bears the newest commit that had begun to mark when it became
     * open, and counts with the span of that commit. A span's own results are counted before all
     * results are when one becomes open, and are read after them, so that what is still being counted
     * may be missing from what stands, and never counts as standing by mistake. A result that a commit
     * closes and that is computed again belongs to the commit's span: who installs it has had the node's
     * monitor after the mark, and so sees the span that was begun before.
     */

    private static final int OPENED = 0;
    private static final int RERUN = 1;

    /**
     * Results that became open, less those that were replaced while open, and bodies that ran
     * again.
     */
    private final Tally tally = new Tally();

    /** Results that marks have closed. Written by the committer. */
    private final AtomicLong closed = new AtomicLong();

    private final AtomicLong untouched = new AtomicLong();
    private volatile Span span;
    private volatile @Nullable Answers answers;

    /** Nothing is remembered yet; the next commit makes a revision. */
    Remembered(long next) {
        this.span = new Span(next);
    }

    // by nodes, holding their monitor

    /** A result became open; returns the newest commit that had begun to mark by then. */
    long opened(int place) {
        Span now = span;
        if (answers != null) {
            now.opened();
        }
        tally.add(place, OPENED, 1);
        return now.marking();
    }

    /** A mark closed a result that became open when a commit had begun to mark. */
    void closed(long openedAt) {
        closed.setRelease(closed.getPlain() + 1);
        Span now = span;
        if (answers != null && openedAt >= now.first) {
            now.closed();
        }
    }

    /** A result took the place of one that was open, which no mark had closed. */
    void replaced(int place, long openedAt) {
        tally.add(place, OPENED, -1);
        Span now = span;
        if (answers != null && openedAt >= now.first) {
            now.replaced();
        }
    }

    /** A body ran again. */
    void reran(int place) {
        tally.add(place, RERUN, 1);
    }

    // by the committer

    /** A commit is about to mark. */
    void marking(long revision) {
        Span now = span;
        if (!now.join(revision)) {
            span = now.begin(revision);
        }
    }

    /** A commit has marked all that it visits. */
    void marked(long revision) {
        long open = open();
        untouched.setRelease(untouched.getPlain() + open);
        Span now = span;
        now.marked(revision, Math.max(0, open - now.own()));
    }

    void published() {
        span.published();
    }

    // by a follower, and for it

    void follow(@Nullable Answers follower) {
        answers = follower;
    }

    @Nullable Answers follower() {
        return answers;
    }

    Span span() {
        return span;
    }

    long open() {
        return tally.sum(OPENED) - closed.getAcquire();
    }

    long untouched() {
        return untouched.getAcquire();
    }

    long rerun() {
        return tally.sum(RERUN);
    }
}
