package dev.orrery.graph;

import dev.orrery.core.CborReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads a checkpoint, or a part of one, whose bytes were checked. Confined to one thread. */
final class CheckpointReader {
    static final byte NULL = 0;
    static final byte TEXT = 1;
    static final byte WHOLE = 2;
    static final byte TRUE = 3;
    static final byte FALSE = 4;
    static final byte ABSENT = 5;
    static final byte OTHER = 6;

    private final ByteBuffer in;

    /** Reads little-endian bytes from where they stand on. */
    CheckpointReader(ByteBuffer in) {
        this.in = in;
    }

    /** Reads some of the bytes of an array. */
    CheckpointReader(byte[] bytes, int from, int length) {
        this(ByteBuffer.wrap(bytes, from, length).order(ByteOrder.LITTLE_ENDIAN));
    }

    byte one() {
        return in.get();
    }

    int number() {
        return in.getInt();
    }

    long large() {
        return in.getLong();
    }

    byte[] bytes() {
        byte[] bytes = new byte[count(1)];
        in.get(bytes);
        return bytes;
    }

    String text() {
        byte[] bytes = bytes();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** All that is left. */
    byte[] rest() {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }

    /** How many things follow that each take at least so many bytes. */
    int count(int bytesEach) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / bytesEach) {
            throw new IllegalStateException("more is said to follow than is left: " + count);
        }
        return count;
    }

    long[] larges(int count, int room) {
        long[] numbers = new long[room];
        in.asLongBuffer().get(numbers, 0, count);
        in.position(in.position() + count * Long.BYTES);
        return numbers;
    }

    int[] numbers(int count, int room) {
        int[] numbers = new int[room];
        in.asIntBuffer().get(numbers, 0, count);
        in.position(in.position() + count * Integer.BYTES);
        return numbers;
    }

    Hash hash() {
        return new Hash(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    @Nullable Object value() {
        byte kind = in.get();
        return switch (kind) {
            case NULL -> null;
            case TEXT -> text();
            case WHOLE -> in.getLong();
            case TRUE -> true;
            case FALSE -> false;
            case ABSENT -> Entity.ABSENT;
            case OTHER -> new CborReader(bytes()).value();
            default -> throw new IllegalStateException("a value of kind " + kind);
        };
    }
}
