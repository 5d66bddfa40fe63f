package dev.orrery.view;

import dev.orrery.core.OrreryException.UserFailure;
import java.util.Optional;

/**
 * All rows of a table view as of the revisions between two of its changes. Immutable; compared by
 * identity.
 */
final class TableState {
    private final long generation;
    private final OrderTree<Entry> rows;
    private final Optional<UserFailure> failure;

    TableState(long generation, OrderTree<Entry> rows, Optional<UserFailure> failure) {
        this.generation = generation;
        this.rows = rows;
        this.failure = failure;
    }

    TableState next(OrderTree<Entry> changed) {
        return new TableState(generation + 1, changed, failure);
    }

    TableState failed(UserFailure why) {
        return new TableState(generation + 1, rows, Optional.of(why));
    }

    /** How many times the view changed since it was opened. */
    long generation() {
        return generation;
    }

    OrderTree<Entry> rows() {
        return rows;
    }

    Optional<UserFailure> failure() {
        return failure;
    }
}
