package dev.orrery.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Subscription;
import dev.orrery.sql.Database;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transactions that take their positions early and commit late, or never, in another process: here,
 * another set of connections.
 */
@Timeout(120) // seconds: a fault shows as a failure, not as a build that hangs
class LateCommitsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir Path directory;
    private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch positionsAreTaken = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private Database here;
    private Database there;
    private EventLog<String> log;

    @BeforeEach
    void open() {
        here = database();
        there = database();
        log = texts(here);
        log.append("first");
    }

    private Database database() {
        return Database.open(RealPostgres.of(directory), Thread.ofVirtual().factory());
    }

    private static EventLog<String> texts(Database database) {
        return new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                .open("texts", String.class);
    }

    @AfterEach
    void close() {
        others.shutdownNow();
        here.close();
        there.close();
    }

    /** Somebody whose transaction has inserted its events, and ends when told to go on. */
    private Future<Integer> slowWriter(boolean gives) throws InterruptedException {
        EventTable table = EventTable.open(there, "texts", () -> "unused");
        Callable<Integer> writing =
                () ->
                        table.write(rows -> {
                            byte[] payload = dev.orrery.core.Codec.of(String.class).encode("late");
                            rows.insert(
                                    Instant.EPOCH,
                                    List.of(
                                            new Appends.Row(
                                                    rows.end() + 1,
                                                    null,
                                                    new Appends.Encoded(null, payload))));
                            positionsAreTaken.countDown();
                            await(goOn);
                            if (!gives) {
                                throw new IllegalStateException("given up");
                            }
                            return 1;
                        });
        Future<Integer> writer = others.submit(writing);
        positionsAreTaken.await();
        return writer;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> next(Subscription<Recorded<String>> tail, int count) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Recorded<String> recorded = tail.next(LONG).orElseThrow();
            events.add(recorded.position().number() + " " + recorded.event());
        }
        return events;
    }

    @Test
    void anEventThatIsCommittedLateIsNotSkipped() throws Exception { // X10, X15
        try (Subscription<Recorded<String>> tail = log.subscribe(log.start())) {
            assertThat(next(tail, 1)).containsExactly("1 first");
            Future<Integer> late = slowWriter(true);
            Future<Position> quick = others.submit(() -> log.append("quick"));
            assertThat(tail.next(Duration.ofMillis(50)))
                    .as("nothing is handed out that something may still come before")
                    .isEmpty();
            assertThat(log.read(log.start(), 10)).hasSize(1);
            goOn.countDown();
            late.get();
            assertThat(quick.get().number()).isEqualTo(3);
            assertThat(next(tail, 2)).containsExactly("2 late", "3 quick");
        }
    }

    @Test
    void aPositionThatWasTakenAndRolledBackStallsNobodyAndIsGivenAgain() throws Exception { // X10
        try (Subscription<Recorded<String>> tail = log.subscribe(log.start())) {
            Future<Integer> late = slowWriter(false);
            Future<Position> quick = others.submit(() -> log.append("quick"));
            goOn.countDown();
            assertThatThrownBy(late::get).hasRootCauseMessage("given up");
            assertThat(quick.get().number()).isEqualTo(2);
            assertThat(next(tail, 2)).containsExactly("1 first", "2 quick");
        }
    }

    @Test
    void aWriterThatDiesWithItsPositionsTakenStallsNobody() throws Exception { // X10
        try (Subscription<Recorded<String>> tail = log.subscribe(log.start())) {
            Future<Integer> dying = slowWriter(true);
            Future<Position> quick = others.submit(() -> log.append("quick"));
            here.read(session ->
                    session.query(
                            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype ="
                                    + " 'advisory' AND mode = 'ExclusiveLock' AND granted AND pid"
                                    + " <> pg_backend_pid()",
                            row -> row.isNull(1)));
            assertThat(quick.get().number()).isEqualTo(2);
            assertThat(next(tail, 2)).containsExactly("1 first", "2 quick");
            goOn.countDown();
            assertThatThrownBy(dying::get).hasCauseInstanceOf(Unavailable.class);
            assertThat(log.head().number()).isEqualTo(2);
        }
    }

    @Test
    void readersDoNotWaitForAWriterUnderWay() throws Exception {
        EventLog<String> beside = texts(there);
        Future<Integer> late = slowWriter(true);
        assertThat(log.head().number()).isEqualTo(1);
        assertThat(beside.read(log.start(), 10)).hasSize(1);
        goOn.countDown();
        late.get();
        assertThat(log.head().number()).isEqualTo(2);
    }

    @Test
    void aTailGoesOnAfterItsDatabaseLostAllConnections() throws Exception { // T08
        EventLog<String> other = texts(there);
        try (Subscription<Recorded<String>> tail = log.subscribe(log.start())) {
            assertThat(next(tail, 1)).containsExactly("1 first");
            there.read(session ->
                    session.query(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
                                    + " current_database() AND pid <> pg_backend_pid()",
                            row -> row.isNull(1)));
            for (int i = 0; i < 100; i++) {
                other.append("while away " + i);
            }
            List<String> seen = new ArrayList<>();
            while (seen.size() < 100) {
                try {
                    seen.addAll(next(tail, 1));
                } catch (Unavailable lost) {
                    assertThat(tail.cursor().text()).endsWith(":" + (1 + seen.size()));
                }
            }
            assertThat(seen.getFirst()).isEqualTo("2 while away 0");
            assertThat(seen).doesNotHaveDuplicates().hasSize(100);
            assertThat(seen.getLast()).isEqualTo("101 while away 99");
        }
    }
}
