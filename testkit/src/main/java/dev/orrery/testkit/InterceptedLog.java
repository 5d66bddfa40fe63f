package dev.orrery.testkit;

import dev.orrery.core.SegmentLog;
import java.util.List;

/**
 * A segment log that passes everything on to another: a test overrides what is to go wrong. Both
 * ways to append come through {@link #appendAll}. As thread-safe as the other log.
 */
public class InterceptedLog implements SegmentLog {
    private final SegmentLog log;

    /** In front of a log. */
    public InterceptedLog(SegmentLog log) {
        this.log = log;
    }

    @Override
    public final long append(byte[] record) {
        return appendAll(List.of(record));
    }

    @Override
    public long appendAll(List<byte[]> records) {
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
    public void close() {
        log.close();
    }
}
