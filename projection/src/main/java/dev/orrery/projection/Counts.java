package dev.orrery.projection;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a running projection counts of itself. Thread-safe. */
final class Counts {
    private final LongAdder events = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder resets = new LongAdder();
    private final AtomicInteger subscribers = new AtomicInteger();
    private volatile long lastBatch;

    void folded(long inBatch) {
        events.add(inBatch);
        batches.increment();
        lastBatch = inBatch;
    }

    void retried(long times) {
        retries.add(times);
    }

    void reset() {
        resets.increment();
    }

    void subscribed() {
        subscribers.incrementAndGet();
    }

    void unsubscribed() {
        subscribers.decrementAndGet();
    }

    Statistics statistics(int parked) {
        return new Statistics(
                events.sum(),
                batches.sum(),
                lastBatch,
                retries.sum(),
                parked,
                subscribers.get(),
                resets.sum());
    }
}
