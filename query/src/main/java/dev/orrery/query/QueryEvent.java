package dev.orrery.query;

import dev.orrery.core.Revision;
import java.time.Duration;

/** Something the runtime did. Immutable. */
public sealed interface QueryEvent {
    /** A body ran to its end. */
    record Computed(String query, Object key, Revision revision, Duration duration, Result result)
            implements QueryEvent {
        /** The query and its key, as {@code total(ann)}; the name alone for a query without key. */
        public String label() {
            return Definition.label(query, key);
        }
    }

    /** How a run compares with the last one. */
    enum Result {
        /** Another value than before, or the first. */
        CHANGED,
        /** The same value: its readers are spared. */
        EQUAL,
        /** The body threw. */
        FAILED
    }
}
