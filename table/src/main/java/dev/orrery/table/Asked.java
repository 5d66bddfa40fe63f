package dev.orrery.table;

import dev.orrery.core.Commit;
import java.util.OptionalLong;

/**
 * A write that a commit made visible, and its times: the origin of a commit by a user of a live
 * table. Thread-safe.
 */
public interface Asked extends Commit.Origin {
    /** When the write was asked for, by the clock for intervals. */
    long askedNanos();

    /** When the source had accepted it; empty as long as it has not. */
    OptionalLong confirmedNanos();
}
