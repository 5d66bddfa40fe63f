package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.Condition;
import dev.orrery.core.OrreryException.Invalid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** An input in a store: which of its keys are to be written. Thread-safe but for saving. */
final class SavedInput<K, V> {
    private final Input<K, V> input;
    private final StoredForm.OfKeys<K, V> form;
    private final Set<K> changed = ConcurrentHashMap.newKeySet();

    /** Of the save under way. */
    private List<K> taken = List.of();

    /** Keys under a number of an older schema, from which this input has its facts. */
    private @Nullable Moved moved;

    private record Moved(int number, Set<Bytes> keys) {}

    SavedInput(Input<K, V> input, StoredForm.OfKeys<K, V> form) {
        this.input = input;
        this.form = form;
    }

    // filling

    /**
     * Gives the input what is stored under its name, as far as it fits; facts that do not fit its
     * types stay where they are.
     */
    void fill(QueryStore store) { // law Q31
        for (int number : store.withFacts(form.number)) {
            Map<Bytes, Bytes> stored = store.facts(number);
            Map<K, V> values = decoded(stored);
            if (values != null) {
                input.fill(values);
                if (number != form.number) {
                    moved = new Moved(number, Set.copyOf(stored.keySet()));
                    changed.addAll(values.keySet());
                }
                store.handOver(number);
                return;
            }
        }
    }

    private @Nullable Map<K, V> decoded(Map<Bytes, Bytes> stored) {
        Map<K, V> values = HashMap.newHashMap(stored.size());
        try {
            stored.forEach((key, value) -> values.put(form.key(key), form.value(value)));
            return values;
        } catch (Invalid misfit) {
            return null;
        }
    }

    // noting

    /** A commit changes a key; its versions are installed and not yet published. */
    void changed(K key) {
        changed.add(key);
    }

    boolean isChanged() {
        return !changed.isEmpty() || moved != null;
    }

    // saving

    void collect() {
        taken = new ArrayList<>(changed);
        taken.forEach(changed::remove); // first; the values are read afterwards: law Q32
    }

    boolean hasCollected() {
        return !taken.isEmpty() || moved != null;
    }

    void write(long revision, StoreWriter writer) {
        for (K key : taken) {
            writer.fact(fact(key, input.findAt(key, revision)));
        }
        Moved old = moved;
        if (old != null) {
            for (Bytes key : old.keys()) {
                writer.fact(new StoredRecord.Fact(old.number(), key, Optional.empty()));
            }
        }
    }

    void writeAll(long revision, StoreWriter writer) {
        input.selectAt(Condition.all(), revision)
                .forEach(entry -> writer.fact(fact(entry.getKey(), Optional.of(entry.getValue()))));
    }

    private StoredRecord.Fact fact(K key, Optional<V> value) {
        return new StoredRecord.Fact(form.number, form.keyOf(key), value.map(form::valueOf));
    }

    /** What was collected is on disk; what changed after the revision is for the next save. */
    void saved(long revision) {
        for (K key : taken) {
            if (input.changedAt(key) > revision) {
                changed.add(key);
            }
        }
        taken = List.of();
        moved = null;
    }

    /** Nothing of what was collected was saved. */
    void giveBack() {
        changed.addAll(taken);
        taken = List.of();
    }
}
