package dev.orrery.query;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was done for one query's keys. Thread-safe.
 *
 * <p>Hits are counted in stripes by plain additions, since they are many: threads that share a
 * stripe may lose one. The others are exact.
 */
final class Counts {
    private static final int STRIPES = 16;
    private static final int PADDING = 16;
    private static final int COMPUTED = 0;
    private static final int SPARED = 1;
    private static final int MARKED = 2;
    private static final int VISITED = 3;
    private static final int EVICTED = 4;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] hits = new long[(STRIPES + 1) * PADDING];

    private final Tally tally = new Tally();

    /** Marks by the root's committer, who is one at a time. */
    private final AtomicLong markedByRoot = new AtomicLong();

    void hit() {
        int stripe = (1 + ((int) Thread.currentThread().threadId() & (STRIPES - 1))) * PADDING;
        CELL.setOpaque(hits, stripe, (long) CELL.getOpaque(hits, stripe) + 1);
    }

    // by a strand with its place

    void computed(int place) {
        tally.add(place, COMPUTED, 1);
    }

    void spared(int place) {
        tally.add(place, SPARED, 1);
    }

    void visited(int place, int dependencies) {
        if (dependencies > 0) {
            tally.add(place, VISITED, dependencies);
        }
    }

    void mark(boolean isRoots) {
        if (isRoots) {
            markedByRoot.setRelease(markedByRoot.getPlain() + 1);
        } else {
            tally.add(Tally.SHARED, MARKED, 1);
        }
    }

    void evicted() {
        tally.add(Tally.SHARED, EVICTED, 1);
    }

    Statistics statistics() {
        long hit = 0;
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            hit += (long) CELL.getOpaque(hits, stripe * PADDING);
        }
        return new Statistics(
                tally.sum(COMPUTED),
                tally.sum(SPARED),
                hit,
                tally.sum(MARKED) + markedByRoot.getAcquire(),
                tally.sum(VISITED),
                tally.sum(EVICTED));
    }
}
