package dev.orrery.core;

import java.util.ArrayList;
import java.util.List;

/** The segment log in memory; truncation is exact. Thread-safe: the monitor guards everything. */
final class MemorySegmentLog implements SegmentLog {
    private final Options options;
    private final ArrayList<byte[]> records = new ArrayList<>();
    private long start = 1;
    private boolean closed;

    MemorySegmentLog(Options options) {
        this.options = options;
    }

    @Override
    public long append(byte[] record) {
        return appendAll(List.of(record));
    }

    @Override
    public synchronized long appendAll(List<byte[]> added) {
        for (byte[] record : added) {
            FileSegmentLog.requireWithin(options, record);
        }
        requireOpen();
        for (byte[] record : added) {
            records.add(record.clone());
        }
        return end();
    }

    @Override
    public synchronized List<Entry> read(long after, int max) {
        requireOpen();
        if (after < start - 1) {
            throw FileSegmentLog.stale(after, start);
        }
        List<Entry> entries = new ArrayList<>();
        for (long position = after + 1; position <= end() && entries.size() < max; position++) {
            entries.add(new Entry(position, records.get((int) (position - start)).clone()));
        }
        return entries;
    }

    @Override
    public synchronized long start() {
        requireOpen();
        return start;
    }

    @Override
    public synchronized long end() {
        requireOpen();
        return start + records.size() - 1;
    }

    @Override
    public synchronized void truncateBefore(long position) {
        requireOpen();
        long kept = Math.clamp(position, start, end() + 1);
        records.subList(0, (int) (kept - start)).clear();
        start = kept;
    }

    @Override
    public void seal() {} // it drops single records

    @Override
    public List<Damage> damage() {
        return List.of();
    }

    @Override
    public long cutBytes() {
        return 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        records.clear();
        records.trimToSize();
    }

    private void requireOpen() {
        if (closed) {
            throw new OrreryException.Closed("segment log");
        }
    }
}
