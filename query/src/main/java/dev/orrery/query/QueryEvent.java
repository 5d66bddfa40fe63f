package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import java.time.Duration;
import java.util.Optional;

/**
 * Something the runtime did, or was told. Immutable.
 *
 * <p>What a commit did is told in one piece, after it can be seen: the commit, what it wrote, what
 * it put in doubt. What is done at its revision is told after that.
 */
public sealed interface QueryEvent {
    /** The revision it happened at. */
    Revision revision();

    /** Something that happened to the result of a query. */
    sealed interface OfQuery extends QueryEvent {
        /** The query's name. */
        String query();

        /** The key; of a query without one, a constant that reads as nothing. */
        Object key();

        /** The query and its key, as {@code total(ann)}; the name alone for a query without key. */
        default String label() {
            return Definition.label(query(), key());
        }
    }

    /** A commit made a revision. */
    record Committed(Revision revision, String cause) implements QueryEvent {}

    /** A commit gave a key of an input, or of a source that queries have read, another value. */
    record Written(Revision revision, String source, Object key) implements QueryEvent {}

    /** A commit took the value of such a key away. */
    record Removed(Revision revision, String source, Object key) implements QueryEvent {}

    /**
     * A commit put a result in doubt. It is told once, until the result is looked into again.
     *
     * @param root the key of a source whose change reached the result first; the result that was
     *     forgotten, when that is what put it in doubt
     */
    record Invalidated(String query, Object key, Revision revision, Dependency root)
            implements OfQuery {}

    /**
     * A body ran to its end.
     *
     * @param because the dependency whose change made it run; empty for a first run and a retry
     * @param failure what it failed with, when it did
     */
    record Computed(
            String query,
            Object key,
            Revision revision,
            Duration duration,
            Result result,
            Optional<Dependency.Changed> because,
            Optional<OrreryException> failure)
            implements OfQuery {}

    /** A result in doubt was found to hold still, without running its body. */
    record Spared(String query, Object key, Revision revision) implements OfQuery {}

    /** A computation was given up without a result, since whoever led it was interrupted. */
    record Cancelled(String query, Object key, Revision revision) implements OfQuery {}

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
