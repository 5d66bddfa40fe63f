package dev.orrery.bench;

import dev.orrery.Orrery;
import dev.orrery.bench.Sales.Sale;
import dev.orrery.bench.Sales.Takings;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The takings with Orrery: the sales are in the log, durable; from the start of the projection
 * until the last one's state is stored and visible.
 */
final class SalesFold {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int APPENDED_AT_ONCE = 10_000;

    private SalesFold() {}

    static Duration run(Path folder, int events) {
        try (Orrery orrery = Orrery.open(folder)) {
            EventLog<Sale> log = orrery.log("sales", Sale.class);
            append(log, events);
            LiveProjection<String, Takings> takings = orrery.projection(log, Sales.TAKINGS);
            long began = System.nanoTime();
            orrery.start();
            orrery.settle(LIMIT);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            requireRight(takings, events);
            return took;
        }
    }

    static void append(EventLog<Sale> log, int events) {
        for (int first = 0; first < events; first += APPENDED_AT_ONCE) {
            log.appendAll(Sales.from(first, Math.min(APPENDED_AT_ONCE, events - first)));
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
