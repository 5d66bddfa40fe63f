package dev.orrery.core;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keyed bytes with ordered scans.
 *
 * <p>Keys are compared byte by byte as unsigned numbers; a key that is a prefix of another comes
 * first. Every write is atomic and, where the store is durable, durable when it returns. A read
 * sees whole batches only, and sees every write that returned before it began. Arrays given in and
 * handed out are never shared with the store.
 *
 * <p>Thread-safe.
 */
public interface KeyValueStore extends AutoCloseable {
    /** The longest key accepted, in bytes. */
    int LONGEST_KEY = 4 << 10;

    /** The longest value accepted, in bytes. */
    int LONGEST_VALUE = 64 << 20;

    /** A store that lives as long as the object. */
    static KeyValueStore inMemory() {
        return new MemoryKeyValueStore();
    }

    /** The value under a key, if there is one. */
    Optional<byte[]> find(byte[] key);

    /** Puts a value under a key, in place of any that was there. */
    default void put(byte[] key, byte[] value) {
        apply(List.of(new Write.Put(key, value)));
    }

    /** Removes a key and its value; a key that is not there is no error. */
    default void delete(byte[] key) {
        apply(List.of(new Write.Delete(key)));
    }

    /**
     * Applies writes in the order given, all or none.
     *
     * @throws OrreryException.LimitExceeded when a key is longer than {@link #LONGEST_KEY} or a
     *     value longer than {@link #LONGEST_VALUE}; then nothing was written
     */
    void apply(List<? extends Write> batch);

    /**
     * Reads the entries of a range in the order of their keys, as of one moment.
     *
     * @param from the least key; an empty one means from the first
     * @param to the key before which to stop, or null for no end
     * @param max the greatest number of entries, at least 1; to go on, begin at the last key with a
     *     zero byte added
     */
    List<Entry> scan(byte[] from, byte @Nullable [] to, int max);

    /** Lets go of what the store holds. Closing twice is harmless. */
    @Override
    void close();

    /** One write of a batch. */
    sealed interface Write {
        /** The key it is for. */
        byte[] key();

        /**
         * Puts a value under a key.
         *
         * @param key at most {@link #LONGEST_KEY} bytes
         * @param value at most {@link #LONGEST_VALUE} bytes
         */
        @SuppressWarnings(
                "ArrayRecordComponent") // raw bytes are what the store keeps; writes are not
        // compared
        record Put(byte[] key, byte[] value) implements Write {}

        /**
         * Removes a key and its value.
         *
         * @param key at most {@link #LONGEST_KEY} bytes
         */
        @SuppressWarnings(
                "ArrayRecordComponent") // raw bytes are what the store keeps; writes are not
        // compared
        record Delete(byte[] key) implements Write {}
    }

    /**
     * A key and the value under it.
     *
     * @param key the key; belongs to the caller
     * @param value the value; belongs to the caller
     */
    @SuppressWarnings(
            "ArrayRecordComponent") // raw bytes are what the store keeps; equality below is by
    // content
    record Entry(byte[] key, byte[] value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Entry that
                    && Arrays.equals(key, that.key)
                    && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return Objects.hash(Arrays.hashCode(key), Arrays.hashCode(value));
        }

        @Override
        public String toString() {
            return HexFormat.of().formatHex(key) + " (" + value.length + " bytes)";
        }
    }

    /**
     * Checks a write against {@link #LONGEST_KEY} and {@link #LONGEST_VALUE}; for authors of
     * stores.
     */
    static void requireWithinLimits(Write write) {
        if (write.key().length > LONGEST_KEY) {
            throw new OrreryException.LimitExceeded("key bytes", LONGEST_KEY, write.key().length);
        }
        if (write instanceof Write.Put put && put.value().length > LONGEST_VALUE) {
            throw new OrreryException.LimitExceeded(
                    "value bytes", LONGEST_VALUE, put.value().length);
        }
    }
}
