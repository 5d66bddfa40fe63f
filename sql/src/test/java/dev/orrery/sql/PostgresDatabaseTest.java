package dev.orrery.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.testkit.RealPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** A database in a schema of a real PostgreSQL, and what is particular to a shared one. */
@Timeout(60) // seconds: a fault shows as a failure, not as a build that hangs
class PostgresDatabaseTest extends DatabaseContract {
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);

    @Override
    protected Database bare() {
        return Database.open(RealPostgres.of(directory), THREADS);
    }

    private Database impatient() {
        return Database.open(RealPostgres.of(directory), new Database.Options(2, SHORT), THREADS);
    }

    @AfterEach
    void endOthers() {
        others.shutdownNow();
    }

    @Test
    void aWriteThatIsNotForcedDoesNotWaitForTheDiskAndTheNextDoes() { // law S14
        try (Database database = open()) {
            List<String> levels = new ArrayList<>();
            database.performUnforced("a", session -> levels.add(level(session)));
            database.perform("a", session -> levels.add(level(session)));
            assertThat(levels).containsExactly("off", "on");
            database.performUnforced("a", session -> session.update(INSERT, "Mars", 2));
            assertThat(count(database)).isEqualTo(1);
        }
    }

    private static String level(Session session) {
        return session.find("SHOW synchronous_commit", row -> row.text(1)).orElseThrow();
    }

    /** Somebody who writes a part, and stays until told to leave. */
    private Future<Integer> holding(Database database, String part) throws InterruptedException {
        Callable<Integer> work =
                () ->
                        database.write(
                                part,
                                session -> {
                                    session.update(INSERT, "Mars", 2);
                                    inside.countDown();
                                    leave.await();
                                    return 1;
                                });
        Future<Integer> holder = others.submit(work);
        inside.await();
        return holder;
    }

    private static int insert(Database database, String part, String name) {
        return database.write(part, session -> session.update(INSERT, name, 0));
    }

    @Test
    void writersOfOnePartComeOneAtATimeWhateverDatabaseObjectTheyUse() throws Exception { // law S11
        try (Database here = open();
                Database there = impatient()) {
            Future<Integer> holder = holding(here, "log 1");
            assertThatThrownBy(() -> insert(there, "log 1", "Venus")).isInstanceOf(TimedOut.class);
            leave.countDown();
            holder.get();
            assertThat(insert(there, "log 1", "Venus")).isEqualTo(1);
            assertThat(count(there)).isEqualTo(2);
        }
    }

    @Test
    void whoeverComesNextSeesAllThatEarlierOnesCommitted() throws Exception { // law S11
        try (Database here = open();
                Database there = open()) {
            Future<Integer> holder = holding(here, "log 1");
            Callable<Long> work =
                    () ->
                            there.write(
                                    "log 1",
                                    session ->
                                            session.find(
                                                            "SELECT count(*) FROM planets",
                                                            row -> row.integer(1))
                                                    .orElseThrow());
            Future<Long> next = others.submit(work);
            leave.countDown();
            holder.get();
            assertThat(next.get()).isEqualTo(1);
        }
    }

    @Test
    void writersOfOtherPartsDoNotWait() throws Exception { // law S11
        try (Database here = open();
                Database there = impatient()) {
            Future<Integer> holder = holding(here, "log 1");
            assertThat(insert(there, "log 2", "Venus")).isEqualTo(1);
            leave.countDown();
            holder.get();
        }
    }

    @Test
    void aWriterOfTheWholeWaitsForTheWritersOfParts() throws Exception { // law S11
        try (Database here = open();
                Database there = impatient()) {
            Future<Integer> holder = holding(here, "log 1");
            assertThatThrownBy(() -> there.perform(session -> {})).isInstanceOf(TimedOut.class);
            leave.countDown();
            holder.get();
            there.perform(session -> session.update(INSERT, "Venus", 0));
            assertThat(count(there)).isEqualTo(2);
        }
    }

    @Test
    void aWriterWhoseConnectionDiesLeavesNothingAndLetsTheNextOneIn() throws Exception { // law S1
        try (Database here = open();
                Database there = open()) {
            Future<Integer> holder = holding(here, "log 1");
            Callable<Integer> work = () -> insert(there, "log 1", "Venus");
            Future<Integer> next = others.submit(work);
            terminateHolders(there);
            leave.countDown();
            assertThatThrownBy(holder::get).hasCauseInstanceOf(Unavailable.class);
            assertThat(next.get()).isEqualTo(1);
            assertThat(count(there)).isEqualTo(1);
            assertThat(insert(here, "log 1", "Earth")).isEqualTo(1);
        }
    }

    /** Ends the connections that hold a lock of a transaction, except the one that asks. */
    private static void terminateHolders(Database database) {
        database.read(session ->
                session.query(
                        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                                + " AND mode = 'ExclusiveLock' AND granted AND pid <>"
                                + " pg_backend_pid()",
                        row -> row.text(1)));
    }

    @Test
    void aMomentThatIsKeptStaysAsItWas() throws Exception { // law S15
        try (Database database = open();
                Database other = open()) {
            database.perform("a", session -> session.update(INSERT, "Mars", 2));
            Moment moment = database.moment();
            assertThat(insert(other, "a", "Venus")).isEqualTo(1);
            assertThat(insert(database, "b", "Pluto")).isEqualTo(1);
            assertThat(count(moment)).isEqualTo(1);
            assertThat(others.submit(() -> count(moment)).get()).isEqualTo(1);
            try (Moment next = database.moment()) {
                assertThat(count(next)).isEqualTo(3);
            }
            moment.close();
            assertThat(moment.isOpen()).isFalse();
            assertThatThrownBy(() -> count(moment)).isInstanceOf(OrreryException.Closed.class);
        }
    }

    @Test
    void whoClosesAMomentDoesNotWaitForItsReader() throws Exception { // law S15
        try (Database database = open()) {
            Moment moment = database.moment();
            Callable<Long> slow =
                    () ->
                            moment.<Long, Exception>read(session -> {
                                inside.countDown();
                                leave.await();
                                return session.find("SELECT 7", row -> row.integer(1))
                                        .orElseThrow();
                            });
            Future<Long> reader = others.submit(slow);
            inside.await();
            moment.close();
            leave.countDown();
            assertThat(reader.get()).isEqualTo(7);
            assertThatThrownBy(() -> count(moment)).isInstanceOf(OrreryException.Closed.class);
        } // which waits until it is given back
    }

    private static long count(Moment moment) {
        return moment.<Long, RuntimeException>read(session ->
                session.find("SELECT count(*) FROM planets", row -> row.integer(1)).orElseThrow());
    }

    @Test
    void connectionsThatDiedAreReplaced() {
        try (Database database = open()) {
            assertThat(count(database)).isZero();
            try (Database other = open()) {
                other.read(session ->
                        session.query(
                                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
                                        + " datname = current_database() AND pid <>"
                                        + " pg_backend_pid()",
                                row -> row.text(1)));
            }
            int failed = 0;
            for (boolean done = false; !done; ) {
                try {
                    insert(database, "log 1", "Mars");
                    done = true;
                } catch (Unavailable e) {
                    failed++;
                }
            }
            assertThat(failed).as("what was tried on connections that had died").isLessThan(3);
            for (boolean done = false; !done; ) {
                try {
                    assertThat(count(database)).isEqualTo(1);
                    done = true;
                } catch (Unavailable e) {
                    failed++;
                }
            }
        }
    }

    @Test
    void anInterruptOfAStatementIsCancelledAndLeavesNothing() throws Exception { // law S7
        try (Database database = open()) {
            Thread writer =
                    Thread.ofVirtual()
                            .start(() ->
                                    assertThatThrownBy(() ->
                                                    database.write(
                                                            "log 1",
                                                            session -> {
                                                                session.update(INSERT, "Mars", 2);
                                                                inside.countDown();
                                                                return session.query(
                                                                        "SELECT pg_sleep(600)",
                                                                        row -> row.isNull(1));
                                                            }))
                                            .isInstanceOf(Cancelled.class));
            inside.await();
            writer.interrupt();
            writer.join();
            assertThat(insert(database, "log 1", "Venus")).isEqualTo(1);
            assertThat(count(database)).isEqualTo(1);
        }
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setServerNames(new String[] {"localhost"});
        nowhere.setPortNumbers(new int[] {1});
        assertThatThrownBy(() -> Database.open(nowhere, THREADS))
                .isInstanceOf(Unavailable.class)
                .hasMessage("the server cannot be reached for the database; try again");
    }

    @Test
    void aSchemaThatIsNotThereIsNamed() {
        PGSimpleDataSource source = (PGSimpleDataSource) RealPostgres.of(directory);
        source.setCurrentSchema("never_made");
        assertThatThrownBy(() -> Database.open(source, THREADS))
                .isInstanceOf(OrreryException.BadDefinition.class);
    }

    // announcements

    private static final class Heard implements Database.Listener {
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

        @Override
        public void announced(String text) {
            texts.add(text);
        }

        @Override
        public void missed() {
            texts.add("perhaps missed");
        }

        private String next() throws InterruptedException {
            String text = texts.poll(30, TimeUnit.SECONDS);
            return text == null ? "nothing" : text;
        }
    }

    private static void announce(Database database, String topic, String text) {
        database.perform(topic, session -> session.announce(topic, text));
    }

    @Test
    void whatIsAnnouncedIsHeardByEverybodyOnceItIsCommitted() throws Exception { // law S12
        try (Database here = open();
                Database there = open()) {
            Heard heard = new Heard();
            there.listen("log 1", heard);
            assertThat(heard.next()).isEqualTo("perhaps missed");
            assertThatThrownBy(() ->
                            here.perform(session -> {
                                session.announce("log 1", "undone");
                                throw new IllegalStateException("on purpose");
                            }))
                    .hasMessage("on purpose");
            announce(here, "log 2", "of another topic");
            announce(here, "log 1", "1");
            announce(there, "log 1", "2");
            assertThat(List.of(heard.next(), heard.next())).containsExactly("1", "2");
        }
    }

    @Test
    void afterALossOfTheConnectionListenersAreToldThatTheyMayHaveMissedSome() // law S12
            throws Exception {
        try (Database here = open();
                Database there = open()) {
            Heard heard = new Heard();
            there.listen("log 1", heard);
            assertThat(heard.next()).isEqualTo("perhaps missed");
            here.read(session ->
                    session.query(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query"
                                    + " LIKE 'LISTEN %' AND pid <> pg_backend_pid()",
                            row -> row.text(1)));
            assertThat(heard.next()).isEqualTo("perhaps missed");
            announce(here, "log 1", "1");
            assertThat(heard.next()).isEqualTo("1");
        }
    }

    @Test
    void aListenerThatFailsDoesNotStopTheHearing() throws Exception {
        try (Database database = open()) {
            database.listen(
                    "log 1",
                    new Database.Listener() {
                        @Override
                        public void announced(String text) {
                            throw new IllegalStateException("on purpose");
                        }

                        @Override
                        public void missed() {
                            throw new IllegalStateException("on purpose");
                        }
                    });
            Heard other = new Heard();
            database.listen("log 2", other);
            announce(database, "log 2", "until it hears");
            while (!other.next().equals("until it hears")) {
                announce(database, "log 2", "until it hears");
            }
            Heard heard = new Heard();
            database.listen("log 1", heard);
            announce(database, "log 1", "1");
            assertThat(heard.next()).isEqualTo("1");
        }
    }
}
