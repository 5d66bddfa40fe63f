package dev.orrery.view;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many tree nodes and rows a view looked at to follow commits: what the cost laws are tested
 * with. Counted by one thread at a time, read by any.
 */
final class Visits {
    private final AtomicLong count = new AtomicLong();

    void one() {
        count.setOpaque(count.getPlain() + 1);
    }

    long total() {
        return count.getOpaque();
    }
}
