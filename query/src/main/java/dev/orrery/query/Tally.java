package dev.orrery.query;

import dev.orrery.core.Reading;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * Exact counts of several kinds that many threads add to. Who reads at a place of its own adds
 * there by plain stores, since nobody else does as long as it reads; all others share one count.
 * Thread-safe.
 */
final class Tally {
    /** The place of those who have none. */
    static final int SHARED = -1;

    private static final int KINDS = 8;
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] own = new long[(Reading.PLACES + 1) * KINDS];
    private final LongAdder[] shared = new LongAdder[KINDS];

    /** Counts of at most {@value #KINDS} kinds, numbered from zero. */
    Tally() {
        for (int kind = 0; kind < KINDS; kind++) {
            shared[kind] = new LongAdder();
        }
    }

    void add(int place, int kind, long number) {
        if (place == SHARED) {
            shared[kind].add(number);
        } else {
            int cell = (place + 1) * KINDS + kind;
            CELL.setOpaque(own, cell, (long) CELL.getOpaque(own, cell) + number);
        }
    }

    long sum(int kind) {
        long sum = shared[kind].sum();
        for (int cell = KINDS + kind; cell < own.length; cell += KINDS) {
            sum += (long) CELL.getOpaque(own, cell);
        }
        return sum;
    }
}
