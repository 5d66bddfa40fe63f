package dev.orrery.bench;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.SingleQuery;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** An answer that is there, beside a map's, both with the same ready record keys. */
final class HitProbe implements Probe {
    private static final int KEYS = 256;
    private static final int BATCH = 1_000_000;
    private static final int WARM_UPS = 15;

    private final Key[] keys = new Key[KEYS];
    private final Timeline timeline = Timeline.startingAt("bench", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Query<Key, Integer> query =
            queries.query("query", Key.class, Integer.class, key -> key.part() * 31);
    private final List<SingleQuery<Integer>> handles = new ArrayList<>();
    private final Map<Key, Integer> map = new ConcurrentHashMap<>();

    record Key(int part, long id) {}

    @Override
    public Map<String, Double> measure(Effort effort) throws Exception {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = new Key(i, i * 1_000_003L);
            map.put(keys[i], query.of(keys[i]));
            handles.add(query.with(keys[i]));
        }
        Samples hits = new Samples();
        Samples byHandle = new Samples();
        Samples maps = new Samples();
        int rounds = effort.either(15, 50);
        for (int round = -WARM_UPS; round < rounds; round++) {
            double hit = nanos(this::hits);
            double handle = nanos(this::hitsByHandle);
            double get = nanos(this::gets);
            if (round >= 0) {
                hits.add(hit);
                byHandle.add(handle);
                maps.add(get);
            }
        }
        return Map.of(
                "hit", hits.median(),
                "handle", byHandle.median(),
                "map", maps.median(),
                "bytes", bytes(),
                "speed-up", speedUp(effort.either(5, 15)));
    }

    private interface Loop {
        long run();
    }

    private static double nanos(Loop loop) {
        long began = System.nanoTime();
        use(loop.run());
        return (System.nanoTime() - began) / (double) BATCH;
    }

    private static void use(long sum) {
        Reactive.check(sum > 0, "the sum of the values");
    }

    private long hits() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += query.of(keys[i & KEYS - 1]);
        }
        return sum;
    }

    private long hitsByHandle() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += handles.get(i & KEYS - 1).now();
        }
        return sum;
    }

    private long gets() {
        long sum = 0;
        for (int i = 0; i < BATCH; i++) {
            sum += Objects.requireNonNull(map.get(keys[i & KEYS - 1]));
        }
        return sum;
    }

    /** Whole bytes a hit allocates: the few that measuring takes are shared by all hits. */
    private double bytes() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        use(hits());
        return (double) Math.floorDiv(threads.getCurrentThreadAllocatedBytes() - before, BATCH);
    }

    /** How many times the hits of one thread two threads get in the same time. */
    private double speedUp(int rounds) throws InterruptedException {
        Samples ratios = new Samples();
        for (int round = 0; round < rounds; round++) {
            ratios.add(perSecond(2) / perSecond(1));
        }
        return ratios.median();
    }

    private double perSecond(int threads) throws InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        AtomicLong nanos = new AtomicLong();
        Thread[] all = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            all[i] =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    start.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                long began = System.nanoTime();
                                for (int batch = 0; batch < 10; batch++) {
                                    use(hits());
                                }
                                nanos.accumulateAndGet(System.nanoTime() - began, Math::max);
                            });
        }
        start.countDown();
        for (Thread thread : all) {
            thread.join();
        }
        return 10.0 * BATCH * threads / nanos.get();
    }
}
