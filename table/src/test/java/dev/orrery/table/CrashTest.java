package dev.orrery.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.table.CrashingWriter.Counter;
import dev.orrery.testkit.Crash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir Path directory;

    @Test
    void anAcknowledgedWriteSurvivesAKillAndCountsOnce() throws Exception { // law T6
        try (OtherProgram other = new OtherProgram(directory.resolve("counters.db"))) {
            other.execute("CREATE TABLE counters (id TEXT PRIMARY KEY, n INTEGER NOT NULL)");
        }
        Map<String, Long> acknowledged = new HashMap<>();

        int killed =
                Crash.seeded(7)
                        .kills(5)
                        .within(Duration.ofMillis(700))
                        .work(CrashingWriter.class, directory.toString())
                        .run(life -> {
                            life.output().stream()
                                    .skip(1)
                                    .map(line -> line.split(" ", 2))
                                    .forEach(word ->
                                            acknowledged.put(word[0], Long.valueOf(word[1])));
                            compareWith(acknowledged, life.toString());
                        });

        assertThat(killed).isEqualTo(5);
        assertThat(acknowledged.values().stream().mapToLong(n -> n).sum()).isGreaterThan(10);
    }

    /**
     * Nothing acknowledged is missing, and at most the one write under way is there unacknowledged.
     */
    private void compareWith(Map<String, Long> acknowledged, String life) {
        LiveTables tables = CrashingWriter.tables(directory);
        try (tables) {
            LiveTable<String, Counter> counters = CrashingWriter.counters(tables, directory);
            long beyond = 0;
            for (Counter counter : counters.list()) {
                long known = acknowledged.getOrDefault(counter.id(), 0L);
                assertThat(counter.n())
                        .as("%s after %s", counter.id(), life)
                        .isBetween(known, known + 1);
                beyond += counter.n() - known;
                acknowledged.put(counter.id(), counter.n());
            }
            assertThat(beyond).as(life).isLessThanOrEqualTo(1);
            assertThat(counters.count()).isEqualTo(acknowledged.size());
            counters.settle(SOON);
            counters.refresh(SOON);
            assertThat(counters.ledger().overtaken()).isZero();
            assertThat(counters.ledger().refused()).isZero();
        }
        try (Table table =
                Jdbc.open("jdbc:sqlite:" + directory.resolve("counters.db")).table("counters")) {
            for (Counter counter : table.list(Counter.class)) {
                assertThat(counter.n()).isEqualTo(acknowledged.get(counter.id()));
            }
            assertThat(table.count()).isEqualTo(acknowledged.size());
        }
    }
}
