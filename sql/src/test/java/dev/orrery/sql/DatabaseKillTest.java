package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.OrreryException;
import dev.orrery.testkit.Crash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that writes is killed at random moments: its transactions are there whole, or not at
 * all.
 */
class DatabaseKillTest {
    @TempDir Path directory;

    /** Writes pairs of rows for ever and prints the number of each pair once it is committed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            Database database = Database.open(Path.of(arguments[0]));
            long next =
                    database.write(session -> {
                        session.update(
                                "CREATE TABLE IF NOT EXISTS pairs (number INTEGER, side TEXT, PRIMARY KEY (number, side))");
                        return session.find(
                                        "SELECT coalesce(max(number), 0) FROM pairs",
                                        row -> row.integer(1))
                                .orElseThrow();
                    });
            System.out.println("open");
            while (true) {
                long number = ++next;
                database.perform(session -> {
                    session.update("INSERT INTO pairs VALUES (?, ?)", number, "left");
                    session.update("INSERT INTO pairs VALUES (?, ?)", number, "right");
                });
                System.out.println(number);
            }
        }
    }

    @Test
    void acknowledgedTransactionsSurviveKillsAndOthersAreWholeOrAbsent() { // law S1
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        Path file = directory.resolve("orrery.db");
        int killed =
                Crash.seeded(seed)
                        .within(Duration.ofMillis(150))
                        .work(Writer.class, file.toString())
                        .run(life -> {
                            long acknowledged =
                                    life.output().stream()
                                            .skip(1)
                                            .mapToLong(Long::parseLong)
                                            .max()
                                            .orElse(0);
                            try (Database database = Database.open(file)) {
                                Map<Long, Integer> sides = new TreeMap<>();
                                List<Long> numbers =
                                        database.read(session ->
                                                session.query(
                                                        "SELECT number FROM pairs ORDER BY number",
                                                        row -> row.integer(1)));
                                numbers.forEach(number -> sides.merge(number, 1, Integer::sum));
                                assertThat(sides.values())
                                        .as("seed %d", seed)
                                        .allMatch(count -> count == 2);
                                assertThat(sides.size())
                                        .as("seed %d", seed)
                                        .isGreaterThanOrEqualTo((int) acknowledged);
                            }
                        });
        assertThat(killed).isEqualTo(10);
    }

    @Test
    void anotherProcessIsRefused() { // law S5
        Path file = directory.resolve("orrery.db");
        try (Database database = Database.open(file)) {
            Crash intruder = Crash.seeded(0).work(Intruder.class, file.toString());
            assertThat(intruder.finish().output())
                    .singleElement()
                    .asString()
                    .contains("is in use by another process")
                    .contains(directory.toString());
            database.perform(session -> session.update("CREATE TABLE t (a)"));
        }
    }

    /** Tries to open the database and prints what came of it. */
    static final class Intruder {
        private Intruder() {}

        public static void main(String[] arguments) {
            try (Database database = Database.open(Path.of(arguments[0]))) {
                System.out.println("opened " + database.dialect().name());
            } catch (OrreryException refused) {
                System.out.println(refused.getMessage());
            }
        }
    }
}
