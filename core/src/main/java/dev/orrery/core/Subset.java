package dev.orrery.core;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Those entries of a relation whose values belong here; written by the commits of the whole alone.
 * Thread-safe.
 */
final class Subset<K, V> extends LocalRelation<K, V> { // law C61
    private final LocalRelation<K, V> whole;
    private final Predicate<? super V> belongs;

    Subset(LocalRelation<K, V> whole, String name, Predicate<? super V> belongs) {
        super(whole.timeline(), name);
        this.whole = whole;
        this.belongs = belongs;
    }

    LocalRelation<K, V> whole() {
        return whole;
    }

    Optional<V> of(Optional<V> value) {
        return value.filter(belongs);
    }

    /** Begins with the versions a key of the whole still has. Under the commit lock. */
    void begin(Cell<K, V> of, Timeline timeline) {
        Cell<K, V> cell = of.copy(this, this::of);
        if (cell.head().older != null || cell.head().value.isPresent()) {
            add(cell);
            timeline.retire(cell);
        }
    }

    /** What a transaction wrote to the whole, as far as it concerns this subset. */
    Map<K, Optional<V>> written(Map<K, Optional<V>> toWhole) {
        Map<K, Optional<V>> here = new HashMap<>();
        toWhole.forEach((key, value) -> here.put(key, of(value)));
        return here;
    }

    @Override
    protected Optional<? extends Set<K>> candidates(Condition condition) { // law C63
        return whole.candidates(condition);
    }

    @Override
    public Optional<Shape> shape() {
        return whole.shape();
    }

    @Override
    public Row toRow(K key, V value) {
        return whole.toRow(key, value);
    }
}
