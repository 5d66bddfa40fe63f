package dev.orrery.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this machine does just now, so that figures of different days can be compared.
 *
 * @param mapGetNanos {@code ConcurrentHashMap.get}, 1,024 boxed longs
 * @param sha256Nanos SHA-256 of 200 bytes
 * @param forceMicros write of 200 bytes and fdatasync, median
 * @param load the load average of the last minute
 */
record Calibration(double mapGetNanos, double sha256Nanos, double forceMicros, double load) {
    private static final int BATCH = 100_000;
    private static final int BATCHES = 20;

    /** What comes before does not count: the compiler is not done. */
    private static final int WARM_UP_BATCHES = 200;

    /** Measures the machine, and the disk of a folder. */
    static Calibration measure(Path folder) throws IOException {
        return new Calibration(
                mapGet(),
                sha256(),
                force(folder),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "calibration: map get %.1f ns, SHA-256 of 200 B %.0f ns, fdatasync %.0f us, load"
                        + " %.1f",
                mapGetNanos,
                sha256Nanos,
                forceMicros,
                load);
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
        for (int batch = -WARM_UP_BATCHES; batch < BATCHES; batch++) {
            long sum = 0;
            long began = System.nanoTime();
            for (int i = 0; i < BATCH; i++) {
                sum += map.getOrDefault(keys[i & 1_023], 0L);
            }
            add(nanos, batch, (System.nanoTime() - began) / (double) BATCH);
            use(sum);
        }
        return nanos.median();
    }

    private static double sha256() {
        byte[] bytes = new byte[200];
        Samples nanos = new Samples();
        for (int batch = -WARM_UP_BATCHES; batch < BATCHES; batch++) {
            MessageDigest digest = digest();
            long began = System.nanoTime();
            for (int i = 0; i < BATCH / 20; i++) {
                bytes[0] = digest.digest(bytes)[0];
            }
            add(nanos, batch, (System.nanoTime() - began) / (BATCH / 20.0));
        }
        use(bytes[0]);
        return nanos.median();
    }

    private static void add(Samples nanos, int batch, double each) {
        if (batch >= 0) {
            nanos.add(each);
        }
    }

    /** Needs a result, so that the work for it is not optimized away. */
    private static void use(long result) {
        if (result == Long.MIN_VALUE) {
            throw new IllegalStateException("no sum of these numbers is that small");
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static double force(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "calibration", ".bin");
        Samples micros = new Samples();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer record = ByteBuffer.allocate(200);
            for (int i = 0; i < 200; i++) {
                long began = System.nanoTime();
                channel.write(record.rewind());
                channel.force(false);
                micros.add((System.nanoTime() - began) / 1_000.0);
            }
        } finally {
            Files.delete(file);
        }
        return micros.median();
    }
}
