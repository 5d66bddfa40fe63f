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
    private final boolean frozen;

    InputDefinition(Queries queries, String name, Type<K> key, Type<V> value) {
        this(queries, name, key, value, UNLIMITED, false);
    }

    private InputDefinition(
            Queries queries,
            String name,
            Type<K> key,
            Type<V> value,
            long maximumBytes,
            boolean frozen) {
        this.queries = queries;
        this.name = name;
        this.key = key;
        this.value = value;
        this.maximumBytes = maximumBytes;
        this.frozen = frozen;
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
        return new InputDefinition<>(queries, name, key, value, most, frozen);
    }

    /**
     * Says that a value, once there, stays as it is for ever: to change or remove it is refused, in
     * a snapshot too. Results that read it keep no trace of it, which makes them lighter where they
     * read much that never changes. What is absent may still come, and is recorded when it was
     * looked for.
     *
     * <p>With a store it is recorded like any other, since the next life may have other facts. A
     * commit that also writes to another store is refused.
     */
    public InputDefinition<K, V> frozen() {
        return new InputDefinition<>(queries, name, key, value, maximumBytes, true);
    }

    /**
     * Completes the definition.
     *
     * @throws BadDefinition when the name is taken, or bytes are limited of what has no stored form
     */
    public Input<K, V> create() {
        Input<K, V> input = new Input<>(queries.engine().timeline, name, key, value, frozen);
        if (maximumBytes != UNLIMITED) {
            input.limitBytes(maximumBytes);
        }
        return queries.add(input);
    }
}
