package dev.orrery.graph;

import dev.orrery.core.CborReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads a checkpoint whose bytes were checked. Confined to one thread. */
final class CheckpointReader implements AutoCloseable {
    static final byte NULL = 0;
    static final byte TEXT = 1;
    static final byte WHOLE = 2;
    static final byte TRUE = 3;
    static final byte FALSE = 4;
    static final byte ABSENT = 5;
    static final byte OTHER = 6;

    private final Arena arena = Arena.ofConfined();
    private final ByteBuffer in;

    /** Maps a file and checks its bytes; {@link IOException} when they are not what was written. */
    CheckpointReader(Path file) throws IOException {
        boolean good = false;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Long.BYTES || size > Integer.MAX_VALUE) {
                throw new IOException("a checkpoint of " + size + " bytes");
            }
            in =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena)
                            .asByteBuffer()
                            .order(ByteOrder.LITTLE_ENDIAN);
            int end = (int) size - Long.BYTES;
            CRC32C check = new CRC32C();
            check.update(in.duplicate().limit(end));
            if (in.getLong(end) != check.getValue()) {
                throw new IOException("the checkpoint is damaged");
            }
            in.limit(end);
            good = true;
        } finally {
            if (!good) {
                arena.close();
            }
        }
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

    @Override
    public void close() {
        arena.close();
    }
}
