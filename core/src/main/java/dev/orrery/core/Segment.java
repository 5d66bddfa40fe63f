package dev.orrery.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * One segment file: where its records stand, and the way to read them. Thread-safe; the monitor
 * guards the index, which notes about one record in every 8 KiB, and is never held while another
 * lock is taken.
 */
final class Segment {
    private static final int INDEX_BYTES = 8 << 10;

    private final Path file;
    private final long first;
    private final SegmentFormat.Header header;

    private long[] positions = new long[8];
    private long[] offsets = new long[8];
    private int count;
    private boolean scanned;

    private Segment(Path file, long first, SegmentFormat.Header header) {
        this.file = file;
        this.first = first;
        this.header = header;
        positions[0] = first;
        offsets[0] = SegmentFormat.HEADER_BYTES;
        count = 1;
    }

    /** What a walk over a segment found: the last position there, and the offset behind it. */
    record Extent(long last, long offset) {}

    /** A segment just created, without records. */
    static Segment create(Path directory, long first) throws IOException {
        String name = SegmentFormat.fileName(first);
        SegmentFile.create(directory, name, SegmentFormat.header(first));
        Segment segment = new Segment(directory.resolve(name), first, SegmentFormat.Header.GOOD);
        segment.scanned = true;
        return segment;
    }

    /** A segment found on disk; only its header is read. */
    static Segment found(Path file, long first) throws IOException {
        byte[] header;
        try (var in = Files.newInputStream(file, StandardOpenOption.READ)) {
            header = in.readNBytes(SegmentFormat.HEADER_BYTES);
        }
        return new Segment(file, first, SegmentFormat.judge(header, first));
    }

    Path file() {
        return file;
    }

    /** The position of its first record, were it there. */
    long first() {
        return first;
    }

    SegmentFormat.Header header() {
        return header;
    }

    long size() throws IOException {
        return Files.size(file);
    }

    /** Walks all records up to an offset, fills the index, and tells the damage between them. */
    synchronized Extent scan(long limit, Consumer<SegmentLog.Damage> damage) throws IOException {
        count = 1;
        long next = first;
        long offset = SegmentFormat.HEADER_BYTES;
        try (var reader = new SegmentReader(file, offset, limit)) {
            while (reader.find(offset, next)) {
                tellGap(next, reader.position(), offset, damage);
                note(reader.position(), reader.offset());
                next = reader.position() + 1;
                offset = reader.nextOffset();
            }
        }
        scanned = true;
        return new Extent(next - 1, offset);
    }

    /** Scans a sealed segment once; what its end lacks of its last position is damage too. */
    synchronized void scanSealed(long last, Consumer<SegmentLog.Damage> damage) throws IOException {
        if (!scanned) {
            Extent extent = scan(size(), damage);
            tellGap(extent.last() + 1, last + 1, extent.offset(), damage);
        }
    }

    /**
     * Reads on for a range.
     *
     * @param last the last position that belongs to this segment
     * @param limit the offset behind it
     * @return whether the range wants more from the next segment
     */
    boolean read(Range range, long last, long limit, Consumer<SegmentLog.Damage> damage)
            throws IOException {
        int slot = floor(range.after() + 1);
        long next = positionAt(slot);
        long offset = offsetAt(slot);
        try (var reader = new SegmentReader(file, offset, limit)) {
            while (reader.find(offset, next)) {
                tellGap(next, reader.position(), offset, damage);
                if (reader.position() > range.after()) {
                    if (!range.wantsMore()) {
                        return false;
                    }
                    range.add(reader.position(), reader.bytes());
                }
                next = reader.position() + 1;
                offset = reader.nextOffset();
            }
        }
        tellGap(next, last + 1, offset, damage);
        return range.wantsMore();
    }

    /** What one read asks for, and what it has got. Confined. */
    static final class Range {
        private final long after;
        private final int max;
        private final List<SegmentLog.Entry> entries;
        private long bytesLeft;

        Range(long after, int max, long bytes, List<SegmentLog.Entry> entries) {
            this.after = after;
            this.max = max;
            this.bytesLeft = bytes;
            this.entries = entries;
        }

        long after() {
            return after;
        }

        boolean wantsMore() {
            return entries.size() < max && bytesLeft > 0;
        }

        void add(long position, byte[] bytes) {
            bytesLeft -= bytes.length;
            entries.add(new SegmentLog.Entry(position, bytes));
        }
    }

    /** Remembers where a record stands, if the last note is far enough behind. */
    synchronized void note(long position, long offset) {
        if (offset - offsets[count - 1] < INDEX_BYTES) {
            return;
        }
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, count * 2);
            offsets = Arrays.copyOf(offsets, count * 2);
        }
        positions[count] = position;
        offsets[count] = offset;
        count++;
    }

    private void tellGap(
            long expected, long found, long offset, Consumer<SegmentLog.Damage> damage) {
        if (found > expected) {
            damage.accept(new SegmentLog.Damage(expected, found - 1, file, offset));
        }
    }

    private synchronized int floor(long position) {
        int slot = Arrays.binarySearch(positions, 0, count, position);
        return slot >= 0 ? slot : Math.max(0, -slot - 2);
    }

    private synchronized long positionAt(int slot) {
        return positions[slot];
    }

    private synchronized long offsetAt(int slot) {
        return offsets[slot];
    }
}
