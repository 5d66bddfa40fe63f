package dev.orrery.graph;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** The file of a checkpoint, whose bytes were checked. Confined to one thread. */
final class CheckpointFile implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final CheckpointReader reader;

    /** Maps a file and checks its bytes; {@link IOException} when they are not what was written. */
    CheckpointFile(Path file) throws IOException {
        boolean good = false;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Long.BYTES || size > Integer.MAX_VALUE) {
                throw new IOException("a checkpoint of " + size + " bytes");
            }
            ByteBuffer in =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena)
                            .asByteBuffer()
                            .order(ByteOrder.LITTLE_ENDIAN);
            int end = (int) size - Long.BYTES;
            CRC32C check = new CRC32C();
            check.update(in.duplicate().limit(end));
            if (in.getLong(end) != check.getValue()) {
                throw new IOException("the checkpoint is damaged");
            }
            reader = new CheckpointReader(in.limit(end));
            good = true;
        } finally {
            if (!good) {
                arena.close();
            }
        }
    }

    /** Reads it, as long as this is not closed. */
    CheckpointReader reader() {
        return reader;
    }

    @Override
    public void close() {
        arena.close();
    }
}
