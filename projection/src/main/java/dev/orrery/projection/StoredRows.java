package dev.orrery.projection;

import java.util.List;
import java.util.function.Consumer;

/** Reads rows of states from the store. */
@FunctionalInterface
interface StoredRows {
    /** Hands over the rows of some keys, in no order; of those that have one. */
    void read(List<byte[]> keys, Consumer<EpochTables.StateRow> reader);
}
