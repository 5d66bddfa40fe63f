package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.Subscription;
import dev.orrery.core.Tail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every event log keeps, whatever stores it. Extend it, say how to open a log of texts in a
 * directory, and run it.
 */
public abstract class EventLogContract {
    static final Duration LONG = Duration.ofSeconds(30);

    /** A log of texts as the suite sees it, over events recorded as {@code R}. */
    public interface Subject<R> extends AutoCloseable {
        /** Appends an event. */
        Cursor append(String event);

        /** Appends an event under an id. */
        Cursor append(String id, String event);

        /** Appends events next to each other. */
        Cursor appendAll(List<String> events);

        /** Appends an event, under an id, if the log ends at a place. */
        Cursor appendAt(Cursor end, String id, String event);

        /** The events after a place. */
        List<R> read(Cursor after, int max);

        /** The place before the first event. */
        Cursor start();

        /** The log narrowed to a stream. */
        Subject<R> stream(String id);

        /** The log followed under a name. */
        Tail<R> tail(String consumer, Duration lease);

        /** The log as a feed. */
        Feed<R> feed();

        /** What was recorded. */
        Entry entry(R recorded);

        /** Closes the log; what was appended stays. */
        @Override
        void close();
    }

    /** A recorded event: its place, its id, and the text. */
    public record Entry(Cursor position, String id, String event) {}

    @TempDir Path directory;

    Subject<?> log;
    final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();

    /** Opens the log that is kept in a directory, empty when it is new. */
    protected abstract Subject<?> open(Path directory);

    @BeforeEach
    void openLog() {
        log = open(directory);
    }

    @AfterEach
    void closeLog() {
        others.shutdownNow();
        log.close();
    }

    private void reopen() {
        log.close();
        log = open(directory);
    }

    List<String> everything() {
        return everything(log);
    }

    static <R> List<String> everything(Subject<R> log) {
        List<String> events = new ArrayList<>();
        Cursor place = log.start();
        List<R> page = log.read(place, 7);
        while (!page.isEmpty()) {
            page.forEach(recorded -> events.add(log.entry(recorded).event()));
            place = log.entry(page.getLast()).position();
            page = log.read(place, 7);
        }
        return events;
    }

    /** A subscription whose entries are read as the suite sees them. */
    static <R> Following<R> tail(Subject<R> log, Cursor after) {
        return new Following<>(log, log.feed().subscribe(after));
    }

    record Following<R>(Subject<R> log, Subscription<R> subscription) implements AutoCloseable {
        Entry next() {
            return log.entry(subscription.next(LONG).orElseThrow());
        }

        boolean isQuiet() {
            return subscription.next(Duration.ZERO).isEmpty();
        }

        @Override
        public void close() {
            subscription.close();
        }
    }

    @Test
    void eventsAreReadBackInTheOrderOfAppending() {
        log.append("a");
        log.appendAll(List.of("b", "c"));
        log.append("d");
        assertThat(everything()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void anAppendIsKeptAcrossReopening() {
        Cursor second = log.appendAll(List.of("a", "b"));
        reopen();
        assertThat(everything()).containsExactly("a", "b");
        assertThat(log.feed().head().text()).isEqualTo(second.text());
    }

    @Test
    void anIdCountsOnce() {
        Cursor first = log.append("payment-1", "paid");
        log.append("else");
        assertThat(log.append("payment-1", "paid again").text()).isEqualTo(first.text());
        reopen();
        assertThat(log.append("payment-1", "and again").text()).isEqualTo(first.text());
        assertThat(everything()).containsExactly("paid", "else");
    }

    @Test
    void anIdCountsOnceWhenManyAppendItAtTheSameTime() throws Exception {
        List<Callable<String>> appends = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            appends.add(() -> log.append("the-one", "paid").text());
        }
        List<String> positions = new ArrayList<>();
        for (Future<String> append : others.invokeAll(appends)) {
            positions.add(append.get());
        }
        assertThat(positions).containsOnly(positions.getFirst());
        assertThat(everything()).containsExactly("paid");
    }

    @Test
    void anAppendWithoutAnIdIsNamedByItsPosition() {
        Cursor position = log.append("a");
        assertThat(tail(log, log.start()).next().id()).isEqualTo(position.text());
    }

    @Test
    void anExpectationThatDoesNotHoldIsAConflictAndAppendsNothing() { // law L4
        Cursor first = log.append("a");
        log.append("b");
        assertThatThrownBy(() -> log.appendAt(first, "id", "c")).isInstanceOf(Conflict.class);
        assertThat(everything()).containsExactly("a", "b");
    }

    @Test
    void anExpectationThatHoldsAppends() {
        Cursor first = log.append("a");
        log.appendAt(first, "id", "b");
        assertThat(everything()).containsExactly("a", "b");
    }

    @Test
    void aRepeatedRequestSucceedsThoughItsExpectationHoldsNoLonger() {
        Cursor first = log.append("a");
        Cursor second = log.appendAt(first, "id", "b");
        log.append("c");
        assertThat(log.appendAt(first, "id", "b").text()).isEqualTo(second.text());
        assertThat(everything()).containsExactly("a", "b", "c");
    }

    @Test
    void ofManyWhoExpectTheSameEndOneSucceeds() throws Exception {
        Cursor end = log.append("a");
        List<Callable<Boolean>> appends = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String id = "id-" + i;
            appends.add(() -> {
                try {
                    log.appendAt(end, id, id);
                    return true;
                } catch (Conflict conflict) {
                    return false;
                }
            });
        }
        int succeeded = 0;
        for (Future<Boolean> append : others.invokeAll(appends)) {
            succeeded += append.get() ? 1 : 0;
        }
        assertThat(succeeded).isEqualTo(1);
        assertThat(everything()).hasSize(2);
    }

