package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;
import org.junit.jupiter.api.Test;

/** What a remembered result weighs. Law Q20. */
class FootprintTest {
    private static final int MEMOS = 1 << 17;
    private static final int ROUNDS = 5;

    @Test
    void aResultThatReadTwoOthersWeighsAtMost128Bytes() {
        double least = Double.MAX_VALUE; // what else is there may grow meanwhile, and then not
        for (int round = 0; round < ROUNDS && least > 128; round++) {
            least = Math.min(least, bytesEach());
        }
        assertThat(least).as("bytes for a result").isBetween(64.0, 128.0);
    }

    private static double bytesEach() {
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
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
            return (double) (used() - before) / MEMOS;
        } finally {
            Reference.reachabilityFence(queries);
        }
    }

    /** Bytes of the heap in use, with no garbage left. */
    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            memory.gc();
            used = Math.min(used, memory.getHeapMemoryUsage().getUsed());
        }
        return used;
    }
}
