package dev.orrery.query;

import dev.orrery.core.Codec;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Keyed facts that you set. Thread-safe.
 *
 * <p>Inside {@link Timeline#commit} writes become visible together; alone each is its own commit. A
 * value equal to the current one makes no revision. A write inside a query's body is refused. As a
 * relation its rows are its values: a row or a record as itself, anything else in a column {@code
 * value}.
 */
public final class Input<K, V> extends LocalRelation<K, V> {
    private final Type<K> keyType;
    private final Type<V> valueType;
    private final boolean isFrozen;

    Input(Timeline timeline, String name, Type<K> keyType, Type<V> valueType, boolean isFrozen) {
        super(timeline, name);
        this.isFrozen = isFrozen;
        this.keyType = keyType;
        this.valueType = valueType;
    }

    /** Limits the bytes that keys and values take in their stored form. */
    void limitBytes(long maximum) {
        Codec<K> keys = Codec.of(keyType);
        Codec<V> values = Codec.of(valueType);
        limitBytes(
                maximum,
                (key, value) -> (long) keys.encode(key).length + values.encode(value).length);
    }

    /** Gives a key its value. */
    public void set(K key, V value) {
        timeline().write(name(), this, key, Optional.of(value));
    }

    /** The fact of one key, by itself. */
    public SingleInput<V> with(K key) {
        return new SingleInput<>(this, key);
    }

    /** Gives keys their values, as one commit: all of them, or none when one is refused. */
    public void setAll(Map<? extends K, ? extends V> values) {
        timeline()
                .transact(
                        name(),
                        transaction ->
                                values.forEach((key, value) -> transaction.put(this, key, value)));
    }

    /** Takes a key's value away. */
    public void remove(K key) {
        timeline().write(name(), this, key, Optional.empty());
    }

    /** Takes the values of keys away, as one commit. */
    public void removeAll(Collection<? extends K> keys) {
        timeline()
                .transact(
                        name(), transaction -> keys.forEach(key -> transaction.remove(this, key)));
    }

    @Override
    public boolean isFrozen() {
        return isFrozen;
    }

    /** A snapshot may have its own values. */
    @Override
    protected boolean isBranchable() {
        return true;
    }

    /** Fills in what was stored, before anyone can read it. */
    void fill(Map<K, V> stored) {
        stored.forEach(this::restore);
    }

    @Override
    public Optional<Form<K, V>> form() {
        return Optional.of(new Form<>(Codec.of(keyType), Codec.of(valueType)));
    }

    /** The keys' type, as defined. */
    public Type<K> keyType() {
        return keyType;
    }

    /** The values' type, as defined. */
    public Type<V> valueType() {
        return valueType;
    }

    @Override
    public Optional<Shape> shape() {
        return valueType.raw() == Row.class
                ? Optional.empty()
                : Shape.ofInstances(valueType, "value");
    }

    @Override
    public Row toRow(K key, V value) {
        return switch (value) {
            case Row row -> row;
            case Record fields -> Row.from(fields);
            default -> Row.of("value", value);
        };
    }
}
