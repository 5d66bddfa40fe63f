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
    private final LongAdder open = new LongAdder();
    private final LongAdder untouched = new LongAdder();
    private final LongAdder rerun = new LongAdder();
    private volatile Span span;
    private volatile @Nullable Answers answers;

    /** Nothing is remembered yet; the next commit makes a revision. */
    Remembered(long next) {
        this.span = new Span(next);
    }

    // by nodes, holding their monitor

    /** A result became open; returns the newest commit that had begun to mark by then. */
    long opened() {
        Span now = span;
        open.increment();
        now.opened.increment();
        return now.marking();
    }

    /** A result is open no longer that became open when a commit had begun to mark. */
    void closed(long openedAt) {
        open.decrement();
        Span now = span;
        if (openedAt >= now.first) {
            now.opened.decrement();
        }
    }

    /** A body ran again. */
    void reran() {
        rerun.increment();
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
        long left = open.sum();
        untouched.add(left);
        Span now = span;
        now.marked(revision, left - now.opened.sum());
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
        return open.sum();
    }

    long untouched() {
        return untouched.sum();
    }

    long rerun() {
        return rerun.sum();
    }
}
