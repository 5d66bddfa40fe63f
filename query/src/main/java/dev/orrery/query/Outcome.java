package dev.orrery.query;

import dev.orrery.core.OrreryException;

/** What a query came to: a value, or the failure that is remembered for its revision. Immutable. */
public sealed interface Outcome<V> {
    /** The value, or the failure thrown. */
    V orThrow();

    /** The body returned this. */
    record Value<V>(V value) implements Outcome<V> {
        @Override
        public V orThrow() {
            return value;
        }
    }

    /**
     * The body threw: a {@link OrreryException.UserFailure} with where, key and cause; or it is
     * part of a circle: a {@link OrreryException.Cycle}.
     */
    record Failed<V>(OrreryException failure) implements Outcome<V> {
        @Override
        public V orThrow() {
            throw failure;
        }
    }
}
