package dev.orrery.table;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A program that counts up in rows of a SQLite file through a live table until it is killed, and
 * prints each number once it is acknowledged.
 */
final class CrashingWriter {
    private static final int ROWS = 3;

    private CrashingWriter() {}

    /** The rows' shape. */
    record Counter(String id, long n) {}

    static LiveTables tables(Path directory) {
        return LiveTables.in(
                Timeline.startingAt("crash", new Revision(0)),
                directory.resolve("live"),
                Thread.ofPlatform().daemon().factory(),
                InstantSource.system());
    }

    static LiveTable<String, Counter> counters(LiveTables tables, Path directory) {
        return tables.open(
                Live.of(
                                Jdbc.open("jdbc:sqlite:" + directory.resolve("counters.db"))
                                        .table("counters"))
                        .pollEvery(Duration.ofMillis(20))
                        .outbox(16, Overflow.BLOCK)
                        .as(String.class, Counter.class));
    }

    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        LiveTable<String, Counter> counters = counters(tables(directory), directory);
        System.out.println("begin");
        for (int i = 0; ; i++) {
            String id = "c" + i % ROWS;
            long next = counters.find(id).map(Counter::n).orElse(0L) + 1;
            if (next == 1) {
                counters.insert(new Counter(id, next));
            } else {
                counters.update(id, _ -> new Counter(id, next));
            }
            System.out.println(id + " " + next);
        }
    }
}
