package dev.orrery.graph;

import org.jspecify.annotations.Nullable;

/**
 * Who wrote something, as which of his entries, and when: what registers are compared by. Shared by
 * everything one entry wrote. Immutable.
 *
 * <p>The greater stamp wins: the later time; at the same time the author whose name comes first;
 * between two entries that one author gave one time, the lower hash.
 */
record Stamp(HybridTime time, String author, long sequence, Hash hash)
        implements Comparable<Stamp> { // law G6

    @Override
    public int compareTo(Stamp other) {
        int compared = time.compareTo(other.time);
        compared = compared == 0 ? other.author.compareTo(author) : compared;
        return compared == 0 ? other.hash.compareTo(hash) : compared;
    }

    /** Whether this is a later entry of the same author's than another. */
    boolean follows(Stamp other) {
        return sequence == other.sequence ? compareTo(other) > 0 : sequence > other.sequence;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Stamp stamp && hash.equals(stamp.hash);
    }

    @Override
    public int hashCode() {
        return hash.hashCode();
    }
}
