package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import dev.orrery.core.RowStatus;
import dev.orrery.core.Signal;
import dev.orrery.core.Total;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A local, durable, write-through copy of a table.
 *
 * <p>Reads are answered here, also while the source is away and right after a restart. A row is
 * what the source last told of it, with the writes it has not answered yet on top. Writes are
 * checked against the schema, stored, visible at once, and sent in the background, in order for
 * each key; all of a commit's writes become visible as one. A write the source refuses is undone
 * alone, and its reason is the row's {@link #status}. What others change at the source shows up
 * here within the polling interval.
 *
 * <p>Every write method throws {@link Invalid} when the write breaks the schema, {@link
 * Unsupported} when the source cannot do it, {@link LimitExceeded} when the outbox is full and
 * refuses, {@link TimedOut} when it is full and stays so; then nothing is done. Thread-safe.
 *
 * @param <K> the class of the id
 * @param <V> the class of the values: a record, or {@link Row}
 */
public interface LiveTable<K, V> extends Relation<K, V>, AutoCloseable {
    /**
     * Makes a new row.
     *
     * @throws Conflict when there is a row with this id
     */
    Write<V> insert(V value);

    /**
     * Changes a row; only the columns whose values the change makes different are written. No other
     * commit here comes between what the change was given and what it gives.
     *
     * @param change gives the new value for the current one; outside a commit it runs again when
     *     another commit was quicker, no lock is held
     * @throws Conflict from the commit this is part of, when another commit was quicker
     * @throws Missing when there is no such row
     * @throws UserFailure when {@code change} throws
     */
    Write<V> update(K key, UnaryOperator<V> change);

    /**
     * Changes some columns of a row.
     *
     * @throws Missing when there is no such row
     */
    Write<V> patch(K key, Row fields);

    /**
     * Takes a row away.
     *
     * @throws Missing when there is no such row
     */
    Write<V> delete(K key);

    /** How a row stands with its source. */
    RowStatus status(K key);

    /** How many rows there are. */
    Total total();

    /** The columns and rules of the rows. */
    Schema schema();

    /** The id under which a row with this key is known; its text is for addresses. */
    Key id(K key);

    /**
     * The key of the row with an id.
     *
     * @throws Invalid when the id is not of the key's class
     */
    K key(Key id);

    /** Whether the source can be reached, to be watched. */
    Signal<SourceState> source();

    /** What this table has done, in numbers. */
    Ledger ledger();

    /**
     * Reads the source again now, and waits until what it says is visible here.
     *
     * @throws TimedOut when it has not answered by then
     */
    void refresh(Duration timeout);

    /**
     * Waits until no write is pending.
     *
     * @throws TimedOut when some still are by then
     */
    void settle(Duration timeout);

    /** Stops following the source and closes its driver; pending writes are kept for next time. */
    @Override
    void close();
}
