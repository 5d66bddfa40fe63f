package dev.orrery.query;

import java.util.concurrent.atomic.AtomicLong;
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
    private volatile long marking;
    private volatile long last;
    private volatile long untouched;
    private volatile @Nullable Span next;

    Span(long first) {
        this.first = first;
        this.marking = first - 1;
    }

    /** The newest commit of it that began to mark; the one before it as long as none has. */
    long marking() {
        return marking;
    }

    /** Takes a commit in; false when the span has ended. By the committer, before it marks. */
    boolean join(long revision) {
        if (joined.getAndUpdate(count -> count < ENDED ? count + 1 : count) >= ENDED) {
            return false;
        }
        marking = revision;
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

    /** A commit of it is published. By the committer. */
    void published() {
        told.incrementAndGet();
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
        return last;
    }

    long untouched() {
        return untouched;
    }

    @Nullable Span next() {
        return next;
    }
}
