package dev.orrery.table;

import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * Measures a live table over SQLite; a program to run by hand: {@code WriteThroughCost DIRECTORY}.
 */
final class WriteThroughCost {
    private static final int ROWS = 3_376;
    private static final int WRITES = 1_000;

    private WriteThroughCost() {}

    record Airport(String iata, String name, String state) {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(Path.of(arguments[0]), "cost");
        Path file = directory.resolve("airports.db");
        try (OtherProgram other = new OtherProgram(file)) {
            other.createAirports().execute("BEGIN");
            for (int i = 0; i < ROWS; i++) {
                other.insert("A" + i, "Airport " + i, "S" + i % 50);
            }
            other.execute("COMMIT");
        }
        for (int round = 1; round <= 5; round++) {
            measure(directory.resolve("live" + round), file, round);
        }
    }

    private static void measure(Path live, Path file, int round) {
        Timeline timeline = Timeline.startingAt("cost", new Revision(0));
        try (LiveTables tables = open(timeline, live)) {
            long start = System.nanoTime();
            LiveTable<String, Airport> airports = open(tables, file);
            print(round, "first load of " + airports.count() + " rows", millis(start), "ms");
            latencies(round, airports);
        }
        try (LiveTables tables = open(timeline, live)) {
            long start = System.nanoTime();
            LiveTable<String, Airport> airports = open(tables, file);
            print(round, "load from the cache", millis(start), "ms");
            start = System.nanoTime();
            airports.refresh(Duration.ofSeconds(10));
            print(round, "read again and compare", millis(start), "ms");
        }
    }

    private static LiveTables open(Timeline timeline, Path live) {
        return LiveTables.in(
                timeline, live, Thread.ofPlatform().daemon().factory(), InstantSource.system());
    }

    private static LiveTable<String, Airport> open(LiveTables tables, Path file) {
        return tables.open(
                Live.of(Jdbc.open("jdbc:sqlite:" + file).table("airports"))
                        .as(String.class, Airport.class));
    }

    private static void latencies(int round, LiveTable<String, Airport> airports) {
        double[] accepted = new double[WRITES];
        double[] confirmed = new double[WRITES];
        for (int i = 0; i < WRITES; i++) {
            long start = System.nanoTime();
            Write<Airport> write =
                    airports.patch("A" + i, Row.of("name", "name " + round + " " + i));
            accepted[i] = millis(start);
            write.await(Duration.ofSeconds(10));
            confirmed[i] = millis(start);
        }
        report(round, "write accepted", accepted);
        report(round, "write confirmed", confirmed);
    }

    private static void report(int round, String what, double[] millis) {
        Arrays.sort(millis);
        print(round, what + ", median", millis[WRITES / 2], "ms");
        print(round, what + ", 99 %", millis[WRITES * 99 / 100], "ms");
    }

    private static double millis(long since) {
        return (System.nanoTime() - since) / 1e6;
    }

    private static void print(int round, String what, double value, String unit) {
        System.out.printf("round %d  %-32s %8.3f %s%n", round, what, value, unit);
    }
}
