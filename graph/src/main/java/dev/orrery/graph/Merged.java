package dev.orrery.graph;

import java.util.List;

/**
 * What became of entries that came from elsewhere. Immutable.
 *
 * @param added how many were taken in: they are new here, or could not be read any more
 * @param known how many were here already
 * @param waiting those that cannot be taken in yet: what they follow is not here, or they are of
 *     the future; to be offered again
 * @param refused those that never can be
 */
public record Merged(long added, long known, List<Waiting> waiting, List<Refused> refused) {
    public Merged {
        waiting = List.copyOf(waiting);
        refused = List.copyOf(refused);
    }

    /** With some of those that were known as taken in. */
    Merged with(int restored) {
        return new Merged(added + restored, known - restored, waiting, refused);
    }

    /** Why an entry waits. */
    public enum Cause {
        /** An entry it follows is not here. */
        MISSING_PARENT,
        /** Its author has not sealed it. */
        UNSEALED,
        /** Its author's key was revoked, and nobody else who is trusted has taken it in. */
        REVOKED,
        /** Its time is further ahead of the wall clock than may be. */
        FUTURE
    }

    /** An entry that cannot be taken in yet. */
    public record Waiting(Entry entry, Cause cause) {}

    /**
     * An entry that is not taken in.
     *
     * @param entry its hash
     * @param rule the rule it breaks
     */
    public record Refused(Hash entry, String rule) {}
}
