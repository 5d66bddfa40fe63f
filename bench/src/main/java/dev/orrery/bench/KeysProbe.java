package dev.orrery.bench;

import dev.orrery.Orrery;
import dev.orrery.bench.Sales.Sale;
import dev.orrery.bench.Sales.Takings;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the heap grows by when a projection folds 1,000,000 sales, each of an account of its own:
 * with as many keys in memory as usual, and with all of them. Then looks at accounts that are
 * hardly ever in memory.
 */
final class KeysProbe implements Probe {
    private static final int KEYS = 1_000_000;
    private static final int AT_ONCE = 10_000;
    private static final int LOOKS = 50_000;
    private static final int COLLECTIONS = 4;
    private static final double MEBIBYTE = 1 << 20;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    @Override
    public Map<String, Double> measure(Effort effort) throws Exception {
        Grown all = grown(Sales.TAKINGS.keysInMemory(Integer.MAX_VALUE));
        Grown usual = grown(Sales.TAKINGS);
        return Map.of(
                "all", all.mebibytes,
                "usual", usual.mebibytes,
                "all, seconds", all.seconds,
                "usual, seconds", usual.seconds,
                "all, look", all.lookMicros,
                "usual, look", usual.lookMicros);
    }

    private record Grown(double mebibytes, double seconds, double lookMicros) {}

    private static Grown grown(Projection<Sale, String, Takings> definition) throws Exception {
        return Workplace.find().inFreshFolder(folder -> grown(folder, definition));
    }

    private static Grown grown(Path folder, Projection<Sale, String, Takings> definition) {
        try (Orrery orrery = Orrery.open(folder)) {
            EventLog<Sale> log = orrery.log("sales", Sale.class);
            LiveProjection<String, Takings> takings = orrery.projection(log, definition);
            for (int from = 0; from < KEYS; from += AT_ONCE) {
                log.appendAll(sales(from));
            }
            long before = used();
            long began = System.nanoTime();
            orrery.start();
            orrery.settle(LIMIT);
            double seconds = (System.nanoTime() - began) / 1e9;
            double mebibytes = (used() - before) / MEBIBYTE;
            return new Grown(mebibytes, seconds, look(takings));
        }
    }

    private static List<Sale> sales(int from) {
        return IntStream.range(from, from + AT_ONCE)
                .mapToObj(number -> new Sale(Sales.accountName(number), number, "once"))
                .toList();
    }

    private static double look(LiveProjection<String, Takings> takings) {
        long began = System.nanoTime();
        for (int look = 0; look < LOOKS; look++) {
            int number = (int) (look * 7_919L % KEYS);
            long cents = takings.require(Sales.accountName(number)).cents();
            if (cents != number) {
                throw new IllegalStateException(number + " has " + cents);
            }
        }
        return (System.nanoTime() - began) / 1e3 / LOOKS;
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
