package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;
import java.util.Map;

/**
 * What the heap grows by when a runtime remembers one more result that read two others: its node,
 * memo, dependencies, edges and share of the table. Keys and values were there before.
 */
final class FootprintProbe implements Probe {
    private static final int MEMOS = 1 << 17;
    private static final int COLLECTIONS = 4;

    @Override
    public Map<String, Double> measure(Effort effort) {
        Timeline timeline = Timeline.startingAt("bench", new Revision(0));
        Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
        Integer[] keys = new Integer[2 * MEMOS];
        Integer value = 1_000;
        Query<Integer, Integer> lower =
                queries.query("lower", Integer.class, Integer.class, _ -> value);
        Query<Integer, Integer> upper =
                queries.query(
                        "upper",
                        Integer.class,
                        Integer.class,
                        key -> {
                            lower.of(keys[2 * key]);
                            lower.of(keys[2 * key + 1]);
                            return value;
                        });
        for (int i = 0; i < keys.length; i++) {
            keys[i] = i;
            lower.of(keys[i]);
        }
        try {
            long before = used();
            for (int i = 0; i < MEMOS; i++) {
                upper.of(keys[i]);
            }
            return Map.of("bytes", (double) (used() - before) / MEMOS);
        } finally {
            Reference.reachabilityFence(queries);
        }
    }

    /** Bytes of the heap in use, with no garbage left. */
    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
            used = Math.min(used, memory.getHeapMemoryUsage().getUsed());
        }
        return used;
    }
}