    @Test
    void aSubscriberIsWokenByAnAppend() throws Exception {
        try (Following<?> tail = tail(log, log.feed().head())) {
            Future<Entry> next = others.submit(tail::next);
            log.append("a");
            assertThat(next.get().event()).isEqualTo("a");
            assertThat(tail.isQuiet()).isTrue();
        }
    }

    @Test
    void aSubscriberWithoutACursorBeginsAtTheEnd() {
        log.append("before");
        try (Subscription<?> subscription = log.feed().subscribe()) {
            log.append("after");
            assertThat(subscription.next(LONG)).isPresent();
            assertThat(subscription.next(Duration.ZERO)).isEmpty();
            assertThat(subscription.cursor().text()).isEqualTo(log.feed().head().text());
        }
    }

    @Test
    void aReaderResumesFromItsCursorAfterReopening() {
        log.appendAll(List.of("a", "b", "c"));
        String cursor;
        try (Following<?> tail = tail(log, log.start())) {
            tail.next();
            tail.next();
            cursor = tail.subscription().cursor().text();
        }
        reopen();
        log.append("d");
        try (Following<?> tail = tail(log, log.feed().cursor(cursor))) {
            assertThat(tail.next().event()).isEqualTo("c");
            assertThat(tail.next().event()).isEqualTo("d");
            assertThat(tail.isQuiet()).isTrue();
        }
    }

    @Test
    void aTailerSeesEachEventOfConcurrentAppendersOnceAndInTheOrderOfPositions() throws Exception {
        int appenders = 8;
        int each = 200;
        try (Following<?> tail = tail(log, log.start())) {
            Future<List<Entry>> seen =
                    others.submit(() ->
                            IntStream.range(0, appenders * each)
                                    .mapToObj(_ -> tail.next())
                                    .toList());
            List<Callable<Map<String, String>>> work = new ArrayList<>();
            for (int appender = 0; appender < appenders; appender++) {
                String prefix = appender + "-";
                work.add(() -> {
                    Map<String, String> positions = new HashMap<>();
                    for (int i = 0; i < each; i++) {
                        String event = prefix + i;
                        positions.put(event, log.append(event).text());
                    }
                    return positions;
                });
            }
            Map<String, String> positions = new HashMap<>();
            for (Future<Map<String, String>> appended : others.invokeAll(work)) {
                positions.putAll(appended.get());
            }
            List<Entry> entries = seen.get();
            assertThat(entries)
                    .extracting(Entry::event)
                    .doesNotHaveDuplicates()
                    .hasSize(appenders * each);
            assertThat(entries)
                    .allSatisfy(entry ->
                            assertThat(positions)
                                    .containsEntry(entry.event(), entry.position().text()));
            assertThat(entries.stream().map(Entry::event).toList()).isEqualTo(everything());
            eachAppendersEventsAreInItsOrder(entries, appenders, each);
        }
    }

    static void eachAppendersEventsAreInItsOrder(List<Entry> entries, int appenders, int each) {
        for (int appender = 0; appender < appenders; appender++) {
            String prefix = appender + "-";
            assertThat(entries.stream().map(Entry::event).filter(event -> event.startsWith(prefix)))
                    .containsExactlyElementsOf(
                            IntStream.range(0, each).mapToObj(i -> prefix + i).toList());
        }
    }

