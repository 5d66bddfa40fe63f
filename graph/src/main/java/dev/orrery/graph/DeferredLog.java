package dev.orrery.graph;

import dev.orrery.core.SegmentLog;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment log that may keep records in memory for a while: they have their positions and can be
 * read, and reach the log in their order, so that nothing is ever durable before what it follows.
 * Thread-safe; the monitor is held while the log is written.
 */
final class DeferredLog implements SegmentLog { // law G18
    private static final long MOST_BYTES = 64 << 20;

    private final SegmentLog log;
    private final List<byte[]> pending = new ArrayList<>();
    private long pendingBytes;
    private Durability durability;

    DeferredLog(SegmentLog log, Durability durability) {
        this.log = log;
        this.durability = durability;
    }

    /** From now on; what was deferred becomes durable first. */
    synchronized void durability(Durability now) {
        if (now == Durability.IMMEDIATE) {
            flush();
        }
        durability = now;
    }

    /** Makes everything durable that was appended. */
    synchronized void flush() {
        if (!pending.isEmpty()) {
            log.appendAll(pending);
            pending.clear();
            pendingBytes = 0;
        }
    }

    @Override
    public long append(byte[] record) {
        return appendAll(List.of(record));
    }

    @Override
    public long appendAll(List<byte[]> records) {
        synchronized (this) {
            if (durability == Durability.DEFERRED) {
                pending.addAll(records);
                records.forEach(record -> pendingBytes += record.length);
                if (pendingBytes > MOST_BYTES) {
                    flush();
                }
                return end();
            }
        }
        return log.appendAll(records);
    }

    @Override
    public synchronized List<SegmentLog.Entry> read(long after, int max) {
        List<SegmentLog.Entry> entries = new ArrayList<>(log.read(Math.min(after, log.end()), max));
        long first = log.end() + 1;
        boolean reachesEnd = entries.isEmpty() || entries.getLast().position() == first - 1;
        for (long position = Math.max(first, after + 1);
                reachesEnd && position <= end() && entries.size() < max;
                position++) {
            entries.add(
                    new SegmentLog.Entry(position, pending.get((int) (position - first)).clone()));
        }
        return entries;
    }

    @Override
    public long start() {
        return log.start();
    }

    @Override
    public synchronized long end() {
        return log.end() + pending.size();
    }

    @Override
    public synchronized void truncateBefore(long position) {
        flush();
        log.truncateBefore(position);
    }

    @Override
    public synchronized void seal() {
        flush();
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
        try {
            flush();
        } finally {
            log.close();
        }
    }
}
