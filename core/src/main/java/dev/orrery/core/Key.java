package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A canonical, ordered key of one or more values.
 *
 * <p>Equal numbers are one key, whatever their class: {@code Key.of(5)}, {@code Key.of(5L)} and
 * {@code Key.of(5.0)} are equal and hold the Long 5. Keys are ordered part by part as {@link Order}
 * orders values, null least, a shorter key before the longer ones it begins; their {@link #bytes}
 * compare the same way as unsigned bytes. Immutable.
 */
public final class Key implements Comparable<Key> {
    private final @Nullable Object[] parts;
    private final int hash;

    /** Canonical values; the array is taken over. */
    private Key(@Nullable Object[] parts) {
        this.parts = parts;
        this.hash = Arrays.hashCode(parts);
    }

    /**
     * The key with these parts; those of a record, given alone, are its components, an enum
     * constant is its stored name.
     *
     * @throws Invalid without parts, or when one is none of the ten types, text with an unpaired
     *     surrogate, or a decimal beyond the range of doubles
     */
    public static Key of(@Nullable Object... parts) {
        if (parts.length == 1 && parts[0] instanceof Record record) {
            return of(Mapping.ofRecord(record.getClass()).toRow(record).toMap().values().toArray());
        }
        if (parts.length == 0) {
            throw new Invalid("", "needs at least one part", "no parts");
        }
        var canonical = new @Nullable Object[parts.length];
        for (var i = 0; i < parts.length; i++) {
            canonical[i] = canonical(parts[i]);
        }
        return new Key(canonical);
    }

    private static @Nullable Object canonical(@Nullable Object part) {
        if (part == null) {
            return null;
        }
        var canonical =
                Values.canonical(
                        part instanceof Enum<?> constant
                                ? storedName(constant)
                                : Values.normal(part));
        KeyBytes.check(canonical);
        return canonical;
    }

    private static Object storedName(Enum<?> constant) {
        return Objects.requireNonNull(
                Mapping.of(Type.of(constant.getDeclaringClass())).toValue(constant));
    }

    /** The parts in canonical form: numbers as Long where they are whole and fit. Unmodifiable. */
    public List<@Nullable Object> parts() {
        return Collections.unmodifiableList(Arrays.<@Nullable Object>asList(parts));
    }

    /** How many parts there are. */
    public int size() {
        return parts.length;
    }

    /** One part. */
    public @Nullable Object part(int index) {
        return parts[index];
    }

    /** The order-preserving bytes: comparing them as unsigned compares the keys. */
    public byte[] bytes() {
        return KeyBytes.encode(parts);
    }

    /**
     * The key with these {@link #bytes}.
     *
     * @throws Invalid when they are none
     */
    public static Key fromBytes(byte[] bytes) {
        return new Key(KeyBytes.decode(bytes));
    }

    /**
     * The key as text, for addresses, logs and the console: parts joined by {@code /}, text as it
     * is.
     *
     * <p>{@code SFO}, {@code SFO/LAX}, {@code #5}, {@code #true}, {@code @2001-01-31}. In text
     * parts {@code ~} escapes the separator, itself and a leading sign of another type.
     */
    public String text() {
        return KeyText.write(parts);
    }

    /**
     * The key with this {@link #text}; exactly what {@code text()} writes is accepted.
     *
     * @throws Invalid for anything else
     */
    public static Key parse(String text) {
        var key = Key.of(KeyText.parse(text));
        if (!key.text().equals(text)) {
            throw new Invalid("", "is no key's text; written as a key it is " + key.text(), text);
        }
        return key;
    }

    @Override
    public int compareTo(Key other) {
        var common = Math.min(parts.length, other.parts.length);
        for (var i = 0; i < common; i++) {
            var compared = Values.compare(parts[i], other.parts[i]);
            if (compared != 0) {
                return compared;
            }
        }
        return Integer.compare(parts.length, other.parts.length);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this
                || (other instanceof Key key
                        && hash == key.hash
                        && Arrays.equals(parts, key.parts));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** As {@link #text}. */
    @Override
    public String toString() {
        return text();
    }
}
