package dev.orrery.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.orrery.Configuration;
import dev.orrery.Orrery;
import dev.orrery.bench.Sales.Sale;
import dev.orrery.bench.Sales.Takings;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * The takings with Orrery: the sales are in the log, durable; from the start of the projection
 * until the last one's state is stored and visible.
 */
final class SalesFold {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int APPENDED_AT_ONCE = 10_000;

    private SalesFold() {}

    /** What a run took, on the clock and of the processors. */
    record Took(long nanos, long processorNanos) {}

    static Took run(Configuration where, int events) {
        try (Orrery orrery = where.open()) {
            EventLog<Sale> log = orrery.log("sales", Sale.class);
            append(log, 0, events);
            LiveProjection<String, Takings> takings = orrery.projection(log, Sales.TAKINGS);
            long processorBegan = processorNanos();
            long began = System.nanoTime();
            orrery.start();
            orrery.settle(LIMIT);
            Took took = new Took(System.nanoTime() - began, processorNanos() - processorBegan);
            requireRight(takings, events);
            return took;
        }
    }

    /** The same by hand: the state after each sale, made beforehand. */
    static PlainEach eachByHand(int events) {
        return PlainEach.of(
                Sales.from(0, events), Sale::account, Takings.class, Takings.NONE, Takings::plus);
    }

    private static long processorNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Appends the sales from one number to before another. */
    static void append(EventLog<Sale> log, long from, long to) {
        for (long first = from; first < to; first += APPENDED_AT_ONCE) {
            log.appendAll(Sales.from(first, (int) Math.min(APPENDED_AT_ONCE, to - first)));
        }
    }

    /** Fails unless the states are those of a plain loop. */
    static void requireRight(LiveProjection<String, Takings> takings, long events) {
        Takings[] expected = Sales.folded(events);
        for (int account = 0; account < expected.length; account++) {
            Takings state = takings.find(Sales.accountName(account)).orElse(Takings.NONE);
            if (!state.equals(expected[account])) {
                throw new IllegalStateException(
                        "account " + account + " has " + state + ", not " + expected[account]);
            }
        }
    }
}
