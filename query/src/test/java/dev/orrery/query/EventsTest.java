package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Column;
import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the runtime tells of itself. Law Q28. */
class EventsTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());

    @AfterEach
    void close() {
        queries.close();
    }

    /** Everything told since the last time, in short. */
    static List<String> told(Subscription<Delivery<QueryEvent>> events) {
        List<String> told = new ArrayList<>();
        for (Optional<Delivery<QueryEvent>> next = events.next(Duration.ZERO);
                next.isPresent();
                next = events.next(Duration.ZERO)) {
            if (next.get() instanceof Delivery.Item<QueryEvent>(var _, QueryEvent event)) {
                told.add(inShort(event));
            } else {
                told.add("lagged");
            }
        }
        return told;
    }

    private static String inShort(QueryEvent event) {
        String what =
                switch (event) {
                    case QueryEvent.Committed _ -> "commit";
                    case QueryEvent.Written write ->
                            "set " + Definition.label(write.source(), write.key());
                    case QueryEvent.Removed removal ->
                            "removed " + Definition.label(removal.source(), removal.key());
                    case QueryEvent.Invalidated mark ->
                            "invalidated " + mark.label() + " by " + mark.root();
                    case QueryEvent.Computed run ->
                            "computed "
                                    + run.label()
                                    + " "
                                    + run.result()
                                    + run.because().map(b -> " since " + b).orElse("");
                    case QueryEvent.Spared spared -> "spared " + spared.label();
                    case QueryEvent.Cancelled cancelled -> "cancelled " + cancelled.label();
                };
        return event.revision() + " " + what;
    }

    @Test
    void aRunTellsItsResultItsDurationAndWhatMadeItRun() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        SingleQuery<Integer> tens =
                queries.query("tens", Integer.class, () -> 10 / number.require());
        SingleQuery<Integer> above = queries.query("above", Integer.class, tens::now);
        try (var events = queries.events().subscribe()) {
            number.set(4);
            above.now();
            number.set(5);
            above.now();
            number.set(6);
            above.now();
            number.set(0);
            above.outcome();
            assertThat(told(events))
                    .containsExactly(
                            "r1 commit",
                            "r1 set number",
                            "r1 computed tens CHANGED",
                            "r1 computed above CHANGED",
                            "r2 commit",
                            "r2 set number",
                            "r2 invalidated tens by number",
                            "r2 invalidated above by number",
                            "r2 computed tens EQUAL since number changed at r2",
                            "r2 spared above",
                            "r3 commit",
                            "r3 set number",
                            "r3 invalidated tens by number",
                            "r3 invalidated above by number",
                            "r3 computed tens CHANGED since number changed at r3",
                            "r3 computed above CHANGED since tens changed at r3",
                            "r4 commit",
                            "r4 set number",
                            "r4 invalidated tens by number",
                            "r4 invalidated above by number",
                            "r4 computed tens FAILED since number changed at r4",
                            "r4 computed above FAILED since tens changed at r4");
        }
    }

    @Test
    void aFailedRunCarriesItsFailure() {
        SingleQuery<Integer> query =
                queries.query(
                        "query",
                        Integer.class,
                        () -> {
                            throw new IllegalStateException("no");
                        });
        try (var events = queries.events().subscribe()) {
            query.outcome();
            assertThat(events.next())
                    .isInstanceOfSatisfying(
                            Delivery.Item.class,
                            item -> {
                                var run = (QueryEvent.Computed) item.value();
                                assertThat(run.duration()).isPositive();
                                assertThat(run.failure().orElseThrow())
                                        .isInstanceOf(OrreryException.UserFailure.class)
                                        .hasRootCauseMessage("no");
                            });
        }
    }

    record Person(String name, String state) {}

    @Test
    void theRootOfAnInvalidSetIsTheKeyThatChanged() {
        Input<String, Person> people = queries.input("people", String.class, Person.class);
        Query<String, Long> in =
                queries.query(
                        "in",
                        String.class,
                        Long.class,
                        state -> people.where(Column.text("state").eq(state)).count());
        people.set("ann", new Person("Ann", "CA"));
        in.of("CA");
        try (var events = queries.events().subscribe()) {
            people.set("bob", new Person("Bob", "CA"));
            in.of("CA");
            assertThat(told(events))
                    .containsExactly(
                            "r2 commit",
                            "r2 set people(bob)",
                            "r2 invalidated in(CA) by people(bob)",
                            "r2 computed in(CA) CHANGED since people where state = 'CA' changed at"
                                    + " r2");
        }
    }

    @Test
    void nothingIsMadeWhileNobodyFollows() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        SingleQuery<Integer> query = queries.query("query", Integer.class, number::require);
        number.set(1);
        query.now();
        Cursor before = queries.events().head();
        queries.events().subscribe().close();
        number.set(2);
        query.now();
        assertThat(queries.events().head()).isEqualTo(before);
    }

    /** Reads as soon as a commit can be seen, before the runtime is told that it can. */
    private static final class Eager implements CommitHook {
        private final AtomicReference<SingleQuery<Integer>> query = new AtomicReference<>();

        @Override
        public void published(Commit commit) {
            query.get().now();
        }
    }

    @Test
    void whatIsDoneAtARevisionIsToldAfterItsCommit() {
        Eager eager = new Eager();
        Timeline own = Timeline.startingAt("own", new Revision(0));
        own.attach(eager).close();
        try (Queries all = new Queries(own, Thread.ofVirtual().factory());
                var events = all.events().subscribe()) {
            SingleInput<Integer> number = all.input("number", Integer.class);
            eager.query.set(all.query("query", Integer.class, number::require));
            number.set(1);
            assertThat(told(events))
                    .containsExactly("r1 commit", "r1 set number", "r1 computed query CHANGED");
        }
    }

    @Test
    void aCancelledRunIsTold() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        SingleQuery<String> slow =
                queries.query(
                        "slow",
                        String.class,
                        () -> {
                            begun.countDown();
                            new Broadcast<String>("test", 1).subscribe().next();
                            return "never";
                        });
        SingleQuery<String> above = queries.query("above", String.class, slow::now);
        try (var events = queries.events().subscribe()) {
            Thread reader =
                    Thread.ofVirtual()
                            .start(() ->
                                    assertThatThrownBy(above::now)
                                            .isInstanceOf(OrreryException.Cancelled.class));
            begun.await();
            reader.interrupt();
            reader.join();
            assertThat(told(events)).containsExactly("r0 cancelled slow", "r0 cancelled above");
        }
    }

    @Test
    void theSameIsInAFlightRecordingThatAsksForIt(@TempDir Path directory) throws IOException {
        Input<String, Integer> number = queries.input("number", String.class, Integer.class);
        Query<String, Integer> query =
                queries.query("query", String.class, Integer.class, number::require);
        try (Recording recording = new Recording()) {
            recording.start();
            number.set("a", 0);
            query.of("a");
            for (String name : List.of("Committed", "Written", "Invalidated", "Computed")) {
                recording.enable("dev.orrery.query." + name);
            }
            number.set("a", 1);
            query.of("a");
            recording.stop();
            Path file = directory.resolve("events.jfr");
            recording.dump(file);
            List<RecordedEvent> recorded =
                    RecordingFile.readAllEvents(file).stream()
                            .filter(event ->
                                    event.getEventType().getName().startsWith("dev.orrery.query."))
                            .toList();
            assertThat(recorded)
                    .extracting(event -> event.getEventType().getLabel())
                    .containsExactlyInAnyOrder(
                            "Commit", "Key Written", "Query Invalidated", "Query Computed");
            assertThat(recorded).extracting(event -> event.getLong("revision")).containsOnly(2L);
            RecordedEvent run =
                    recorded.stream()
                            .filter(event -> event.getEventType().getLabel().endsWith("Computed"))
                            .findFirst()
                            .orElseThrow();
            assertThat(run.getDuration()).isPositive();
            assertThat(run.getString("name")).isEqualTo("query");
            assertThat(run.getString("because")).isEqualTo("number(a) changed at r2");
        }
    }
}
