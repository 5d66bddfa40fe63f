package dev.orrery.core;

import java.util.List;

/**
 * A source that can also be read as a set, by condition and order.
 *
 * <p>Narrowing is immutable and costs nothing until it is read. Inside a query a set read depends
 * on its condition: it is marked by changes that enter, leave or happen inside it. Thread-safe.
 */
public interface Relation<K, V> extends Source<K, V> {
    /**
     * The rows that also meet a condition.
     *
     * @throws OrreryException.Invalid when it names a column that no row has, where that is known
     */
    Relation<K, V> where(Condition condition);

    /**
     * The same rows in another order; without one they come in the order of their keys.
     *
     * @throws OrreryException.Invalid when it names a column that no row has, where that is known
     */
    Relation<K, V> orderBy(Order... orders);

    /** The values, in order. */
    List<V> list();

    /** The keys, in the order of their values. */
    List<K> keys();

    /** How many rows there are. */
    long count();

    /**
     * The commits that changed these rows; a row that enters or leaves the condition is inserted or
     * deleted.
     */
    Feed<Delivery<ChangeSet<K, V>>> changes();

    /** The row that conditions and orders look at. */
    Row toRow(K key, V value);
}
