package dev.orrery.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything one commit changed in one source, at most one change per key, in the order of first
 * writing. Immutable once its commit is published.
 */
public final class ChangeSet<K, V> implements Iterable<Change<K, V>> {
    private static final int SCANNED = 8;

    private final Versioned<K, V> source;
    private final Revision revision;
    private final List<Change<K, V>> changes = new ArrayList<>(1);

    /** By their keys, once somebody has asked for one of many. */
    private volatile @Nullable Map<K, Change<K, V>> byKey;

    ChangeSet(Versioned<K, V> source, Revision revision) {
        this.source = source;
        this.revision = revision;
    }

    /** Adds the change of another key; only while the set is being made. */
    void add(Change<K, V> change) {
        changes.add(change);
        byKey = null;
    }

    boolean isOf(Versioned<?, ?> other) {
        return source.equals(other);
    }

    /** The source that changed. */
    public Versioned<K, V> source() {
        return source;
    }

    /** The revision the commit made. */
    public Revision revision() {
        return revision;
    }

    /** The change of a key, if the commit changed it. */
    public Optional<Change<K, V>> of(K key) {
        if (changes.size() > SCANNED) {
            return Optional.ofNullable(byKey().get(key));
        }
        for (Change<K, V> change : changes) {
            if (change.key().equals(key)) {
                return Optional.of(change);
            }
        }
        return Optional.empty();
    }

    private Map<K, Change<K, V>> byKey() {
        Map<K, Change<K, V>> known = byKey;
        if (known == null) {
            known = new HashMap<>(2 * changes.size());
            for (Change<K, V> change : changes) {
                known.put(change.key(), change);
            }
            byKey = known;
        }
        return known;
    }

    /** How many keys changed. */
    public int size() {
        return changes.size();
    }

    @Override
    public Iterator<Change<K, V>> iterator() {
        return Collections.unmodifiableList(changes).iterator();
    }

    @Override
    public String toString() {
        return source.name() + changes;
    }
}
