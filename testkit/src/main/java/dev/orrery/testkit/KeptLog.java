package dev.orrery.testkit;

import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.SegmentLog;
import java.util.List;

/**
 * A segment log in memory that outlives those who close it, as a directory outlives a process; and
 * whose disk is full when it is told so. Thread-safe.
 */
public final class KeptLog extends InterceptedLog {
    private int appendsLeft = Integer.MAX_VALUE;

    /** An empty log with room. */
    public KeptLog() {
        super(SegmentLog.inMemory());
    }

    /** Lets the disk be full after so many further appends. */
    public synchronized void fullAfter(int appends) {
        appendsLeft = appends;
    }

    /** Lets there be room again. */
    public synchronized void room() {
        appendsLeft = Integer.MAX_VALUE;
    }

    @Override
    public synchronized long appendAll(List<byte[]> records) {
        if (appendsLeft == 0) {
            throw new StorageFailure(StorageFailure.Kind.FULL, "the test's disk", null);
        }
        appendsLeft--;
        return super.appendAll(records);
    }

    /** Keeps what there is for the next opening. */
    @Override
    public void close() {}
}
