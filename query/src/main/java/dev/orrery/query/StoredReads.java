package dev.orrery.query;

import dev.orrery.core.SegmentLog;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads single records, and remembers their neighbours for a while: what was computed together was
 * saved together. Thread-safe.
 */
final class StoredReads {
    private static final int RUN = 64;
    private static final int RUNS = 64;
    private static final long LONGEST_RUN_BYTES = 128 << 10;

    private final SegmentLog log;

    /** By the first position of a run, the one read last at the end. Guarded by the monitor. */
    private final Map<Long, List<SegmentLog.Entry>> runs = new LinkedHashMap<>(RUNS, 0.75f, true);

    StoredReads(SegmentLog log) {
        this.log = log;
    }

    /**
     * The record at a position; null when it is damaged.
     *
     * @throws dev.orrery.core.OrreryException.StaleCursor when it was dropped
     */
    byte @Nullable [] at(long position) {
        long first = Math.max(log.start(), position - position % RUN);
        List<SegmentLog.Entry> known;
        synchronized (runs) {
            known = runs.get(first);
        }
        byte[] found = known == null ? null : in(known, position);
        return found != null ? found : read(first, position);
    }

    private byte @Nullable [] read(long first, long position) {
        List<SegmentLog.Entry> run = log.read(first - 1, (int) (position - first) + RUN);
        byte[] found = in(run, position);
        if (found == null) { // long records: the run ended before it
            return in(log.read(position - 1, 1), position);
        }
        if (run.stream().mapToLong(entry -> entry.bytes().length).sum() <= LONGEST_RUN_BYTES) {
            keep(first, run);
        }
        return found;
    }

    private void keep(long first, List<SegmentLog.Entry> run) {
        synchronized (runs) {
            runs.put(first, run);
            if (runs.size() > RUNS) {
                Iterator<Long> oldest = runs.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }

    private static byte @Nullable [] in(List<SegmentLog.Entry> entries, long position) {
        for (SegmentLog.Entry entry : entries) {
            if (entry.position() == position) {
                return entry.bytes();
            }
        }
        return null;
    }
}
