package dev.orrery.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The writing side of one segment file: the place where tests make a disk fail. Confined to the
 * flusher.
 */
class SegmentFile implements AutoCloseable {
    private final FileChannel channel;

    SegmentFile(FileChannel channel) {
        this.channel = channel;
    }

    /** Opens a segment file for writing; the log's way to its disk. */
    interface Opener {
        SegmentFile open(Path file) throws IOException;
    }

    /** Something done to files that may be done again from its beginning. */
    interface Repeatable<T> {
        T run() throws IOException;
    }

    static SegmentFile open(Path file) throws IOException {
        return new SegmentFile(FileChannel.open(file, StandardOpenOption.WRITE));
    }

    /**
     * Does the work to its end whatever interrupts arrive, and sets the flag again afterwards.
     *
     * <p>An interrupt closes the channel under the thread's hands. The records of other threads may
     * be in that write, so the work is begun again: it writes the same bytes to the same place, or
     * reads anew.
     */
    static <T> T uninterrupted(Repeatable<T> work) throws IOException { // law C49
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return work.run();
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Creates a file whole or not at all: written beside it, forced, renamed, and the directory
     * forced.
     */
    static void create(Path directory, String name, ByteBuffer content) throws IOException {
        Path beside = directory.resolve(name + ".tmp");
        try (FileChannel channel =
                FileChannel.open(
                        beside,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            content.rewind();
            while (content.hasRemaining()) {
                channel.write(content);
            }
            channel.force(true);
        }
        Files.move(beside, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(directory);
    }

    /** Creates a directory, and those above it, so that they are there after a power failure. */
    static void createDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            createDirectory(parent);
        }
        Files.createDirectories(directory);
        if (parent != null) {
            forceDirectory(parent);
        }
    }

    /** Makes the names in a directory durable, where the system lets a directory be opened. */
    static void forceDirectory(Path directory) throws IOException {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    void write(ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Makes the data durable, and of the metadata what is needed to read it (fdatasync). */
    void force() throws IOException {
        channel.force(false);
    }

    void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
