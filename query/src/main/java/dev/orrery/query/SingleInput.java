package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Slot;
import dev.orrery.core.Subscription;
import dev.orrery.core.Tracking;
import java.util.Optional;

/** One fact that you set; otherwise as {@link Input}. Thread-safe. */
public final class SingleInput<V> {
    private final Keyed<?, V> fact;

    /** A key of an input, and its place there. */
    private record Keyed<K, V>(Input<K, V> input, K key, Slot<K, V> slot) {}

    <K> SingleInput(Input<K, V> input, K key) {
        this.fact = new Keyed<>(input, key, input.slot(key));
    }

    private String label() {
        return Definition.label(fact.input.name(), fact.key);
    }

    /** The name it was defined under. */
    public String name() {
        return fact.input.name();
    }

    /** Gives it its value. */
    public void set(V value) {
        set(fact, value);
    }

    private static <K, V> void set(Keyed<K, V> fact, V value) {
        fact.input.set(fact.key, value);
    }

    /** Takes its value away. */
    public void remove() {
        remove(fact);
    }

    private static <K, V> void remove(Keyed<K, V> fact) {
        fact.input.remove(fact.key);
    }

    /** The value, empty when it has none. */
    public Optional<V> find() {
        return find(fact);
    }

    private static <K, V> Optional<V> find(Keyed<K, V> fact) {
        return Tracking.scope() instanceof Context context
                ? context.find(fact.input, fact.slot)
                : fact.input.find(fact.key);
    }

    /** The value, or {@link OrreryException.Missing}. */
    public V require() {
        Optional<V> value = find();
        if (value.isEmpty()) {
            throw new OrreryException.Missing(name(), fact.key == NoKey.ONE ? name() : fact.key);
        }
        return value.get();
    }

    /** The value, then the latest after each commit that changed it. */
    public Subscription<Optional<V>> watch() {
        return watch(fact);
    }

    private static <K, V> Subscription<Optional<V>> watch(Keyed<K, V> fact) {
        return fact.input.watch(fact.key);
    }

    @Override
    public String toString() {
        return label();
    }
}
