package dev.orrery.core;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A source as a branch of its timeline sees it: the keys written on the branch with their versions
 * there, every other key as it was where the branch begins.
 *
 * <p>A cell is made by the first write of its key and begins with the value below, so a reader may
 * find a key with or without it and sees the same. Thread-safe.
 */
final class Overlay<K, V> extends LocalRelation<K, V> { // law C54
    /** The source itself, whatever the branches in between. */
    final Versioned<K, V> origin;

    private final Versioned<K, V> below;
    private final long at;

    /**
     * Makes the overlay of a source.
     *
     * @param below the source as the parent timeline sees it
     * @param at the parent's revision that the branch begins with
     */
    Overlay(Timeline branch, Versioned<K, V> origin, Versioned<K, V> below, long at) {
        super(branch, origin.name());
        this.origin = origin;
        this.below = below;
        this.at = at;
    }

    @Override
    Optional<V> unwritten(K key) {
        return below.findAt(key, at);
    }

    @Override
    void addMatching(Condition condition, long revision, List<Map.Entry<K, V>> matching) {
        Set<K> written = new HashSet<>();
        for (Cell<K, V> cell : cells()) {
            written.add(cell.key);
            addIfMatching(condition, cell, revision, matching);
        }
        for (Map.Entry<K, V> entry : below.selectAt(condition, at)) {
            if (!written.contains(entry.getKey())) {
                matching.add(entry);
            }
        }
    }

    /** A key that was removed here keeps its cell as long as there is a value below. */
    @Override
    void forget(Cell<K, V> cell) {
        if (unwritten(cell.key).isEmpty()) {
            super.forget(cell);
        }
    }

    @Override
    public boolean isFrozen() {
        return origin.isFrozen();
    }

    @Override
    public Optional<Shape> shape() {
        return origin.shape();
    }

    @Override
    public Row toRow(K key, V value) {
        return origin.toRow(key, value);
    }
}
