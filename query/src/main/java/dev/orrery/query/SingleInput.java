package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.util.Optional;

/** One fact that you set; otherwise as {@link Input}. Thread-safe. */
public final class SingleInput<V> {
    private final Input<NoKey, V> input;

    SingleInput(Input<NoKey, V> input) {
        this.input = input;
    }

    /** The name it was defined under. */
    public String name() {
        return input.name();
    }

    /** Gives it its value. */
    public void set(V value) {
        input.set(NoKey.ONE, value);
    }

    /** Takes its value away. */
    public void remove() {
        input.remove(NoKey.ONE);
    }

    /** The value, empty when it has none. */
    public Optional<V> find() {
        return input.find(NoKey.ONE);
    }

    /** The value, or {@link OrreryException.Missing}. */
    public V require() {
        return find().orElseThrow(() -> new OrreryException.Missing(name(), name()));
    }

    /** The value, then the latest after each commit that changed it. */
    public Subscription<Optional<V>> watch() {
        return input.watch(NoKey.ONE);
    }

    @Override
    public String toString() {
        return name();
    }
}
