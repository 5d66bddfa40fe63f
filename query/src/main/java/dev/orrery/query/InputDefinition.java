package dev.orrery.query;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Type;

/** An input that is being defined, with its options. Immutable. */
public final class InputDefinition<K, V> {
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final Queries queries;
    private final String name;
    private final Type<K> key;
    private final Type<V> value;
    private final long maximumBytes;

    InputDefinition(Queries queries, String name, Type<K> key, Type<V> value) {
        this(queries, name, key, value, UNLIMITED);
    }

    private InputDefinition(
            Queries queries, String name, Type<K> key, Type<V> value, long maximumBytes) {
        this.queries = queries;
        this.name = name;
        this.key = key;
        this.value = value;
        this.maximumBytes = maximumBytes;
    }

    /**
     * Limits the bytes that the newest keys and values take together, in their stored form. A
     * commit that would exceed them is refused whole with {@link
     * dev.orrery.core.OrreryException.LimitExceeded}: nothing is stored, and there is no revision.
     * What comes back after a restart is taken whatever it weighs; a snapshot's own writes are not
     * limited.
     *
     * @param most at least one
     */
    public InputDefinition<K, V> maximumBytes(long most) {
        if (most < 1) {
            throw new Invalid("bytes", "is at least 1", most);
        }
        return new InputDefinition<>(queries, name, key, value, most);
    }

    /**
     * Completes the definition.
     *
     * @throws BadDefinition when the name is taken, or bytes are limited of what has no stored form
     */
    public Input<K, V> create() {
        Input<K, V> input = new Input<>(queries.engine().timeline, name, key, value);
        if (maximumBytes != UNLIMITED) {
            input.limitBytes(maximumBytes);
        }
        return queries.add(input);
    }
}
