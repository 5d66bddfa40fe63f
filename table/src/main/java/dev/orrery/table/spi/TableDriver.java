package dev.orrery.table.spi;

import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.table.Capability;
import dev.orrery.table.Schema;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What stands between a table and its source. For authors of drivers.
 *
 * <p>Every call may be slow and may throw {@link OrreryException.Unavailable} when the source is
 * out of reach; the caller tries again later. Nothing else is tried again by itself: a definition
 * that does not fit the source (no such table, no id column) throws {@link
 * OrreryException.BadDefinition}. Implementations are thread-safe and open nothing before the first
 * call that needs it.
 */
public interface TableDriver extends AutoCloseable {
    /** The table's name. */
    String name();

    /** The columns, their types and rules, and which of them is the id. */
    Schema schema();

    /** What this driver can do. */
    Set<Capability> capabilities();

    /**
     * The part of a condition that the source can narrow a read by. Rows that meet the condition
     * must meet this part too; the caller checks the whole condition again.
     */
    Condition pushable(Condition condition);

    /**
     * Reads rows as of one moment.
     *
     * @param pushed what {@link #pushable} answered; rows that do not meet it may be left out
     */
    List<Row> list(Condition pushed);

    /** Reads one row. */
    Optional<Row> find(Key id);

    /** Counts all rows. */
    long count();

    /**
     * Applies a mutation in one step: reads the row, asks how the mutation {@linkplain
     * Mutation#standing stands} to it, writes when it is due, and reads back what is there then.
     *
     * @param within what the row must meet to be there at all, for a patch or a delete; only {@link
     *     Condition#all} unless the driver has {@link Capability#CONDITIONAL_WRITE}
     * @throws OrreryException.Unavailable when it is not known whether it was done; sending it
     *     again is safe
     */
    Settlement apply(Mutation mutation, Condition within);

    /**
     * Deletes all rows that meet a condition, in one step.
     *
     * @param within only {@link Condition#all} unless the driver has {@link
     *     Capability#CONDITIONAL_WRITE}
     * @return how many there were
     */
    long deleteAll(Condition within);

    /**
     * A mark that differs from an earlier one when anybody, this driver included, may have changed
     * rows in between. Cheap: it is asked for several times a second. Only with {@link
     * Capability#MARK}.
     */
    Object mark();

    /** Lets go of the source. Closing twice is harmless. */
    @Override
    void close();
}
