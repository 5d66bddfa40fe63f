package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keys and states as rows: the components of a record are columns, anything else is one column.
 * Where a state has a column of the key's name, the key's is the one seen. Immutable.
 */
record StateRows<K, S>(Codec<K> keys, Codec<S> states, String keyColumn) {
    private static final String STATE_COLUMN = "state";

    Row row(K key, S state) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        put(columns, keyColumn, keys, key);
        put(columns, STATE_COLUMN, states, state);
        return Row.from(columns);
    }

    /** The columns that rows have, where keys are of one class and so are states. */
    Optional<Shape> shape() {
        return Shape.ofInstances(keys.type(), keyColumn)
                .flatMap(key ->
                        Shape.ofInstances(states.type(), STATE_COLUMN)
                                .map(state ->
                                        Shape.of(
                                                Stream.of(key, state)
                                                        .flatMap(part -> part.columns().stream())
                                                        .distinct()
                                                        .toList())));
    }

    private static <T> void put(
            Map<String, @Nullable Object> columns, String name, Codec<T> codec, T instance) {
        Object value = codec.toValue(instance);
        if (instance instanceof Record && value instanceof Map<?, ?> components) {
            components.forEach((component, held) -> columns.putIfAbsent((String) component, held));
        } else {
            columns.putIfAbsent(name, value);
        }
    }
}
