package dev.orrery.bench;

import dev.orrery.Orrery;
import dev.orrery.bench.Sales.Sale;
import dev.orrery.bench.Sales.Takings;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Folding 10,000,000 sales anew while the states are served and sales go on. A reader looks at a
 * hundred accounts every 10 ms and counts what it must never see: an account without a state, or
 * one with fewer sales than before.
 */
final class RebuildProbe implements Probe {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int LOOKED_AT = 100;
    private static final long PAUSE_MILLIS = 10;

    @Override
    public Map<String, Double> measure(Effort effort) throws Exception {
        int events = effort.either(500_000, 10_000_000);
        return Workplace.find().inFreshFolder(folder -> run(folder, events));
    }

    private static Map<String, Double> run(Path folder, int events) throws Exception {
        try (Orrery orrery = Orrery.open(folder)) {
            EventLog<Sale> log = orrery.log("sales", Sale.class);
            LiveProjection<String, Takings> takings = orrery.projection(log, Sales.TAKINGS);
            orrery.start();
            SalesFold.append(log, 0, events);
            orrery.settle(LIMIT);
            AtomicBoolean going = new AtomicBoolean(true);
            AtomicLong looks = new AtomicLong();
            AtomicLong wrong = new AtomicLong();
            AtomicLong sold = new AtomicLong(events);
            Thread reader = Thread.startVirtualThread(() -> look(takings, going, looks, wrong));
            Thread seller = Thread.startVirtualThread(() -> sell(log, going, sold));
            long began = System.nanoTime();
            takings.rebuild().await(LIMIT);
            double seconds = (System.nanoTime() - began) / 1e9;
            going.set(false);
            reader.join();
            seller.join();
            orrery.settle(LIMIT);
            SalesFold.requireRight(takings, sold.get());
            return Map.of(
                    "seconds",
                    seconds,
                    "events a second",
                    events / seconds,
                    "looks",
                    looks.doubleValue(),
                    "wrong",
                    wrong.doubleValue());
        }
    }

    private static void look(
            LiveProjection<String, Takings> takings,
            AtomicBoolean going,
            AtomicLong looks,
            AtomicLong wrong) {
        long[] seen = new long[LOOKED_AT];
        while (going.get()) {
            for (int account = 0; account < LOOKED_AT; account++) {
                long count =
                        takings.find(Sales.accountName(account)).map(Takings::count).orElse(-1L);
                if (count < Math.max(1, seen[account])) {
                    wrong.incrementAndGet();
                }
                seen[account] = count;
            }
            looks.addAndGet(LOOKED_AT);
            pause();
        }
    }

    private static void sell(EventLog<Sale> log, AtomicBoolean going, AtomicLong sold) {
        while (going.get()) {
            log.append(Sales.sale(sold.getAndIncrement()));
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
