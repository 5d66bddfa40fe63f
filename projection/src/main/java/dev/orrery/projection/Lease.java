package dev.orrery.projection;

import org.jspecify.annotations.Nullable;

/**
 * Who may fold an epoch in a shared database, as it was stored at some moment. Immutable.
 *
 * @param term counts the claims: whoever made the last one holds it, until it ends or is claimed
 *     again
 * @param isFree whether it has ended, by the database's clock
 * @param holder who holds it, for people
 */
record Lease(long term, boolean isFree, @Nullable String holder) {
    /** In place of a term: of nobody. */
    static final long NONE = -1;

    /** Nobody's yet. */
    static final Lease UNCLAIMED = new Lease(0, true, null);

    /** Whether somebody else than who holds a term has it. */
    boolean isElsewhere(long mine) {
        return !isFree && term != mine;
    }
}
