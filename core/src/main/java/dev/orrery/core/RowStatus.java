package dev.orrery.core;

import java.time.Instant;

/**
 * How a row stands with the source it is a copy of. Derived from what is known and pending, never
 * stored in the row. Immutable.
 */
public sealed interface RowStatus {
    /** The row is as its source last told, and the source is within reach. */
    record Fresh() implements RowStatus {}

    /**
     * The row is as its source last told, but the source is out of reach.
     *
     * @param since when it was last heard of
     */
    record Stale(Instant since) implements RowStatus {}

    /**
     * The row shows writes that its source has not confirmed.
     *
     * @param writes how many, at least 1
     */
    record Pending(int writes) implements RowStatus {}

    /**
     * The last write to the row was refused, or the row could not be read; the row shows what its
     * source last told.
     *
     * @param reason why
     */
    record Failed(OrreryException reason) implements RowStatus {}

    /** There is no such row. */
    record Absent() implements RowStatus {}
}
