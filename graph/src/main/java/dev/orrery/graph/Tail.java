package dev.orrery.graph;

import dev.orrery.core.Subscription;

/**
 * The entries of a graph for one named consumer, whose place is kept with the graph: it goes on
 * where it acknowledged last, in this process or the next, and what it has not acknowledged is not
 * compacted away until its lease ends. A new consumer begins with the first entry that is kept:
 * what was compacted before, the graph itself shows.
 *
 * <p>Closing keeps place and lease. For one reading thread, as every subscription.
 */
public interface Tail extends Subscription<Entry> {
    /**
     * Keeps, durably, that everything handed out so far has been dealt with, and renews the lease.
     */
    void acknowledge();

    /** Ends the lease and forgets the place: nothing is held back for this consumer any more. */
    void release();
}
