package dev.orrery.table;

import dev.orrery.core.OrreryException;
import java.time.Instant;

/** Whether the source of a live table can be reached. Immutable. */
public sealed interface SourceState {
    /** It answered when it was last asked. */
    record Reachable() implements SourceState {}

    /**
     * It did not answer; rows are served as last known, writes are kept and tried again.
     *
     * @param since since when
     * @param reason what it said
     */
    record Away(Instant since, OrreryException reason) implements SourceState {}
}
