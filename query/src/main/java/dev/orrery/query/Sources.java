package dev.orrery.query;

import dev.orrery.core.Change;
import dev.orrery.core.Condition;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.Row;
import dev.orrery.core.Slot;
import dev.orrery.core.Versioned;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys and conditions of sources that results have read: where a commit looks for what it must
 * mark. The leaf of a key is at its slot, where its source has slots. Thread-safe.
 */
final class Sources {
    private final Engine engine;
    private final Map<Versioned<?, ?>, OfSource> known = new ConcurrentHashMap<>();

    Sources(Engine engine) {
        this.engine = engine;
    }

    /** The leaf of a key. */
    <K, V> Leaf key(Versioned<K, V> source, K key) {
        return source instanceof LocalRelation<K, V> relation && relation.hasSlots()
                ? at(relation, relation.slot(key))
                : started(elsewhere(source, key), source, key);
    }

    /** The leaf of a key whose place is known. */
    <K, V> Leaf at(LocalRelation<K, V> source, Slot<K, V> slot) {
        Object attached = slot.attached();
        if (attached == null) {
            of(source); // which is known from now on
            attached = slot.attach(new Leaf(this, source, slot.key(), slot));
        }
        Leaf leaf =
                attached instanceof Leaf there && there.sources == this
                        ? there
                        : elsewhere(source, slot.key()); // another runtime has its own there
        return started(leaf, source, slot.key());
    }

    private <K, V> Leaf elsewhere(Versioned<K, V> source, K key) {
        OfSource leaves = of(source);
        Leaf leaf = leaves.keys.get(key);
        return leaf != null
                ? leaf
                : leaves.keys.computeIfAbsent(key, k -> new Leaf(this, source, k, null));
    }

    private <K, V> Leaf started(Leaf leaf, Versioned<K, V> source, K key) {
        if (!leaf.isStarted()) {
            VarHandle.fullFence(); // the leaf can be found; now ask what was installed before
            leaf.start(engine.faults.has(Fault.LEAF_STARTED_BLIND) ? 0 : source.changedAt(key));
        }
        return leaf;
    }

    /** The leaf of a condition. */
    Leaf set(Versioned<?, ?> source, Condition condition) {
        OfSource leaves = of(source);
        Leaf leaf = leaves.sets.get(condition);
        if (leaf == null) {
            leaf = leaves.sets.computeIfAbsent(condition, c -> new Leaf(this, source, c, null));
            leaves.index(condition, leaf);
        }
        if (!leaf.isStarted()) {
            leaves.index(condition, leaf); // its maker may not have come that far
            VarHandle.fullFence(); // the leaf can be found; now ask what was installed before
            leaf.start(source.changedAt());
        }
        return leaf;
    }

    /** This runtime's leaf for another one's. */
    Leaf own(Leaf leaf) {
        return own(leaf, engine.timeline.own(leaf.source));
    }

    @SuppressWarnings("unchecked") // a leaf's subject is a key of its source, or a condition
    private <K, V> Leaf own(Leaf leaf, Versioned<K, V> source) {
        return leaf.subject instanceof Condition condition
                ? set(source, condition)
                : key(source, (K) leaf.subject);
    }

    private OfSource of(Versioned<?, ?> source) {
        OfSource leaves = known.get(source);
        if (leaves == null) {
            leaves = known.computeIfAbsent(source, _ -> new OfSource());
        }
        return leaves;
    }

    /** Whether anything of a source was ever read. */
    boolean knows(Versioned<?, ?> source) {
        return known.containsKey(source);
    }

    /** Is told of a leaf that a change touches, and the changed key. */
    @FunctionalInterface
    interface Touched {
        void touched(Leaf leaf, Object key);
    }

    /** Finds every leaf that a change set touches, but for those at the slots of their keys. */
    <K, V> void touched(Versioned<K, V> source, Iterable<Change<K, V>> changes, Touched touched) {
        OfSource leaves = known.get(source);
        if (leaves == null || (leaves.keys.isEmpty() && !leaves.hasSets)) {
            return;
        }
        for (Change<K, V> change : changes) {
            Leaf leaf = leaves.keys.get(change.key());
            if (leaf != null) {
                touched.touched(leaf, change.key());
            }
            if (leaves.hasSets) {
                setsTouched(leaves, source, change, touched);
            }
        }
    }

    private <K, V> void setsTouched(
            OfSource leaves, Versioned<K, V> source, Change<K, V> change, Touched touched) {
        Images images = Images.of(source, change, engine.faults);
        leaves.unindexed.forEach(leaf -> images.touch(leaf, touched));
        leaves.indexed.forEach((column, byValue) ->
                images.values(column, byValue.keySet())
                        .forEach(value ->
                                byValue.getOrDefault(value, Set.of())
                                        .forEach(leaf -> images.touch(leaf, touched))));
    }

    /** What was read of one source. */
    private static final class OfSource {
        final Map<Object, Leaf> keys = new ConcurrentHashMap<>();
        final Map<Condition, Leaf> sets = new ConcurrentHashMap<>();

        /** Sets whose condition demands a value, by the first such column and the value. */
        final Map<String, Map<Object, Set<Leaf>>> indexed = new ConcurrentHashMap<>();

        final Set<Leaf> unindexed = ConcurrentHashMap.newKeySet();

        volatile boolean hasSets;

        void index(Condition condition, Leaf leaf) {
            hasSets = true;
            Optional<Map.Entry<String, Object>> demanded =
                    condition.equalities().entrySet().stream().min(Map.Entry.comparingByKey());
            if (demanded.isEmpty()) {
                unindexed.add(leaf);
                return;
            }
            indexed.computeIfAbsent(demanded.get().getKey(), _ -> new ConcurrentHashMap<>())
                    .computeIfAbsent(demanded.get().getValue(), _ -> ConcurrentHashMap.newKeySet())
                    .add(leaf);
        }
    }

    /**
     * The rows before and after a change; a row that cannot be made is taken for one in every set.
     */
    private record Images(Object key, List<Row> rows, boolean unknown) {
        static <K, V> Images of(Versioned<K, V> source, Change<K, V> change, Faults faults) {
            List<Row> rows = new ArrayList<>(2);
            try {
                if (!faults.has(Fault.LEAVING_ROWS_UNSEEN)) {
                    change.before().ifPresent(value -> rows.add(source.toRow(change.key(), value)));
                }
                change.after().ifPresent(value -> rows.add(source.toRow(change.key(), value)));
                return new Images(change.key(), rows, false);
            } catch (RuntimeException notARow) {
                return new Images(change.key(), rows, true);
            }
        }

        /** The values that the index of a column is asked for. */
        Iterable<Object> values(String column, Set<Object> all) {
            if (unknown) {
                return all;
            }
            List<Object> values = new ArrayList<>(2);
            for (Row row : rows) {
                @Nullable Object value = Condition.indexed(row.value(column));
                if (value != null && !values.contains(value)) {
                    values.add(value);
                }
            }
            return values;
        }

        void touch(Leaf leaf, Touched touched) {
            Predicate<Row> inside = row -> ((Condition) leaf.subject).holds(row);
            if (unknown || rows.stream().anyMatch(inside)) {
                touched.touched(leaf, key);
            }
        }
    }
}
