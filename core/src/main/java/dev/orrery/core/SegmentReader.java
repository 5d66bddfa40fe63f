package dev.orrery.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Reads records of one segment file between two offsets, passing over what is damaged. Confined to
 * one thread.
 *
 * <p>A record is believed when its length fits, its checksum holds and its position is one that can
 * stand there. Where that fails, the record after it is looked for: first where the length says,
 * then byte by byte, because the length may be what is damaged. The stored position is what makes
 * the search cheap and its outcome sure.
 */
final class SegmentReader implements AutoCloseable {
    private static final int WINDOW_BYTES = 64 << 10;
    private static final int HEADER = SegmentFormat.RECORD_HEADER_BYTES;

    private final FileChannel channel;
    private final long limit;
    private final ByteBuffer window;
    private long windowStart;

    private long offset;
    private long position;
    private int length;

    /** Reads a file from one offset up to another; both are known to be within it. */
    SegmentReader(Path file, long from, long limit) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.limit = limit;
        this.window = ByteBuffer.allocate(Math.clamp(limit - from, HEADER, WINDOW_BYTES)).limit(0);
    }

    /** The offset of the record found last. */
    long offset() {
        return offset;
    }

    /** The position of the record found last. */
    long position() {
        return position;
    }

    /** The offset behind the record found last. */
    long nextOffset() {
        return offset + HEADER + length;
    }

    /** Finds the first good record at or behind an offset where the given position is expected. */
    boolean find(long from, long expected) throws IOException { // law C44
        if (goodAt(from, expected, expected)) {
            return true;
        }
        return damagedBodyAt(from, expected) || search(from, expected);
    }

    /** The bytes of the record found last. */
    byte[] bytes() throws IOException {
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            fill(offset + HEADER + done);
            int chunk = Math.min(window.remaining(), length - done);
            window.get(bytes, done, chunk);
            done += chunk;
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The usual damage: the length still tells where the next record begins. */
    private boolean damagedBodyAt(long from, long expected) throws IOException {
        if (limit - from < HEADER) {
            return false;
        }
        int claimed = intAt(from);
        return claimed >= 0 && goodAt(from + HEADER + claimed, expected + 1, expected + 1);
    }

    private boolean search(long from, long expected) throws IOException {
        for (long at = from + 1; limit - at >= HEADER; at++) {
            long mostLost = 1 + (at - from) / HEADER;
            if (goodAt(at, expected + 1, expected + mostLost)) {
                return true;
            }
        }
        return false;
    }

    private boolean goodAt(long at, long least, long greatest) throws IOException {
        if (at < 0 || limit - at < HEADER) {
            return false;
        }
        int claimed = intAt(at);
        boolean fits =
                claimed >= 0
                        && claimed <= SegmentFormat.LONGEST_RECORD
                        && claimed <= limit - at - HEADER;
        if (!fits) { // law C47
            return false;
        }
        long number = longAt(at + 8);
        if (number < least
                || number > greatest
                || checksum(at + 8, (long) claimed + Long.BYTES) != intAt(at + 4)) {
            return false;
        }
        offset = at;
        position = number;
        length = claimed;
        return true;
    }

    private int checksum(long from, long count) throws IOException {
        CRC32C checksum = new CRC32C();
        long done = 0;
        while (done < count) {
            fill(from + done);
            int chunk = (int) Math.min(window.remaining(), count - done);
            checksum.update(window.slice(window.position(), chunk));
            done += chunk;
        }
        return (int) checksum.getValue();
    }

    private int intAt(long at) throws IOException {
        reach(at, Integer.BYTES);
        return window.getInt((int) (at - windowStart));
    }

    private long longAt(long at) throws IOException {
        reach(at, Long.BYTES);
        return window.getLong((int) (at - windowStart));
    }

    private void reach(long at, int count) throws IOException {
        if (at < windowStart || at + count > windowStart + window.limit()) {
            load(at);
        }
    }

    /** Stands the window's position at an offset, with at least one byte behind it. */
    private void fill(long at) throws IOException {
        reach(at, 1);
        window.position((int) (at - windowStart));
    }

    private void load(long at) throws IOException {
        window.clear();
        window.limit((int) Math.min(window.capacity(), limit - at));
        windowStart = at;
        while (window.hasRemaining()) {
            int count = channel.read(window, at + window.position());
            if (count < 0) {
                throw new IOException("the file is shorter than it was");
            }
        }
        window.flip();
    }
}
