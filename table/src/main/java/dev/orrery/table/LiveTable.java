package dev.orrery.table;

import dev.orrery.core.Feed;
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
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A local, durable, write-through copy of a table.
 *
 * <p>Reads are answered here, also while the source is away and right after a restart. A row is
 * what the source last told of it, with the writes it has not answered yet on top. Writes are
 * checked against the schema, stored, visible at once, and sent in the background, in order for
 * each key; all of a commit's writes become visible as one. A write the source refuses is undone
 * alone, and its reason is the row's {@link #status}. What others change at the source shows up
 * here within the polling interval. A row that does not fit the classes is not shown; the log and
 * its {@link #status} say why.
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

    /**
     * Changes some columns of a row for somebody far away, who may ask again.
     *
     * <p>The same edit again does nothing and answers its write as far as it has come; that is
     * known for the last 1,024 edits and for all that are pending, also after a restart. What is no
     * longer known is told by the values: an edit whose values the row has is done.
     *
     * @throws Conflict when another value than the one the author saw is in a column it changes;
     *     what is there is {@link Conflict#actual}
     * @throws Missing when there is no such row
     * @throws Invalid also when another edit has this name
     */
    Write<V> edit(K key, Edit edit);

    /**
     * Gives a write up that waits for a source out of reach, or was refused: it is taken back and
     * its failure forgotten. A source that did it without answering will say so when it is back.
     *
     * @param mutation the name of the write, as the edit or the status has it
     * @return false when there is nothing to give up: the source did it, or never heard of it
     * @throws TimedOut when it is on its way and the source does not answer
     */
    boolean giveUp(String mutation);

    /**
     * How the newest write of each row stands with the source, as far as it is not settled: the
     * rows there are first, then each whose status changed.
     */
    Feed<Update<List<WriteStatus>, List<WriteStatus>>> writes();

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
