package dev.orrery.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Subscription;
import dev.orrery.sql.Database;
import dev.orrery.testkit.Crash;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Processes that append to one log in PostgreSQL are killed at random moments, with positions taken
 * and commits under way, while this process appends to it and follows it.
 */
@Timeout(300) // seconds: a fault shows as a failure, not as a build that hangs
class LogKillTest {
    private static final int THREADS = 8;

    @TempDir Path directory;

    /** Appends for ever, and prints the position of each event once it is known to be durable. */
    static final class Appender {
        private Appender() {}

        public static void main(String[] arguments) {
            PGSimpleDataSource source = new PGSimpleDataSource();
            source.setURL(arguments[0]);
            source.setUser("postgres");
            EventLog<String> log = texts(Database.open(source, Thread.ofVirtual().factory()));
            System.out.println("open");
            for (int thread = 0; thread < THREADS; thread++) {
                String prefix = ProcessHandle.current().pid() + "-" + thread + "-";
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 0; true; i++) {
                                String event = prefix + i;
                                Position last =
                                        log.appendAll(List.of(event + " one", event + " two"));
                                System.out.println(last.number() + " " + event + " two");
                            }
                        });
            }
        }
    }

    private static EventLog<String> texts(Database database) {
        return new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                .open("texts", String.class);
    }

    @Test
    void nothingAcknowledgedIsLostAndNobodyIsStalledWhateverTheMomentOfAKill() throws Exception {
        killed(10, System.nanoTime());
    }

    @Test
    @Tag("long")
    void nothingAcknowledgedIsLostOverTwoHundredKills() throws Exception {
        killed(200, System.nanoTime());
    }

    private void killed(int kills, long drawn) throws Exception { // laws L1, L2, L9; X10, X17
        long seed = Long.getLong("orrery.seed", drawn);
        DataSource source = RealPostgres.of(directory);
        Map<String, Long> acknowledged = new HashMap<>();
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
        try (Database database = Database.open(source, Thread.ofVirtual().factory())) {
            EventLog<String> log = texts(database);
            Future<Map<String, Long>> here = others.submit(() -> appended(log, enough));
            Future<List<String>> seen = others.submit(() -> followed(log));
            int killed =
                    Crash.seeded(seed)
                            .kills(kills)
                            .within(Duration.ofMillis(300))
                            .work(Appender.class, ((PGSimpleDataSource) source).getURL())
                            .run(life ->
                                    life.output().stream()
                                            .skip(1)
                                            .map(line -> line.split(" ", 2))
                                            .forEach(line ->
                                                    acknowledged.put(
                                                            line[1], Long.valueOf(line[0]))));
            assertThat(killed).isEqualTo(kills);
            enough.set(true);
            acknowledged.putAll(here.get());
            log.append("the end");
            List<String> events = seen.get();
            assertThat(events).as("seed %d", seed).doesNotHaveDuplicates();
            acknowledged.forEach((event, position) ->
                    assertThat(events.get((int) (position - 1)))
                            .as("seed %d, position %d", seed, position)
                            .isEqualTo(event));
            for (int i = 0; i < events.size(); i++) {
                if (events.get(i).endsWith(" one")) {
                    assertThat(events.get(i + 1))
                            .as("seed %d: together with %s", seed, events.get(i))
                            .isEqualTo(events.get(i).replace(" one", " two"));
                }
            }
        } finally {
            enough.set(true);
            others.shutdownNow();
        }
    }

    /** Appends here until there is enough. */
    private static Map<String, Long> appended(EventLog<String> log, AtomicBoolean enough) {
        Map<String, Long> positions = new HashMap<>();
        for (int i = 0; !enough.get(); i++) {
            String event = "here " + i;
            positions.put(event, log.append(event).number());
        }
        return positions;
    }

    /** Follows until the end: every event, each at the position after the one before. */
    private static List<String> followed(EventLog<String> log) {
        List<String> events = new ArrayList<>();
        try (Subscription<Recorded<String>> tail = log.subscribe(log.start())) {
            while (events.isEmpty() || !events.getLast().equals("the end")) {
                Recorded<String> next = tail.next();
                assertThat(next.position().number()).isEqualTo(events.size() + 1);
                events.add(next.event());
            }
        }
        return events;
    }
}
