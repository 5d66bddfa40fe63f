package dev.orrery.core;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An immutable string of bytes, the value form of {@code byte[]}.
 *
 * <p>Equal when the bytes are equal; ordered as unsigned bytes, a prefix before what it begins.
 * Immutable.
 */
public final class Bytes implements Comparable<Bytes> {
    private static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** The bytes of an array, copied. */
    public static Bytes of(byte... content) {
        return content.length == 0 ? EMPTY : new Bytes(content.clone());
    }

    /** Takes an array over; its giver must not write to it again. */
    static Bytes wrap(byte[] content) {
        return content.length == 0 ? EMPTY : new Bytes(content);
    }

    /** The number of bytes. */
    public int length() {
        return content.length;
    }

    /**
     * The byte at an index.
     *
     * @throws IndexOutOfBoundsException outside {@code 0 .. length() - 1}
     */
    public byte at(int index) {
        return content[index];
    }

    /** A fresh array of the bytes. */
    public byte[] toArray() {
        return content.clone();
    }

    /** The array itself, for reading only. */
    byte[] content() {
        return content;
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(content, other.content);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** The bytes in hexadecimal, the first thirty-two of them. */
    @Override
    public String toString() {
        return content.length <= 32
                ? HexFormat.of().formatHex(content)
                : HexFormat.of().formatHex(content, 0, 32) + "... (" + content.length + " bytes)";
    }
}
