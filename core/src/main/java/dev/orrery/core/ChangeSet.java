package dev.orrery.core;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * Everything one commit changed in one source, at most one change per key, in the order of first
 * writing. Immutable.
 */
public final class ChangeSet<K, V> implements Iterable<Change<K, V>> {
    private final Versioned<K, V> source;
    private final Revision revision;
    private final Map<K, Change<K, V>> changes;

    ChangeSet(Versioned<K, V> source, Revision revision, Map<K, Change<K, V>> changes) {
        this.source = source;
        this.revision = revision;
        this.changes = changes;
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
        return Optional.ofNullable(changes.get(key));
    }

    /** How many keys changed. */
    public int size() {
        return changes.size();
    }

    @Override
    public Iterator<Change<K, V>> iterator() {
        return Collections.unmodifiableCollection(changes.values()).iterator();
    }

    @Override
    public String toString() {
        return source.name() + changes.values();
    }
}
