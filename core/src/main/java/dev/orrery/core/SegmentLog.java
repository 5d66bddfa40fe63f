package dev.orrery.core;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * An append-only durable sequence of records, kept in segments that can be dropped from the oldest
 * side.
 *
 * <p>A record is bytes; its position is a number that grows by one per record, starts at 1, is
 * never given to another record while the log knows of it, and stays the same when older records
 * are dropped. {@link #append} returns when the record is durable: what was acknowledged survives a
 * kill at any moment. Concurrent appenders share one force of the disk. Readers see durable records
 * only, never wait for writers, and check each record before they hand it out.
 *
 * <p>A torn tail, the unacknowledged rest of an interrupted write, is cut at open. A damaged record
 * in the middle costs that record: reading passes over it and {@link #damage} tells where. One
 * process holds a directory at a time.
 *
 * <p>Thread-safe. An interrupt does not stop an operation that has begun; the flag is kept.
 */
public interface SegmentLog extends AutoCloseable {
    /** Opens the log in a directory, with {@link Options#DEFAULT}. */
    static SegmentLog open(Path directory) {
        return open(directory, Options.DEFAULT);
    }

    /**
     * Opens the log in a directory, creating both when they are not there.
     *
     * @throws OrreryException.StorageFailure {@code LOCKED} when another log, here or in another
     *     process, holds the directory; {@code NEWER_FORMAT} when a newer version wrote it, and
     *     then nothing was touched; {@code UNREADABLE} or {@code FULL} when the file system says so
     */
    static SegmentLog open(Path directory, Options options) {
        return FileSegmentLog.open(directory, options, SegmentFile::open);
    }

    /** A log that lives as long as the object: the same contract, nothing on disk. */
    static SegmentLog inMemory() {
        return inMemory(Options.DEFAULT);
    }

    /** A log that lives as long as the object, with limits of its own. */
    static SegmentLog inMemory(Options options) {
        return new MemorySegmentLog(options);
    }

    /**
     * Appends one record and returns its position once it is durable.
     *
     * @param record the bytes; not to be changed until the call returns
     * @throws OrreryException.LimitExceeded when the record is longer than {@link
     *     Options#maxRecordBytes}
     * @throws OrreryException.StorageFailure when it could not be made durable; then it has no
     *     position
     * @throws OrreryException.Closed after {@link #close}
     */
    long append(byte[] record);

    /**
     * Appends records one behind the other, with no other record between them, and returns the
     * position of the last once all are durable. The positions of the others lie directly below it.
     * After a crash before the return a prefix of them may be there.
     *
     * @param records may be empty: then nothing happens and {@link #end} is returned
     */
    long appendAll(List<byte[]> records);

    /**
     * Reads on after a position, in order.
     *
     * <p>Positions that are missing between two entries were damaged, see {@link #damage}. Large
     * records may make the answer shorter than {@code max}; it is empty only when no readable
     * record follows.
     *
     * @param after the position read last; {@code start() - 1} to begin with the oldest
     * @param max the greatest number of entries, at least 1
     * @throws OrreryException.StaleCursor when {@link #truncateBefore} has dropped what follows
     *     {@code after}
     */
    List<Entry> read(long after, int max);

    /** The position of the oldest record kept: 1 at first, {@code end() + 1} when there is none. */
    long start();

    /** The position of the newest durable record; {@code start() - 1} when there is none. */
    long end();

    /**
     * Drops whole segments that hold only positions below the given one. What lies at or above it
     * stays; of what lies below it, as much stays as shares a segment with something newer.
     */
    void truncateBefore(long position);

    /**
     * Begins a new segment, so that {@link #truncateBefore} the next position can drop everything
     * that is here now.
     */
    void seal();

    /**
     * What is known to be damaged, in order of position. The newest segment is checked when the log
     * is opened, an older one when it is first read.
     */
    List<Damage> damage();

    /**
     * How many bytes were cut from the end when the log was opened, as the rest of an interrupted
     * write: of nothing that was acknowledged, unless the disk damaged the last record.
     */
    long cutBytes();

    /** Waits for appends under way, then lets go of the directory. Closing twice is harmless. */
    @Override
    void close();

    /**
     * One record and where it stands.
     *
     * @param position its number, from 1
     * @param bytes its bytes; a fresh array that belongs to the caller
     */
    @SuppressWarnings(
            "ArrayRecordComponent") // raw bytes are what the log stores; equality below is by
    // content
    record Entry(long position, byte[] bytes) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Entry that
                    && position == that.position
                    && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Objects.hash(position, Arrays.hashCode(bytes));
        }

        @Override
        public String toString() {
            return position + " (" + bytes.length + " bytes)";
        }
    }

    /**
     * A damaged place.
     *
     * @param first the first position lost
     * @param last the last position lost; below {@code first} when only a segment's header is
     *     damaged and no record
     * @param file the segment file
     * @param offset where in the file the damage begins, in bytes
     */
    record Damage(long first, long last, Path file, long offset) {}

    /**
     * The sizes of a log.
     *
     * @param segmentBytes a new segment is begun when a record would make this one longer, 1 KiB to
     *     1 GiB
     * @param maxRecordBytes the longest record accepted, 1 byte to 256 MiB
     */
    record Options(int segmentBytes, int maxRecordBytes) {
        /** Segments of 64 MiB, records up to 16 MiB. */
        public static final Options DEFAULT = new Options(64 << 20, 16 << 20);

        public Options {
            requireWithin("segment bytes", segmentBytes, 1 << 10, 1 << 30);
            requireWithin("record bytes", maxRecordBytes, 1, SegmentFormat.LONGEST_RECORD);
        }

        /** These options with another length of segments. */
        public Options segmentBytes(int bytes) {
            return new Options(bytes, maxRecordBytes);
        }

        /** These options with another greatest length of a record. */
        public Options maxRecordBytes(int bytes) {
            return new Options(segmentBytes, bytes);
        }

        private static void requireWithin(String what, int value, int least, int greatest) {
            if (value < least || value > greatest) {
                throw new OrreryException.BadDefinition(
                        what, "is " + value, "choose " + least + " to " + greatest);
            }
        }
    }
}
