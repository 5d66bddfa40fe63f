package dev.orrery.query;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was done for one query's keys. Thread-safe.
 *
 * <p>Hits are counted in stripes by plain additions, since they are many: threads that share a
 * stripe may lose one. The others are exact.
 */
final class Counts {
    private static final int STRIPES = 16;
    private static final int PADDING = 16;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] hits = new long[(STRIPES + 1) * PADDING];
    private final LongAdder computed = new LongAdder();
    private final LongAdder spared = new LongAdder();
    private final LongAdder marked = new LongAdder();

    /** Those of the root's committer, who is one at a time. */
    private final AtomicLong markedByRoot = new AtomicLong();

    private final LongAdder visited = new LongAdder();
    private final LongAdder evicted = new LongAdder();

    void hit() {
        int stripe = (1 + ((int) Thread.currentThread().threadId() & (STRIPES - 1))) * PADDING;
        CELL.setOpaque(hits, stripe, (long) CELL.getOpaque(hits, stripe) + 1);
    }

    void computed() {
        computed.increment();
    }

    void spared() {
        spared.increment();
    }

    void mark(boolean isRoots) {
        if (isRoots) {
            markedByRoot.setRelease(markedByRoot.getPlain() + 1);
        } else {
            marked.increment();
        }
    }

    void evicted() {
        evicted.increment();
    }

    void visited(int dependencies) {
        if (dependencies > 0) {
            visited.add(dependencies);
        }
    }

    Statistics statistics() {
        long hit = 0;
        for (int stripe = 1; stripe <= STRIPES; stripe++) {
            hit += (long) CELL.getOpaque(hits, stripe * PADDING);
        }
        return new Statistics(
                computed.sum(),
                spared.sum(),
                hit,
                marked.sum() + markedByRoot.getAcquire(),
                visited.sum(),
                evicted.sum());
    }
}
