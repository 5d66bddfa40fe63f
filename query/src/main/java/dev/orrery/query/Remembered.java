package dev.orrery.query;

import java.util.concurrent.atomic.LongAdder;
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
     * Results become open and are closed by several threads while a commit counts. What is open and
     * what of it has stood since before the span must be one moment's, and a span must not begin
     * between a result's count and its stamp: so they are counted under one lock, which is a leaf.
     */

    /** Results that are open. */
    private long open;

    /** Those of them that became open before the first commit of the span began to mark. */
    private long standing;

    private long untouched;
    private final LongAdder rerun = new LongAdder();
    private volatile Span span;
    private volatile @Nullable Answers answers;

    /** Nothing is remembered yet; the next commit makes a revision. */
    Remembered(long next) {
        this.span = new Span(next);
    }

    // by nodes, holding their monitor

    /** A result became open; returns the newest commit that had begun to mark by then. */
    synchronized long opened() {
        long marking = span.marking();
        open++;
        standing += marking < span.first ? 1 : 0;
        return marking;
    }

    /** A result is open no longer that became open when a commit had begun to mark. */
    synchronized void closed(long openedAt) {
        open--;
        standing -= openedAt < span.first ? 1 : 0;
    }

    /** A body ran again. */
    void reran() {
        rerun.increment();
    }

    // by the committer

    /** A commit is about to mark. */
    synchronized void marking(long revision) {
        Span now = span;
        if (!now.join(revision)) {
            span = now.begin(revision);
            standing = open;
        }
    }

    /** A commit has marked all that it visits. */
    synchronized void marked(long revision) {
        untouched += open;
        span.marked(revision, standing);
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

    synchronized long open() {
        return open;
    }

    synchronized long untouched() {
        return untouched;
    }

    long rerun() {
        return rerun.sum();
    }
}
