package dev.orrery.core;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One key of a local relation: a chain of versions, newest first.
 *
 * <p>Written under the commit lock. A chain always ends either in a version that holds since ever
 * ({@code from == 0}, the restored value or absence) or in one that was cut because no pin and no
 * current reader can need what was behind.
 */
final class Cell<K, V> {
    final LocalRelation<K, V> relation;
    final K key;
    private volatile Version<V> head;

    Cell(LocalRelation<K, V> relation, K key, Optional<V> restored) {
        this.relation = relation;
        this.key = key;
        this.head = new Version<>(restored, 0, null);
    }

    private Cell(LocalRelation<K, V> relation, K key, Version<V> head) {
        this.relation = relation;
        this.key = key;
        this.head = head;
    }

    /** A cell of another relation with the same versions, each of whose values is mapped. */
    Cell<K, V> copy(LocalRelation<K, V> other, UnaryOperator<Optional<V>> mapping) {
        Version<V> newest = head;
        Version<V> top = new Version<>(mapping.apply(newest.value), newest.from, null);
        Version<V> last = top;
        for (Version<V> version = newest.older; version != null; version = version.older) {
            Version<V> older = new Version<>(mapping.apply(version.value), version.from, null);
            last.older = older;
            last = older;
        }
        return new Cell<>(other, key, top);
    }

    Version<V> head() {
        return head;
    }

    void install(Optional<V> value, long revision) {
        head = new Version<>(value, revision, head);
    }

    /** The version that holds at a revision; null when the chain was cut above it. */
    @Nullable Version<V> at(long revision) {
        Version<V> version = head;
        while (version != null && version.from > revision) {
            version = version.older;
        }
        return version;
    }

    /** The first revision after another that changed this cell, or the greatest long. */
    long nextAfter(long revision) {
        long next = Long.MAX_VALUE;
        for (Version<V> version = head;
                version != null && version.from > revision;
                version = version.older) {
            next = version.from;
        }
        return next;
    }

    /**
     * Drops what no reader at or after the horizon can see; true when more than the newest version
     * is left.
     */
    boolean cutBelow(long horizon) { // law C5
        Version<V> needed = at(horizon);
        if (needed != null) {
            needed.older = null;
        }
        return head.older != null;
    }

    void announce() {
        relation.announce(key);
    }

    void forget() {
        relation.forget(this);
    }

    boolean isDead(long horizon) {
        return head.value.isEmpty() && head.older == null && head.from <= horizon;
    }
}
