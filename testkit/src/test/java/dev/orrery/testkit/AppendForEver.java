package dev.orrery.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.core.SegmentLog;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * The child of {@link SegmentLogKillTest}: threads that append, and print each record with its
 * position once it is acknowledged.
 */
final class AppendForEver {
    private AppendForEver() {}

    public static void main(String[] arguments) {
        SegmentLog log =
                SegmentLog.open(
                        Path.of(arguments[0]), SegmentLog.Options.DEFAULT.segmentBytes(16 << 10));
        System.out.println("open");
        for (int i = 0; i < 4; i++) {
            boolean batches = i == 0;
            Thread.ofPlatform().start(() -> append(log, batches));
        }
    }

    private static void append(SegmentLog log, boolean batches) {
        while (true) {
            String record = UUID.randomUUID() + "x".repeat((int) (System.nanoTime() & 0x7f));
            if (batches) {
                long position = log.appendAll(List.of(new byte[50], record.getBytes(UTF_8)));
                System.out.println(position + " " + record);
            } else {
                System.out.println(log.append(record.getBytes(UTF_8)) + " " + record);
            }
        }
    }
}
