package dev.orrery.graph;

import java.util.List;
import java.util.Optional;

/**
 * What compaction did. Immutable.
 *
 * @param entries how many entries are kept in a base alone that were kept by themselves before
 * @param kept how many are kept by themselves
 * @param base the name of the base there is now, by which replicas that compacted the same entries
 *     have the same; empty when there is none
 * @param heldBackBy who has not acknowledged what is kept, in the order of names
 */
public record Compacted(long entries, long kept, Optional<Hash> base, List<HeldBack> heldBackBy) {
    /** Checks nothing. */
    public Compacted {
        heldBackBy = List.copyOf(heldBackBy);
    }

    /** What it is that holds back. */
    public enum Kind {
        /** A replica. */
        REPLICA,
        /** A named consumer. */
        CONSUMER
    }

    /**
     * Who has not acknowledged entries that are kept for that.
     *
     * @param entries how many; all there are when it was never heard of
     */
    public record HeldBack(Kind kind, String name, long entries) {}
}