    @Test
    void eventsAppendedTogetherStayTogether() throws Exception {
        List<Callable<Cursor>> appends = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String prefix = i + "-";
            appends.add(() -> log.appendAll(List.of(prefix + "a", prefix + "b", prefix + "c")));
        }
        for (Future<Cursor> append : others.invokeAll(appends)) {
            append.get();
        }
        List<String> events = everything();
        for (int i = 0; i < events.size(); i += 3) {
            String prefix = events.get(i).substring(0, events.get(i).indexOf('-') + 1);
            assertThat(events.subList(i, i + 3))
                    .containsExactly(prefix + "a", prefix + "b", prefix + "c");
        }
    }

    @Test
    void aCursorOfAnotherLogIsStale() {
        Cursor foreign = new Cursor.Numbered("elsewhere", 0);
        assertThatThrownBy(() -> log.feed().subscribe(foreign)).isInstanceOf(StaleCursor.class);
    }

    @Test
    void aWaitEndsWhenTheTimeHasPassed() {
        try (Subscription<?> subscription = log.feed().subscribe()) {
            assertThat(subscription.next(Duration.ofMillis(1))).isEmpty();
        }
    }

    @Test
    void closingASubscriptionEndsItsWait() {
        Subscription<?> subscription = log.feed().subscribe();
        Future<?> waiting = others.submit(() -> subscription.next());
        subscription.close();
        assertThatThrownBy(waiting::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(Closed.class);
    }

    @Test
    void anInterruptEndsAWaitAndLosesNothing() throws Exception {
        try (Following<?> tail = tail(log, log.start())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(tail::next).isInstanceOf(Cancelled.class);
            assertThat(Thread.interrupted()).isTrue();
            log.append("a");
            assertThat(tail.next().event()).isEqualTo("a");
        }
    }

    // streams

    @Test
    void aStreamHasTheEventsAppendedToItInTheOrderOfTheLog() { // law L8
        log.append("a");
        log.stream("one").append("b");
        log.stream("two").append("c");
        log.stream("one").appendAll(List.of("d", "e"));
        assertThat(everything()).containsExactly("a", "b", "c", "d", "e");
        assertThat(everything(log.stream("one"))).containsExactly("b", "d", "e");
        assertThat(everything(log.stream("two"))).containsExactly("c");
        assertThat(everything(log.stream("three"))).isEmpty();
        reopen();
        assertThat(everything(log.stream("one"))).containsExactly("b", "d", "e");
    }

    @Test
    void whatIsExpectedOfAStreamIsExpectedOfItsNewestEventWhateverHappensElsewhere() {
        Subject<?> one = log.stream("one");
        assertThat(one.feed().head().text()).isEqualTo(one.start().text());
        Cursor first = one.appendAt(one.start(), "1", "a");
        log.stream("two").append("elsewhere");
        log.append("in no stream");
        assertThat(one.feed().head().text()).isEqualTo(first.text());
        Cursor second = one.appendAt(first, "2", "b");
        assertThatThrownBy(() -> one.appendAt(first, "3", "c"))
                .isInstanceOfSatisfying(
                        Conflict.class,
                        conflict ->
                                assertThat(((Cursor) conflict.actual()).text())
                                        .isEqualTo(second.text()));
        assertThat(everything(one)).containsExactly("a", "b");
    }

    @Test
    void ofManyWhoExpectTheSameEndOfAStreamOneSucceedsWhateverIsAppendedToOthers()
            throws Exception {
        Subject<?> one = log.stream("one");
        Cursor end = one.append("a");
        List<Callable<Integer>> appends = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            String id = "id-" + i;
            boolean elsewhere = i % 2 == 0;
            appends.add(() -> {
                try {
                    if (elsewhere) {
                        log.stream("two").append(id, id);
                        return 0;
                    }
                    one.appendAt(end, id, id);
                    return 1;
                } catch (Conflict conflict) {
                    return 0;
                }
            });
        }
        int succeeded = 0;
        for (Future<Integer> append : others.invokeAll(appends)) {
            succeeded += append.get();
        }
        assertThat(succeeded).isEqualTo(1);
        assertThat(everything(one)).hasSize(2);
        assertThat(everything(log.stream("two"))).hasSize(16);
    }

    @Test
    void anIdCountsOnceInTheLogWhateverStreamItComesTo() {
        Cursor first = log.stream("one").append("payment-1", "paid");
        assertThat(log.stream("two").append("payment-1", "paid").text()).isEqualTo(first.text());
        assertThat(everything()).containsExactly("paid");
    }

    @Test
    void aSubscriberOfAStreamIsHandedItsEventsAndNoOthers() throws Exception {
        Subject<?> one = log.stream("one");
        log.stream("one").append("before");
        try (Following<?> tail = tail(one, one.start())) {
            assertThat(tail.next().event()).isEqualTo("before");
            Future<Entry> next = others.submit(tail::next);
            log.stream("two").append("elsewhere");
            log.append("in no stream");
            Cursor cursor = one.append("after");
            assertThat(next.get().event()).isEqualTo("after");
            assertThat(tail.isQuiet()).isTrue();
            assertThat(tail.subscription().cursor().text()).isEqualTo(cursor.text());
        }
        try (Subscription<?> subscription = one.feed().subscribe()) {
            log.append("in no stream");
            assertThat(subscription.next(Duration.ZERO)).isEmpty();
        }
    }

    // tails

    /** A tail whose entries are read as the suite sees them. */
    static <R> Named<R> named(Subject<R> log, String consumer, Duration lease) {
        return new Named<>(log, log.tail(consumer, lease));
    }

    record Named<R>(Subject<R> log, Tail<R> tail) implements AutoCloseable {
        String next() {
            return log.entry(tail.next(LONG).orElseThrow()).event();
        }

        @Override
        public void close() {
            tail.close();
        }
    }

    @Test
    void aTailGoesOnAfterWhatWasAcknowledgedAndRepeatsWhatWasNot() {
        log.appendAll(List.of("a", "b", "c", "d"));
        try (Named<?> tail = named(log, "mail", LONG)) {
            assertThat(tail.next()).isEqualTo("a");
            Cursor first = tail.tail().cursor();
            assertThat(tail.next()).isEqualTo("b");
            tail.tail().acknowledge();
            tail.tail().acknowledge(first); // behind what is acknowledged: no step back
            assertThat(tail.next()).isEqualTo("c");
        }
        try (Named<?> tail = named(log, "mail", LONG)) {
            assertThat(tail.next()).isEqualTo("c");
        }
        reopen();
        try (Named<?> tail = named(log, "mail", LONG);
                Named<?> other = named(log, "audit", LONG)) {
            assertThat(tail.next()).isEqualTo("c");
            assertThat(tail.next()).isEqualTo("d");
            assertThat(other.next()).isEqualTo("a");
        }
    }

    @Test
    void aTailAcknowledgesOnlyWhatItHandedOut() {
        Cursor last = log.appendAll(List.of("a", "b"));
        try (Named<?> tail = named(log, "mail", LONG)) {
            assertThat(tail.next()).isEqualTo("a");
            assertThatThrownBy(() -> tail.tail().acknowledge(last)).isInstanceOf(Invalid.class);
        }
    }

    @Test
    void oneReaderHasTheNameAndTheNextGoesOnWhenItCloses() throws Exception {
        log.appendAll(List.of("a", "b"));
        Named<?> first = named(log, "mail", LONG);
        assertThat(first.next()).isEqualTo("a");
        first.tail().acknowledge();
        try (Named<?> second = named(log, "mail", LONG)) {
            assertThat(second.tail().next(Duration.ofMillis(1))).isEmpty();
            Future<String> next = others.submit(second::next);
            first.close();
            assertThat(next.get()).isEqualTo("b");
        }
    }

    @Test
    void aReaderThatIsSilentForLongerThanItsLeaseLosesTheNameAndWhatItSaysLaterDoesNotCount() {
        log.appendAll(List.of("a", "b"));
        try (Named<?> slow = named(log, "mail", Duration.ofMillis(20));
                Named<?> next = named(log, "mail", LONG)) {
            assertThat(slow.next()).isEqualTo("a");
            assertThat(next.next()).isEqualTo("a");
            assertThatThrownBy(() -> slow.tail().acknowledge()).isInstanceOf(Conflict.class);
            next.tail().acknowledge();
            assertThat(slow.tail().next(Duration.ofMillis(1))).isEmpty();
            assertThat(next.next()).isEqualTo("b");
        }
        try (Named<?> tail = named(log, "mail", LONG)) {
            assertThat(tail.next()).isEqualTo("b");
        }
    }

    @Test
    void aTailOfAStreamHasAPlaceOfItsOwn() throws Exception {
        log.append("in no stream");
        log.stream("one").append("a");
        try (Named<?> whole = named(log, "mail", LONG);
                Named<?> one = named(log.stream("one"), "mail", LONG)) {
            assertThat(one.next()).isEqualTo("a");
            assertThat(whole.next()).isEqualTo("in no stream");
            Future<String> next = others.submit(one::next);
            log.stream("one").append("b");
            assertThat(next.get()).isEqualTo("b");
        }
    }

    @Test
    void closingATailEndsItsWait() {
        Named<?> having = named(log, "mail", LONG);
        Named<?> waiting = named(log, "mail", LONG);
        assertThat(having.tail().next(Duration.ZERO)).isEmpty();
        for (Named<?> each : List.of(waiting, having)) {
            Future<?> next = others.submit(() -> each.tail().next());
            each.close();
            assertThatThrownBy(next::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(Closed.class);
        }
    }
}
