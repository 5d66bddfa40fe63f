package dev.orrery.table.spi;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import java.util.Optional;

/** What a source answered to a mutation. Immutable. */
public sealed interface Settlement {
    /**
     * It is done, now or when it was sent before.
     *
     * @param row the row as the source has it now; empty when there is none
     */
    record Confirmed(Optional<Row> row) implements Settlement {}

    /**
     * The source will never do it; nothing was changed.
     *
     * @param reason why
     */
    record Refused(OrreryException reason) implements Settlement {}

    /**
     * Somebody else changed what the mutation expected; nothing was changed.
     *
     * @param row the row as the source has it now; empty when there is none
     */
    record Overtaken(Optional<Row> row) implements Settlement {}
}
