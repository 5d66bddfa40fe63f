package dev.orrery.core;

import java.util.Optional;

/** What one commit did to one key. */
public sealed interface Change<K, V> {
    /** The key concerned. */
    K key();

    /** The value before the commit, empty when there was none. */
    Optional<V> before();

    /** The value after the commit, empty when there is none. */
    Optional<V> after();

    /** A key that had no value and has one now. */
    record Inserted<K, V>(K key, V value) implements Change<K, V> {
        @Override
        public Optional<V> before() {
            return Optional.empty();
        }

        @Override
        public Optional<V> after() {
            return Optional.of(value);
        }
    }

    /** A key whose value was replaced by a different one. */
    record Updated<K, V>(K key, V old, V value) implements Change<K, V> {
        @Override
        public Optional<V> before() {
            return Optional.of(old);
        }

        @Override
        public Optional<V> after() {
            return Optional.of(value);
        }
    }

    /** A key that had a value and has none now. */
    record Deleted<K, V>(K key, V old) implements Change<K, V> {
        @Override
        public Optional<V> before() {
            return Optional.of(old);
        }

        @Override
        public Optional<V> after() {
            return Optional.empty();
        }
    }
}
