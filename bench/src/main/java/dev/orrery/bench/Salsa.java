package dev.orrery.bench;

import java.util.concurrent.ConcurrentHashMap;

/**
 * What Salsa, the query runtime of the Rust compiler's tools, took on a machine whose map took 2.1
 * ns: it enters as a multiple of what the map takes here and now.
 */
final class Salsa {
    /** The first execution of a tree of seven queries, a query. */
    static final double COLD = 114 / 2.1;

    /** The execution of the tree after all its inputs changed, a query. */
    static final double AGAIN = 155 / 2.1;

    /** The execution of a chain of 5,000 after its input changed, a query. */
    static final double CHAIN = 204 / 2.1;

    private static final int BATCH = 1_000_000;
    private static final int BATCHES = 30;

    private Salsa() {}

    /** How a peer of this is named in a figure. */
    static String title(double multiple) {
        return "Salsa, %.0f map gets".formatted(multiple);
    }

    /** Nanoseconds of {@code ConcurrentHashMap.get}, 1,024 boxed longs. */
    static double mapGet() {
        return mapGet(new ConcurrentHashMap<>());
    }

    private static double mapGet(ConcurrentHashMap<Long, Long> map) {
        Long[] keys = new Long[1_024];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = i * 1_000_003L;
            map.put(keys[i], (long) i);
        }
        Samples nanos = new Samples();
        for (int batch = 0; batch < BATCHES; batch++) {
            long sum = 0;
            long began = System.nanoTime();
            for (int i = 0; i < BATCH; i++) {
                sum += map.getOrDefault(keys[i & 1_023], 0L);
            }
            nanos.add((System.nanoTime() - began) / (double) BATCH);
            Reactive.check(sum > 0, "the sum of the values");
        }
        return nanos.median();
    }
}
