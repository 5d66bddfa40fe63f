package dev.orrery.bench;

import dev.orrery.Orrery;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.log.EventLog;
import dev.orrery.projection.DeltaProjection;
import dev.orrery.projection.LiveDeltaProjection;
import dev.orrery.projection.Projection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * From an event until its difference is at a subscriber in the same process, at 10,000 events a
 * second over 100 keys, each of which is followed: forced to disk as an event, folded, stored as a
 * state with its change, committed on the timeline, told.
 *
 * <p>An event counts from the moment it was due, so that one that waits its turn to be appended
 * counts its wait.
 */
final class DeltaProbe implements Probe {
    private static final int PER_SECOND = 10_000;
    private static final int KEYS = 100;
    private static final int CALLERS = 256;
    private static final long LIMIT_SECONDS = 60;

    /** An event: the how manieth it is. */
    record Tick(int number) {
        String key() {
            return "key-" + number % KEYS;
        }
    }

    static final DeltaProjection<Tick, String, Long, Integer> TICKS =
            Projection.of("ticks", Tick.class)
                    .key(String.class, Tick::key)
                    .state(Long.class, 0L)
                    .fold((count, _) -> count + 1)
                    .delta(Integer.class, (_, _, tick) -> tick.number());

    @Override
    public Map<String, Double> measure(Effort effort) throws Exception {
        int seconds = effort.either(3, 15);
        Samples millis =
                Workplace.find().inFreshFolder(folder -> run(folder, seconds * PER_SECOND));
        return Map.of("p50", millis.quantile(0.5), "p99", millis.quantile(0.99));
    }

    private static Samples run(Path folder, int events) throws Exception {
        int warmUp = 2 * PER_SECOND;
        int all = warmUp + events;
        AtomicLongArray arrived = new AtomicLongArray(all);
        CountDownLatch outstanding = new CountDownLatch(all);
        try (Orrery orrery = Orrery.open(folder)) {
            EventLog<Tick> log = orrery.log("ticks", Tick.class);
            LiveDeltaProjection<String, Long, Integer> ticks = orrery.projection(log, TICKS);
            orrery.start();
            List<Subscription<?>> followers = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                followers.add(follow(ticks, "key-" + key, arrived, outstanding));
            }
            long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
            append(log, all, start);
            if (!outstanding.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(outstanding.getCount() + " did not arrive");
            }
            followers.forEach(Subscription::close);
            Samples millis = new Samples();
            for (int number = warmUp; number < all; number++) {
                millis.add((arrived.get(number) - due(start, number)) / 1e6);
            }
            return millis;
        }
    }

    private static long due(long start, int number) {
        return start + number * (TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
    }

    private static Subscription<?> follow(
            LiveDeltaProjection<String, Long, Integer> ticks,
            String key,
            AtomicLongArray arrived,
            CountDownLatch outstanding) {
        Subscription<Update<Long, Integer>> updates = ticks.deltas(key).subscribe();
        updates.next();
        Thread.startVirtualThread(() -> {
            for (Update<Long, Integer> update : updates) { // until it is closed
                if (update instanceof Update.Delta<Long, Integer>(_, Integer number)) {
                    arrived.set(number, System.nanoTime());
                    outstanding.countDown();
                }
            }
        });
        return updates;
    }

    private static void append(EventLog<Tick> log, int events, long start)
            throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            callers.add(
                    Thread.startVirtualThread(() -> {
                        for (int number = next.getAndIncrement();
                                number < events;
                                number = next.getAndIncrement()) {
                            awaitTime(due(start, number));
                            log.append(new Tick(number));
                        }
                    }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
    }

    private static void awaitTime(long nanoTime) {
        for (long left = nanoTime - System.nanoTime();
                left > 0;
                left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
