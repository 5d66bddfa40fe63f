package dev.orrery.core;

import dev.orrery.core.OrreryException.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right of one process to a piece of storage: held from {@link #hold} to {@link #close}, and
 * let go by the operating system when the process dies. Thread-safe.
 */
public final class ProcessLock implements AutoCloseable {
    /*
     * The one static state: an operating system's file lock belongs to the process and is lost when any channel on the
     * file is closed. A second holder in this process must be turned away before it opens the file.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private ProcessLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the right that a lock file stands for. The file is created when it is not there, holds
     * the number of the process that holds it, and stays.
     *
     * @param directory where the storage is; created, durably, when it is not there
     * @param name the name of the lock file in it
     * @throws StorageFailure {@code LOCKED} when this or another process holds it, {@code
     *     UNREADABLE} when the directory or the file cannot be used
     */
    public static ProcessLock hold(Path directory, String name) {
        try {
            return SegmentFile.uninterrupted(() -> {
                SegmentFile.createDirectory(directory.toAbsolutePath());
                return claimed(directory.toRealPath().resolve(name));
            });
        } catch (IOException e) {
            throw new StorageFailure(StorageFailure.Kind.UNREADABLE, directory.toString(), e);
        }
    }

    /** Lets the next one in. Closing twice is harmless. */
    @Override
    public void close() {
        if (HELD.contains(file) && channel.isOpen()) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new StorageFailure(StorageFailure.Kind.UNREADABLE, file.toString(), e);
            } finally {
                HELD.remove(file);
            }
        }
    }

    private static ProcessLock claimed(Path file) throws IOException {
        if (!HELD.add(file)) {
            throw new StorageFailure(
                    StorageFailure.Kind.LOCKED, String.valueOf(file.getParent()), null);
        }
        FileChannel channel = null;
        boolean held = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new StorageFailure(
                        StorageFailure.Kind.LOCKED, String.valueOf(file.getParent()), null);
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            (ProcessHandle.current().pid() + "\n")
                                    .getBytes(StandardCharsets.US_ASCII)));
            held = true;
            return new ProcessLock(file, channel);
        } finally {
            if (!held) {
                HELD.remove(file);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }
}
