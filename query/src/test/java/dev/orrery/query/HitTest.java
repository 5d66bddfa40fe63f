package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The cost of an answer that is there. Law Q20. */
class HitTest {
    private static final int KEYS = 256;
    private static final int ROUND = 2_000_000;

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final String[] keys = new String[KEYS];
    private final Query<String, String> query =
            queries.query("query", String.class, String.class, key -> "value of " + key);
    private final Map<String, String> map = new ConcurrentHashMap<>();

    HitTest() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = "key " + i;
            map.put(keys[i], query.of(keys[i]));
        }
    }

    private long manyTimes(ToLongFunction<String> read) {
        long sum = 0;
        for (int i = 0; i < ROUND; i++) {
            sum += read.applyAsLong(keys[i & KEYS - 1]);
        }
        return sum;
    }

    @Test
    void aHitAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 10 && least > 1_000; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThat(manyTimes(key -> query.of(key).length())).isPositive();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes in %d hits, measuring included", ROUND).isLessThan(1_000);
        queries.close();
    }

    /** Prints what a hit costs beside a map, and a first run: {@code -Plong -Dtest=HitTest}. */
    @Test
    @Tag("long")
    void howLongAHitTakes() {
        double[] best = {1e9, 1e9};
        for (int round = 0; round < 30; round++) {
            best[0] = Math.min(best[0], nanos(key -> query.of(key).length()));
            best[1] = Math.min(best[1], nanos(key -> map.get(key).length()));
        }
        System.out.printf(
                "hit %.2f ns, map %.2f ns, ratio %.2f; cold %.0f ns a query%n",
                best[0], best[1], best[0] / best[1], cold());
        queries.close();
    }

    private double nanos(ToLongFunction<String> read) {
        long begun = System.nanoTime();
        assertThat(manyTimes(read)).isPositive();
        return (System.nanoTime() - begun) / (double) ROUND;
    }

    /** Trees of seven, from nothing. */
    private double cold() {
        Input<Integer, Integer> input = queries.input("input", Integer.class, Integer.class);
        Query<Integer, Integer> tree =
                queries.recursive(
                        "tree",
                        Integer.class,
                        Integer.class,
                        (self, key) ->
                                key % 8 >= 4
                                        ? input.find(key & 1023).orElse(1)
                                        : self.of(key / 8 * 8 + key % 8 * 2)
                                                + self.of(key / 8 * 8 + key % 8 * 2 + 1));
        double best = 1e9;
        int trees = 20_000;
        for (int round = 0; round < 10; round++) {
            long begun = System.nanoTime();
            for (int i = 0; i < trees; i++) {
                tree.of((round * trees + i) * 8 + 1);
            }
            best = Math.min(best, (System.nanoTime() - begun) / (7.0 * trees));
        }
        return best;
    }
}
