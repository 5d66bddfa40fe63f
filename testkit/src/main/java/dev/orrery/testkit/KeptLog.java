package dev.orrery.testkit;

import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.SegmentLog;
import java.util.List;

/**
 * A segment log in memory that outlives those who close it, as a directory outlives a process; and
 * whose disk is full when it is told so. Thread-safe.
 */
public final class KeptLog implements SegmentLog {
    private final SegmentLog log = SegmentLog.inMemory();
    private int appendsLeft = Integer.MAX_VALUE;

    /** An empty log with room. */
    public KeptLog() {}

    /** Lets the disk be full after so many further appends. */
    public synchronized void fullAfter(int appends) {
        appendsLeft = appends;
    }

    /** Lets there be room again. */
    public synchronized void room() {
        appendsLeft = Integer.MAX_VALUE;
    }

    @Override
    public long append(byte[] record) {
        return appendAll(List.of(record));
    }

    @Override
    public synchronized long appendAll(List<byte[]> records) {
        if (appendsLeft == 0) {
            throw new StorageFailure(StorageFailure.Kind.FULL, "the test's disk", null);
        }
        appendsLeft--;
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

    /** Keeps what there is for the next opening. */
    @Override
    public void close() {}
}
