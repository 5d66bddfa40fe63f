package dev.orrery.query;

import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.SegmentLog;
import java.util.List;

/** A log in memory that outlives those who close it, and whose disk is full when it is told so. */
final class KeptLog implements SegmentLog {
    private final SegmentLog log = SegmentLog.inMemory();
    boolean full;

    @Override
    public long append(byte[] record) {
        return appendAll(List.of(record));
    }

    @Override
    public long appendAll(List<byte[]> records) {
        if (full) {
            throw new StorageFailure(StorageFailure.Kind.FULL, "the test's disk", null);
        }
        return log.appendAll(records);
    }

    @Override
    public List<Entry> read(long after, int max) {
        return log.read(after, max);
    }

    @Override
    public long start() {
        return log.start();
    }

    @Override
    public long end() {
        return log.end();
    }

    @Override
    public void truncateBefore(long position) {
        log.truncateBefore(position);
    }

    @Override
    public void seal() {
        log.seal();
    }

    @Override
    public List<Damage> damage() {
        return log.damage();
    }

    @Override
    public long cutBytes() {
        return log.cutBytes();
    }

    @Override
    public void close() {}
}
