package dev.orrery.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A source that answers at a revision: what the query runtime and views need of it. For authors of
 * sources; {@link LocalRelation} implements it.
 *
 * <p>The revisions given must be pinned, or be the published one. None of these reads is tracked.
 */
public interface Versioned<K, V> extends Source<K, V> {
    /** The timeline this source commits through. */
    Timeline timeline();

    /** The value of a key as of a revision. */
    Optional<V> findAt(K key, long revision);

    /**
     * The revision that gave a key its newest value, counting a commit whose versions are installed
     * but not yet published; zero when no commit has.
     */
    long changedAt(K key);

    /** The newest revision that changed anything here, counted in the same way. */
    long changedAt();

    /**
     * The first revision after {@code revision} that changed the key, or {@link Long#MAX_VALUE}.
     */
    long nextChange(K key, long revision);

    /** The entries that meet a condition as of a revision, in the order of their keys. */
    List<Map.Entry<K, V>> selectAt(Condition condition, long revision);

    /** The row that conditions and orders look at. */
    Row toRow(K key, V value);

    /** Whether a value that is there stays for ever, on branches too; absence may end. */
    default boolean isFrozen() {
        return false;
    }

    /**
     * The columns that rows have, where they are known before any row is; conditions and orders
     * name no others then.
     */
    default Optional<Shape> shape() {
        return Optional.empty();
    }

    /**
     * How keys and values are stored, for those who must know over a restart what they read here;
     * empty when they have no stored form.
     */
    default Optional<Form<K, V>> form() {
        return Optional.empty();
    }

    /** The stored form of a source's keys and values. */
    record Form<K, V>(Codec<K> keys, Codec<V> values) {}
}
