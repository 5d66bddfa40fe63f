package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for whom, for how long, and what it is told then. */
@Timeout(60) // seconds: a fault shows as a failure, not as a build that hangs
class WaitingTest {
    private static final Duration SHORT = Duration.ofMillis(30);

    @TempDir Path directory;
    private Path file;
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);

    @BeforeEach
    void name() {
        file = directory.resolve("orrery.db");
    }

    @Test
    void writersComeInTheOrderOfAsking() throws InterruptedException { // law S2
        try (Database database = Database.open(file)) {
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            List<Thread> writers = new ArrayList<>(List.of(holding(database)));
            for (int i = 0; i < 10; i++) {
                int number = i;
                Thread writer =
                        Thread.startVirtualThread(
                                () -> database.perform(session -> order.add(number)));
                awaitParked(writer);
                writers.add(writer);
            }
            leave.countDown();
            for (Thread writer : writers) {
                writer.join();
            }
            assertThat(order).containsExactlyElementsOf(IntStream.range(0, 10).boxed().toList());
        }
    }

    @Test
    void aTurnThatDoesNotComeTimesOutAndDoesNothing() throws InterruptedException { // law S7
        try (Database database = Database.open(file, new Database.Options(1, SHORT))) {
            Thread holder = holding(database);
            assertThatThrownBy(() -> database.perform(session -> {}))
                    .isInstanceOf(OrreryException.TimedOut.class);
            leave.countDown();
            holder.join();
        }
    }

    @Test
    void anInterruptedWaitIsCancelledAndKeepsTheFlag() throws InterruptedException { // law S7
        try (Database database = Database.open(file)) {
            Thread holder = holding(database);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> database.perform(session -> {}))
                    .isInstanceOf(OrreryException.Cancelled.class);
            assertThat(Thread.interrupted()).isTrue();
            leave.countDown();
            holder.join();
        }
    }

    @Test
    void moreReadersThanSessionsWaitForOne() throws InterruptedException { // law S7
        try (Database database = Database.open(file, new Database.Options(1, SHORT))) {
            Thread reader = Thread.startVirtualThread(() -> database.read(session -> waitInside()));
            inside.await();
            assertThatThrownBy(() -> database.read(session -> 1))
                    .isInstanceOf(OrreryException.TimedOut.class);
            leave.countDown();
            reader.join();
            assertThat(database.<Integer, RuntimeException>read(session -> 1)).isEqualTo(1);
        }
    }

    @Test
    void aReaderDoesNotWaitForAWriter() throws InterruptedException { // law S3
        try (Database database = Database.open(file)) {
            Thread holder = holding(database);
            long one =
                    database.read(session -> session.find("SELECT 1", row -> row.integer(1)))
                            .orElseThrow();
            assertThat(one).isEqualTo(1);
            leave.countDown();
            holder.join();
        }
    }

    @Test
    void aLockHeldByAnotherProgramIsWaitedForThenNamed() throws SQLException { // law S7
        try (Database database = Database.open(file, new Database.Options(1, SHORT));
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> database.perform(session -> {}))
                    .isInstanceOf(OrreryException.Unavailable.class);
            statement.execute("COMMIT");
            database.perform(session -> session.update("CREATE TABLE t (a)"));
        }
    }

    @Test
    void aClosedDatabaseSaysSo() {
        Database database = Database.open(file);
        database.close();
        database.close();
        assertThatThrownBy(() -> database.perform(session -> {}))
                .isInstanceOf(OrreryException.Closed.class);
        assertThatThrownBy(() -> database.read(session -> 1))
                .isInstanceOf(OrreryException.Closed.class);
    }

    private Thread holding(Database database) throws InterruptedException {
        Thread holder = Thread.startVirtualThread(() -> database.write(session -> waitInside()));
        inside.await();
        return holder;
    }

    private int waitInside() {
        inside.countDown();
        try {
            leave.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return 1;
    }

    private static void awaitParked(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.sleep(1);
        }
    }
}
