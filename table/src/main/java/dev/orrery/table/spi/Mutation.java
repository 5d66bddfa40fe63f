package dev.orrery.table.spi;

import dev.orrery.core.Key;
import dev.orrery.core.Row;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One write to a row of a table, on its way to the source. Immutable.
 *
 * <p>It carries what its author saw, so that a source can tell whether it still applies, and so
 * that delivering it again after an answer was lost does no harm: see {@link #standing}.
 */
public sealed interface Mutation {
    /** Names this mutation for ever; the same when it is sent again. */
    String id();

    /** The row it is for. */
    Key key();

    /** The columns whose values it decides; for a delete those it expects. */
    Set<String> columns();

    /** How a mutation stands to the row that is there when it arrives. */
    enum Standing {
        /** The row is as expected: do it. */
        DUE,
        /** The row already is as it should become: there is nothing to do. */
        DONE,
        /** The row is neither: somebody else changed it. */
        OVERTAKEN
    }

    /** How this mutation stands to the row that is there now, if one is. */
    Standing standing(Optional<Row> current);

    /** The row as it is after this mutation, where it applies; empty when there is none then. */
    Optional<Row> applyTo(Optional<Row> current);

    /**
     * Makes a new row.
     *
     * @param row its columns, the id among them
     */
    record Insert(String id, Key key, Row row) implements Mutation {
        /** Checks that all is there. */
        public Insert {
            Objects.requireNonNull(id);
            Objects.requireNonNull(key);
            Objects.requireNonNull(row);
        }

        @Override
        public Set<String> columns() {
            return Set.copyOf(row.columns());
        }

        @Override
        public Standing standing(Optional<Row> current) {
            if (current.isEmpty()) {
                return Standing.DUE;
            }
            return holds(row, current.get()) ? Standing.DONE : Standing.OVERTAKEN;
        }

        @Override
        public Optional<Row> applyTo(Optional<Row> current) {
            return Optional.of(row);
        }
    }

    /**
     * Changes some columns of a row.
     *
     * @param fields the columns to change, with their new values; never the id
     * @param expected values the row must still have, for any columns; an empty row expects nothing
     */
    record Patch(String id, Key key, Row fields, Row expected) implements Mutation {
        /** Checks that all is there. */
        public Patch {
            Objects.requireNonNull(id);
            Objects.requireNonNull(key);
            Objects.requireNonNull(fields);
            Objects.requireNonNull(expected);
        }

        @Override
        public Set<String> columns() {
            return Set.copyOf(fields.columns());
        }

        @Override
        public Standing standing(Optional<Row> current) {
            if (current.isEmpty()) {
                return Standing.OVERTAKEN;
            }
            if (holds(fields, current.get())) {
                return Standing.DONE;
            }
            return holds(expected, current.get()) ? Standing.DUE : Standing.OVERTAKEN;
        }

        @Override
        public Optional<Row> applyTo(Optional<Row> current) {
            return current.map(row -> row.merge(fields));
        }
    }

    /**
     * Takes a row away.
     *
     * @param expected values the row must still have, for any columns; an empty row expects nothing
     */
    record Delete(String id, Key key, Row expected) implements Mutation {
        /** Checks that all is there. */
        public Delete {
            Objects.requireNonNull(id);
            Objects.requireNonNull(key);
            Objects.requireNonNull(expected);
        }

        @Override
        public Set<String> columns() {
            return Set.copyOf(expected.columns());
        }

        @Override
        public Standing standing(Optional<Row> current) {
            if (current.isEmpty()) {
                return Standing.DONE;
            }
            return holds(expected, current.get()) ? Standing.DUE : Standing.OVERTAKEN;
        }

        @Override
        public Optional<Row> applyTo(Optional<Row> current) {
            return Optional.empty();
        }
    }

    private static boolean holds(Row values, Row row) {
        return values.columns().stream()
                .allMatch(column -> Objects.equals(values.value(column), row.value(column)));
    }
}
