package dev.orrery.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Tail;
import dev.orrery.core.Timeline;
import dev.orrery.sql.Database;
import dev.orrery.sql.Format;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to logs in a database: names, types, times, and what cannot be read back. */
class EventLogsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    record Flight(String origin, int delay) {}

    sealed interface Order {}

    record Placed(String order, long cents) implements Order {}

    record Paid(String order) implements Order {}

    @TempDir Path directory;
    private final List<Instant> times = new ArrayList<>(List.of(NOON));
    private Database database;
    private EventLogs logs;

    @BeforeEach
    void open() {
        database = Database.open(directory.resolve("log.db"));
        logs = new EventLogs(database, () -> times.getLast(), new SplittableRandom(7));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void recordsAndSealedFamiliesAreReadBackEqual() {
        EventLog<Order> orders = logs.open("orders", Order.class);
        orders.appendAll(List.of(new Placed("o-7", 990), new Paid("o-7")));
        assertThat(orders.read(orders.start(), 10))
                .extracting(Recorded::event)
                .containsExactly(new Placed("o-7", 990), new Paid("o-7"));
    }

    @Test
    void whatBecameDurableIsToldWithItsTimesBeforeAnybodyCanReadIt() { // law L7
        AtomicLong nanos = new AtomicLong();
        List<Appended> told = new ArrayList<>();
        List<Long> heads = new ArrayList<>();
        AtomicReference<EventLog<Flight>> log = new AtomicReference<>();
        EventLogs timed =
                new EventLogs(
                        database,
                        () -> NOON,
                        new SplittableRandom(7),
                        nanos::incrementAndGet,
                        appended -> {
                            told.add(appended);
                            heads.add(log.get().head().number());
                        });
        EventLog<Flight> flights = timed.open("flights", Flight.class);
        log.set(flights);
        flights.appendAll(List.of(new Flight("SFO", 1), new Flight("SFO", 2)));
        flights.append(NewEvent.of(new Flight("SFO", 3)).withId("once"));
        flights.append(NewEvent.of(new Flight("SFO", 3)).withId("once"));
        assertThat(told)
                .containsExactly(
                        new Appended("flights", 1, 2, 1, 2), new Appended("flights", 3, 3, 3, 4));
        assertThat(heads).containsExactly(0L, 2L);
    }

    @Test
    void anEventCarriesTheTimeOfItsAppendToTheMicrosecond() {
        EventLog<Flight> flights = logs.open("flights", Flight.class);
        times.add(NOON.plusNanos(1_234_567));
        flights.append(new Flight("SFO", 3));
        assertThat(flights.read(flights.start(), 1).getFirst().time())
                .isEqualTo(NOON.plusNanos(1_234_000));
    }

    @Test
    void logsOfOneDatabaseCountOnTheirOwn() {
        EventLog<Flight> flights = logs.open("flights", Flight.class);
        EventLog<String> notes = logs.open("notes", String.class);
        flights.append(new Flight("SFO", 3));
        Position first = notes.append("a");
        assertThat(first.number()).isEqualTo(1);
        assertThat(notes.read(notes.start(), 10)).extracting(Recorded::event).containsExactly("a");
        assertThatThrownBy(() -> flights.subscribe(first)).isInstanceOf(StaleCursor.class);
    }

    @Test
    void aLogIsOneObjectAndOneTypeOfEvents() {
        EventLog<Flight> flights = logs.open("flights", Flight.class);
        assertThat(logs.open("flights", Flight.class)).isSameAs(flights);
        assertThatThrownBy(() -> logs.open("flights", String.class))
                .isInstanceOf(BadDefinition.class);
    }

    @Test
    void aLogThatHasEventsIsNotWhereTheEmptyOneIsExpected() {
        EventLog<String> notes = logs.open("notes", String.class);
        assertThat(notes.append(Expected.empty(), NewEvent.of("a"))).isEqualTo(notes.head());
        assertThatThrownBy(() -> notes.append(Expected.empty(), NewEvent.of("b")))
                .isInstanceOf(Conflict.class)
                .hasMessage("the end of log notes: expected no event, found " + notes.head());
        assertThatThrownBy(() -> notes.append(Expected.at(notes.start()), NewEvent.of("b")))
                .hasMessageContaining("expected " + notes.start() + ", found " + notes.head());
    }

    @Test
    void ofEventsAppendedTogetherThoseKnownAreLeftOut() {
        EventLog<String> notes = logs.open("notes", String.class);
        notes.append(NewEvent.of("a").withId("1"));
        Position last =
                notes.appendAll(
                        Expected.any(),
                        List.of(
                                NewEvent.of("a").withId("1"),
                                NewEvent.of("b").withId("2"),
                                NewEvent.of("b").withId("2")));
        assertThat(last.number()).isEqualTo(2);
        assertThat(notes.read(notes.start(), 10))
                .extracting(Recorded::event)
                .containsExactly("a", "b");
    }

    @Test
    void appendingNothingAnswersWithTheEnd() {
        EventLog<String> notes = logs.open("notes", String.class);
        Position first = notes.append("a");
        assertThat(notes.appendAll(List.of())).isEqualTo(first);
    }

    @Test
    void anIdThatLooksLikeAPositionIsRefused() {
        EventLog<String> notes = logs.open("notes", String.class);
        String id = notes.append("a").text();
        assertThatThrownBy(() -> notes.append(NewEvent.of("b").withId(id)))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void anEventThatIsTooLargeIsRefusedAndNothingIsAppended() {
        EventLog<String> notes = logs.open("notes", String.class);
        String large = "x".repeat(SqlEventLog.MOST_EVENT_BYTES);
        assertThatThrownBy(() -> notes.appendAll(List.of("a", large)))
                .isInstanceOf(LimitExceeded.class);
        assertThat(notes.head()).isEqualTo(notes.start());
    }

    @Test
    void appendingInsideACommitIsRefused() {
        EventLog<String> notes = logs.open("notes", String.class);
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
        assertThatThrownBy(() -> timeline.commit(() -> notes.append("a")))
                .isInstanceOf(Unsupported.class);
        assertThat(notes.head()).isEqualTo(notes.start());
    }

    @Test
    void aTornEventIsAnErrorThatNamesItsPositionAfterThoseBeforeItWereHandedOut() {
        EventLog<Flight> flights = logs.open("flights", Flight.class);
        flights.appendAll(
                List.of(new Flight("SFO", 1), new Flight("LAX", 2), new Flight("DFW", 3)));
        database.perform(session ->
                session.update(
                        "UPDATE events SET payload = ? WHERE position = 2", new byte[] {1, 2}));
        try (Subscription<Recorded<Flight>> tail = flights.subscribe(flights.start())) {
            assertThat(tail.next().event()).isEqualTo(new Flight("SFO", 1));
            assertThatThrownBy(tail::next)
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("event 2 of log flights");
            assertThatThrownBy(tail::next).isInstanceOf(Invalid.class);
        }
        assertThat(flights.read(new Position(flights.head().log(), 2), 10)).hasSize(1);
    }

    @Test
    void anEventOfAnotherClassSaysWhatDoesNotFit() {
        record Renamed(String origin, String delay) {}
        logs.open("flights", Flight.class).append(new Flight("SFO", 3));
        EventLog<Renamed> renamed =
                new EventLogs(database, () -> NOON, new SplittableRandom(8))
                        .open("flights", Renamed.class);
        assertThatThrownBy(() -> renamed.read(renamed.start(), 1))
                .isInstanceOf(Invalid.class)
                .hasMessage("event 1 of log flights read as Renamed: delay must be text (was 3)");
    }

    @Test
    void aCursorBeyondTheEndIsStale() {
        EventLog<String> notes = logs.open("notes", String.class);
        Position beyond = new Position(notes.head().log(), 5);
        assertThatThrownBy(() -> notes.subscribe(beyond))
                .isInstanceOf(StaleCursor.class)
                .hasMessage(
                        "cursor "
                                + beyond
                                + " cannot be continued; read the whole and go on from its cursor"
                                + " (the oldest kept is "
                                + notes.start()
                                + ")");
    }

    @Test
    void concurrentAppendersShareTransactions() throws Exception {
        AtomicInteger clockReads = new AtomicInteger();
        CountDownLatch firstIsWriting = new CountDownLatch(1);
        CountDownLatch othersWait = new CountDownLatch(1);
        InstantSource slowOnce =
                () -> {
                    if (clockReads.getAndIncrement() == 0) {
                        firstIsWriting.countDown();
                        await(othersWait);
                    }
                    return NOON;
                };
        EventLog<String> notes =
                new EventLogs(database, slowOnce, new SplittableRandom(1))
                        .open("notes", String.class);
        List<Thread> appenders = new ArrayList<>();
        appenders.add(Thread.ofPlatform().start(() -> notes.append("first")));
        await(firstIsWriting);
        for (int i = 0; i < 100; i++) {
            String event = "event " + i;
            appenders.add(Thread.ofPlatform().start(() -> notes.append(event)));
        }
        while (appenders.stream()
                .anyMatch(appender -> appender.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        othersWait.countDown();
        for (Thread appender : appenders) {
            assertThat(appender.join(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(notes.head().number()).isEqualTo(101);
        assertThat(clockReads.get()).as("transactions").isEqualTo(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anInterruptOfTheWriterDoesNotFailItsGroup() {
        EventLog<String> notes = logs.open("notes", String.class);
        Thread.currentThread().interrupt();
        notes.append("a");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(notes.head().number()).isEqualTo(1);
    }

    @Test
    void closingASubscriptionWakesItsOwnReaderAndNobodyElse() throws Exception {
        EventLog<String> notes = logs.open("notes", String.class);
        LogSubscription<String> staying = (LogSubscription<String>) notes.subscribe(notes.start());
        LogSubscription<String> leaving = (LogSubscription<String>) notes.subscribe(notes.start());
        FutureTask<Recorded<String>> stays = new FutureTask<>(staying::next);
        FutureTask<Recorded<String>> leaves = new FutureTask<>(leaving::next);
        for (FutureTask<?> waiting : List.of(stays, leaves)) {
            Thread thread = Thread.ofPlatform().start(waiting);
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        leaving.close();
        assertThatThrownBy(leaves::get).hasCauseInstanceOf(Closed.class);
        assertThat(stays.isDone()).isFalse();
        assertThat(staying.wakes()).isZero();
        notes.append("a");
        assertThat(stays.get().event()).isEqualTo("a");
        assertThat(staying.wakes()).isEqualTo(1);
    }

    @Test
    void aReaderOfAStreamIsNotWokenForOthers() throws Exception {
        EventLog<String> notes = logs.open("notes", String.class);
        LogSubscription<String> one =
                (LogSubscription<String>) notes.stream("one").subscribe(notes.start());
        FutureTask<Recorded<String>> next = new FutureTask<>(one::next);
        Thread thread = Thread.ofPlatform().start(next);
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < 100; i++) {
            notes.append("of no stream");
            notes.stream("two").append("of another");
        }
        notes.stream("one").append("a");
        assertThat(next.get().event()).isEqualTo("a");
        assertThat(one.wakes()).isEqualTo(1);
    }

    @Test
    void aStreamHasNoStreamsAndAPlainName() {
        EventLog<String> one = logs.open("notes", String.class).stream("one");
        assertThat(one.name()).isEqualTo("notes/one");
        assertThatThrownBy(() -> one.stream("two")).isInstanceOf(Unsupported.class);
        assertThatThrownBy(() -> logs.open("notes", String.class).stream(" "))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void anEventSaysWhichStreamItBelongsTo() {
        EventLog<String> notes = logs.open("notes", String.class);
        notes.append("a");
        notes.stream("one").append("b");
        assertThat(notes.read(notes.start(), 10))
                .extracting(Recorded::stream)
                .containsExactly(null, "one");
    }

    @Test
    void anIdIsBoundedAndHasNoZeroCharacters() {
        assertThatThrownBy(() -> NewEvent.of("a").withId("x".repeat(513)))
                .isInstanceOf(LimitExceeded.class);
        assertThatThrownBy(() -> NewEvent.of("a").withId("x\0")).isInstanceOf(Invalid.class);
        String id = "é".repeat(512);
        EventLog<String> notes = logs.open("notes", String.class);
        assertThat(notes.append(NewEvent.of("a").withId(id)))
                .isEqualTo(notes.append(NewEvent.of("a").withId(id)));
    }

    @Test
    void manyIdsAreLookedUpTogether() {
        EventLog<String> notes = logs.open("notes", String.class);
        List<NewEvent<String>> events = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            events.add(NewEvent.of("event " + i).withId("id " + i));
        }
        notes.appendAll(Expected.any(), events.subList(0, 700));
        Position last = notes.appendAll(Expected.any(), events);
        assertThat(last.number()).isEqualTo(1_500);
        assertThat(notes.read(notes.start(), 2_000))
                .extracting(Recorded::event)
                .isEqualTo(events.stream().map(NewEvent::event).toList());
    }

    @Test
    void aReaderThatGivesSignsOfLifeKeepsItsNameHoweverLongItTakes() { // law L14
        AtomicLong minutes = new AtomicLong();
        EventLog<String> notes =
                new EventLogs(
                                database,
                                () -> NOON,
                                new SplittableRandom(7),
                                () -> minutes.get() * 60_000_000_000L,
                                _ -> {})
                        .open("notes", String.class);
        Duration hour = Duration.ofHours(1);
        try (Tail<Recorded<String>> having = notes.tail("mail", hour);
                Tail<Recorded<String>> behind = notes.tail("mail", hour)) {
            assertThat(having.next(Duration.ZERO)).isEmpty();
            notes.append("a");
            for (int i = 0; i < 5; i++) {
                assertThat(behind.next(Duration.ZERO)).isEmpty();
                minutes.addAndGet(40);
                having.next(Duration.ZERO);
            }
            assertThat(behind.next(Duration.ZERO)).isEmpty();
            minutes.addAndGet(61);
            assertThat(behind.next(Duration.ZERO))
                    .hasValueSatisfying(next -> assertThat(next.event()).isEqualTo("a"));
            assertThatThrownBy(having::acknowledge).isInstanceOf(Conflict.class);
        }
    }

    @Test
    void aLogOfTheFirstFormatIsReadAndGoesOnWithStreams() {
        try (Database old = Database.open(directory.resolve("old.db"))) {
            old.install(
                    Format.of(
                            "log",
                            _ ->
                                    List.of(
                                            "CREATE TABLE event_logs (id INTEGER NOT NULL PRIMARY"
                                                    + " KEY, name TEXT NOT NULL UNIQUE, epoch TEXT"
                                                    + " NOT NULL)",
                                            "CREATE TABLE events (log INTEGER NOT NULL, position"
                                                    + " INTEGER NOT NULL, time INTEGER NOT NULL, id"
                                                    + " TEXT, payload BLOB NOT NULL, PRIMARY KEY"
                                                    + " (log, position)) WITHOUT ROWID",
                                            "CREATE UNIQUE INDEX events_by_id ON events (log, id)"
                                                    + " WHERE id IS NOT NULL")));
            old.perform(session -> {
                session.update("INSERT INTO event_logs VALUES (1, 'notes', 'abc')");
                session.update(
                        "INSERT INTO events VALUES (1, 1, 0, 'one', ?)",
                        Codec.of(String.class).encode("before"));
            });
            EventLog<String> notes =
                    new EventLogs(old, () -> NOON, new SplittableRandom(7))
                            .open("notes", String.class);
            notes.stream("s").append("after");
            assertThat(notes.append(NewEvent.of("again").withId("one")).text()).isEqualTo("abc:1");
            assertThat(notes.read(notes.start(), 10))
                    .extracting(Recorded::event)
                    .containsExactly("before", "after");
        }
    }
}
