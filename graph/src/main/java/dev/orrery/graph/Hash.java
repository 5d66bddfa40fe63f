package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 of an entry's bytes, which names the entry everywhere. Ordered as unsigned bytes.
 * Immutable.
 */
public final class Hash implements Comparable<Hash> {
    /** How many bytes a hash has. */
    public static final int BYTES = 32;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final long first;
    private final long second;
    private final long third;
    private final long fourth;

    Hash(long first, long second, long third, long fourth) {
        this.first = first;
        this.second = second;
        this.third = third;
        this.fourth = fourth;
    }

    /** The hash of some bytes. */
    static Hash of(byte[] content) {
        return from(sha256().digest(content));
    }

    /** A fresh digest. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /**
     * The hash with these 32 bytes.
     *
     * @throws Invalid when there are more or fewer
     */
    public static Hash from(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new Invalid("hash", "has 32 bytes", bytes.length);
        }
        return new Hash(
                (long) LONGS.get(bytes, 0),
                (long) LONGS.get(bytes, 8),
                (long) LONGS.get(bytes, 16),
                (long) LONGS.get(bytes, 24));
    }

    /**
     * Reads the {@link #text} form.
     *
     * @throws Invalid when it is none
     */
    public static Hash parse(String text) {
        if (text.length() != 2 * BYTES) {
            throw new Invalid("hash", "has 64 hexadecimal digits", text);
        }
        try {
            return from(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException malformed) {
            throw new Invalid("hash", "has 64 hexadecimal digits", text);
        }
    }

    /** The 32 bytes, in a fresh array. */
    public byte[] toArray() {
        return into(new byte[BYTES]);
    }

    /** Fills an array of 32 bytes with them, and returns it. */
    byte[] into(byte[] bytes) {
        LONGS.set(bytes, 0, first);
        LONGS.set(bytes, 8, second);
        LONGS.set(bytes, 16, third);
        LONGS.set(bytes, 24, fourth);
        return bytes;
    }

    /** The first eight bytes: as good as random, so a table may use them. */
    long first() {
        return first;
    }

    long second() {
        return second;
    }

    long third() {
        return third;
    }

    long fourth() {
        return fourth;
    }

    /** Sixty-four hexadecimal digits. */
    public String text() {
        return HexFormat.of().formatHex(toArray());
    }

    @Override
    public int compareTo(Hash other) {
        int compared = Long.compareUnsigned(first, other.first);
        compared = compared == 0 ? Long.compareUnsigned(second, other.second) : compared;
        compared = compared == 0 ? Long.compareUnsigned(third, other.third) : compared;
        return compared == 0 ? Long.compareUnsigned(fourth, other.fourth) : compared;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Hash hash
                && first == hash.first
                && second == hash.second
                && third == hash.third
                && fourth == hash.fourth;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(first);
    }

    @Override
    public String toString() {
        return text();
    }
}
