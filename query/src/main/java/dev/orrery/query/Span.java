package dev.orrery.query;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Successive commits that are answered together, and the results they left alone.
 *
 * <p>The committer alone takes commits in and counts; one follower ends the span. Thread-safe.
 */
final class Span {
    /*
     * The race of joining and ending. The follower ends a span while a commit is about to mark. Both
     * meet in `joined`: either the commit is counted before the end, and the follower waits until it is
     * published, or it finds the end and begins the next span. So every commit is of exactly one span.
     */
    private static final long ENDED = 1L << 62;

    final long first;

    private final AtomicLong joined = new AtomicLong();
    private final AtomicLong told = new AtomicLong();

    /** Written by the committer; who wants to be sure of it has what the commit marked. */
    private final AtomicLong marking;

    /**
     * Results that became open in it, less those that were replaced, and those that were closed.
     */
    private final LongAdder opened = new LongAdder();

    private long closed;

    // written by the committer before it tells, and read after that

    private long last;
    private long untouched;

    private volatile @Nullable Span next;

    Span(long first) {
        this.first = first;
        this.marking = new AtomicLong(first - 1);
    }

    /** The newest commit of it that began to mark; the one before it as long as none has. */
    long marking() {
        return marking.getAcquire();
    }

    /** A result became open. */
    void opened() {
        opened.increment();
    }

    /** A result of its own was replaced while it was open. */
    void replaced() {
        opened.decrement();
    }

    /** A mark closed a result of its own. By the committer. */
    void closed() {
        closed++;
    }

    /** The results of its own that are open. By the committer. */
    long own() {
        return opened.sum() - closed;
    }

    /** Takes a commit in; false when the span has ended. By the committer, before it marks. */
    boolean join(long revision) {
        if (joined.getAndUpdate(count -> count < ENDED ? count + 1 : count) >= ENDED) {
            return false;
        }
        marking.setRelease(revision);
        return true;
    }

    /** Begins the next span with a commit. By the committer, before it marks. */
    Span begin(long revision) {
        Span begun = new Span(revision);
        begun.join(revision);
        next = begun;
        return begun;
    }

    /** A commit of it has marked, and left so many results alone. By the committer. */
    void marked(long revision, long leftAlone) {
        untouched = leftAlone;
        last = revision;
    }

    /** A commit of it is published, with what was counted. By the committer. */
    void published() {
        told.setRelease(told.getPlain() + 1);
    }

    /** Lets no more commits in. By the follower. */
    void end() {
        joined.getAndUpdate(count -> count < ENDED ? count + ENDED : count);
    }

    /** Whether every commit of it is published; final once it has ended. */
    boolean isWhole() {
        return told.get() == (joined.get() & (ENDED - 1));
    }

    boolean isEmpty() {
        return told.get() == 0;
    }

    long last() {
        told.get();
        return last;
    }

    long untouched() {
        told.get();
        return untouched;
    }

    @Nullable Span next() {
        return next;
    }
}
