package dev.orrery.graph;

import dev.orrery.core.CborWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes a checkpoint: a file that is there whole or not at all. Confined to one thread. */
final class CheckpointWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int NONE = -1;

    private final Path file;
    private final Path beside;
    private final FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** Where the block begins that is being written: it stays in memory to its end. */
    private int block = NONE;

    private final CRC32C check = new CRC32C();
    private final CborWriter cbor = new CborWriter();

    CheckpointWriter(Path file) throws IOException {
        this.file = file;
        this.beside = file.resolveSibling(file.getFileName() + ".tmp");
        this.channel =
                FileChannel.open(
                        beside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return;
        }
        if (block == NONE) {
            flush();
        } else {
            ByteBuffer more = ByteBuffer.allocate(Math.multiplyExact(2, buffer.capacity()));
            buffer = more.order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
        }
    }

    /** Begins a block, before which its length will stand. */
    void beginBlock() throws IOException {
        if (buffer.position() > BUFFER_BYTES / 2) {
            flush();
        }
        put(0);
        block = buffer.position();
    }

    void endBlock() {
        buffer.putInt(block - Integer.BYTES, buffer.position() - block);
        block = NONE;
    }

    private void flush() throws IOException {
        buffer.flip();
        check.update(buffer.duplicate());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    void put(int number) throws IOException {
        room(Integer.BYTES);
        buffer.putInt(number);
    }

    void put(long number) throws IOException {
        room(Long.BYTES);
        buffer.putLong(number);
    }

    void put(byte number) throws IOException {
        room(1);
        buffer.put(number);
    }

    void put(byte[] bytes) throws IOException {
        put(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            room(1);
            int part = Math.min(bytes.length - at, buffer.remaining());
            buffer.put(bytes, at, part);
            at += part;
        }
    }

    void put(String text) throws IOException {
        put(text.getBytes(StandardCharsets.UTF_8));
    }

    void put(long[] numbers, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            put(numbers[i]);
        }
    }

    void put(int[] numbers, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            put(numbers[i]);
        }
    }

    /** Numbers, behind how many there are. */
    void put(List<Integer> numbers) throws IOException {
        put(numbers.size());
        for (int number : numbers) {
            put(number);
        }
    }

    void put(Hash hash) throws IOException {
        put(hash.first());
        put(hash.second());
        put(hash.third());
        put(hash.fourth());
    }

    /** A plain value, null or {@link Entity#ABSENT}; the common ones in the fewest steps. */
    void value(@Nullable Object value) throws IOException {
        switch (value) {
            case null -> put(CheckpointReader.NULL);
            case String text -> {
                put(CheckpointReader.TEXT);
                put(text);
            }
            case Long whole -> {
                put(CheckpointReader.WHOLE);
                put(whole.longValue());
            }
            case Boolean flag -> put(flag ? CheckpointReader.TRUE : CheckpointReader.FALSE);
            default -> {
                if (Entity.ABSENT.equals(value)) {
                    put(CheckpointReader.ABSENT);
                    return;
                }
                cbor.clear();
                cbor.value(value);
                put(CheckpointReader.OTHER);
                put(cbor.toByteArray());
            }
        }
    }

    /** Ends the file with the check of its bytes, and puts it in the place of the one before. */
    void finish() throws IOException {
        flush();
        buffer.putLong(check.getValue());
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(true);
        channel.close();
        Files.move(
                beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
