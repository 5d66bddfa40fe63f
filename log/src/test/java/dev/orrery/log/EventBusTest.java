package dev.orrery.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import dev.orrery.log.EventBus.Failure;
import dev.orrery.log.EventBus.Listening;
import dev.orrery.log.EventBus.Published;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Publish and subscribe within the process. */
@Timeout(60)
class EventBusTest {
    sealed interface Order {}

    record Placed(String order) implements Order {}

    record Paid(String order) implements Order {}

    private final BlockingQueue<Failure> unseen = new LinkedBlockingQueue<>();
    private final EventBus events = new EventBus(Thread.ofVirtual().factory(), unseen::add);
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        events.close();
    }

    @Test
    void aListenerSeesTheEventBeforePublishReturns() { // E01, E07
        AtomicInteger counter = new AtomicInteger();
        events.on(Integer.class, counter::addAndGet);
        Published published = events.publish(5);
        assertThat(counter).hasValue(5);
        assertThat(published).isEqualTo(new Published(1, List.of(), false));
    }

    @Test
    void everyListenerRuns() { // E02
        for (String name : List.of("a", "b", "c")) {
            events.on(Paid.class, _ -> calls.add(name));
        }
        assertThat(events.publish(new Paid("o-7")).listeners()).isEqualTo(3);
        assertThat(calls).containsExactly("a", "b", "c");
    }

    @Test
    void thoseOfHigherPriorityRunFirst() { // E03
        for (int priority : List.of(1, 3, 2)) {
            events.on(Paid.class, priority, _ -> calls.add("priority " + priority));
        }
        events.publish(new Paid("o-7"));
        assertThat(calls).containsExactly("priority 3", "priority 2", "priority 1");
    }

    @Test
    void aListenerWithoutAPriorityRunsBeforeALowerOneRegisteredEarlier() { // E11
        events.on(Paid.class, -5, _ -> calls.add("-5"));
        events.on(Paid.class, _ -> calls.add("0"));
        events.on(Paid.class, 0, _ -> calls.add("0 again"));
        events.publish(new Paid("o-7"));
        assertThat(calls).containsExactly("0", "0 again", "-5");
    }

    @Test
    void aListenerThatWasClosedIsNotThere() { // E05
        assertThat(events.hasListeners(Paid.class)).isFalse();
        Listening listening = events.on(Paid.class, _ -> calls.add("a"));
        assertThat(events.hasListeners(Paid.class)).isTrue();
        listening.close();
        listening.close();
        assertThat(events.hasListeners(Paid.class)).isFalse();
        events.publish(new Paid("o-7"));
        assertThat(calls).isEmpty();
    }

    @Test
    void publishingToNobodySucceeds() { // E06
        assertThat(events.publish(new Paid("o-7"))).isEqualTo(new Published(0, List.of(), false));
    }

    @Test
    void publishingLaterReturnsAtOnceAndKeepsTheOrder() throws Exception { // E08
        CountDownLatch returned = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(100);
        events.on(
                Integer.class,
                number -> {
                    await(returned);
                    calls.add("number " + number);
                    done.countDown();
                });
        for (int i = 0; i < 100; i++) {
            events.publishLater(i);
        }
        assertThat(calls).isEmpty();
        returned.countDown();
        done.await();
        assertThat(calls)
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).mapToObj(i -> "number " + i).toList());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aListenerThatFailsStopsNobodyAndIsNamedWithItsCause() { // E09, E16, law L10
        events.on(Paid.class, _ -> calls.add("first"));
        events.on(
                Paid.class,
                _ -> {
                    throw new IllegalStateException("no stock");
                });
        events.on(Order.class, _ -> calls.add("third"));
        Published published = events.publish(new Paid("o-7"));
        assertThat(calls).containsExactly("first", "third");
        assertThat(published.failures())
                .singleElement()
                .satisfies(failure -> {
                    assertThat(failure.listener()).isEqualTo("listener 2 of Paid");
                    assertThat(failure.event()).isEqualTo(new Paid("o-7"));
                    assertThat(failure.cause()).hasMessage("no stock");
                });
    }

    @Test
    void aListenerApartRunsOnAnotherThreadAndIsTriedAgainUpToThreeTimes() throws Exception { // E14
        Thread publisher = Thread.currentThread();
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        events.onApart(
                Paid.class,
                paid -> {
                    assertThat(Thread.currentThread()).isNotSameAs(publisher);
                    if (attempts.incrementAndGet() < 4) {
                        throw new IllegalStateException("not yet");
                    }
                    calls.add(paid.order());
                    done.countDown();
                });
        assertThat(events.publish(new Paid("o-7")).failures()).isEmpty();
        done.await();
        assertThat(calls).containsExactly("o-7");
        assertThat(attempts).hasValue(4);
        assertThat(unseen).isEmpty();
    }

    @Test
    void aListenerApartThatGoesOnFailingIsAnUnseenFailureAndItsNextEventFollows() // E14
            throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        events.onApart(
                Paid.class,
                paid -> {
                    if (paid.order().equals("bad")) {
                        attempts.incrementAndGet();
                        throw new IllegalStateException("never");
                    }
                    done.countDown();
                });
        events.publish(new Paid("bad"));
        events.publish(new Paid("good"));
        done.await();
        assertThat(attempts).hasValue(4);
        assertThat(unseen.poll(30, TimeUnit.SECONDS))
                .extracting(Failure::event)
                .isEqualTo(new Paid("bad"));
    }

    @Test
    void aListenerApartThatIsStuckDoesNotHoldTheOthersUpAndItsQueueIsBounded() {
        CountDownLatch leave = new CountDownLatch(1);
        events.onApart(Integer.class, _ -> await(leave));
        AtomicInteger quick = new AtomicInteger();
        events.on(Integer.class, _ -> quick.incrementAndGet());
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < 10_100; i++) {
            failures.addAll(events.publish(i).failures());
        }
        assertThat(quick).hasValue(10_100);
        assertThat(failures).hasSizeBetween(99, 100);
        assertThat(failures.getFirst().cause()).isInstanceOf(LimitExceeded.class);
        leave.countDown();
    }

    @Test
    void allListenersSeeTheEventsOfOneThreadInTheOrderOfPublishing() {
        events.on(
                Placed.class,
                placed ->
                        assertThat(events.publish(new Paid(placed.order())).postponed()).isTrue());
        events.on(Order.class, order -> calls.add("first saw " + order));
        events.on(Order.class, order -> calls.add("second saw " + order));
        events.publish(new Placed("o-7"));
        assertThat(calls)
                .containsExactly(
                        "first saw Placed[order=o-7]",
                        "second saw Placed[order=o-7]",
                        "first saw Paid[order=o-7]",
                        "second saw Paid[order=o-7]");
    }

    @Test
    void whatAListenerPublishesAndFailsIsInTheAnswerOfTheFirstPublisher() {
        events.on(Placed.class, placed -> events.publish(new Paid(placed.order())));
        events.on(
                Paid.class,
                _ -> {
                    throw new IllegalStateException("no stock");
                });
        assertThat(events.publish(new Placed("o-7")).failures())
                .singleElement()
                .extracting(Failure::event)
                .isEqualTo(new Paid("o-7"));
    }

    @Test
    void aListenerRegisteredOrClosedWhileAnEventIsUnderWayCountsFromTheNextOne() {
        List<Listening> late = new ArrayList<>();
        events.on(Paid.class, 1, _ -> late.add(events.on(Paid.class, _ -> calls.add("late"))));
        events.publish(new Paid("o-7"));
        assertThat(calls).isEmpty();
        events.publish(new Paid("o-8"));
        assertThat(calls).containsExactly("late");
    }

    // commits

    @Test
    void whatIsPublishedInACommitGoesOutWhenItIsVisible() {
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
        events.on(Paid.class, paid -> calls.add(paid.order()));
        timeline.commit(() -> {
            assertThat(events.publish(new Paid("o-7")).postponed()).isTrue();
            assertThat(calls).isEmpty();
        });
        assertThat(calls).containsExactly("o-7");
    }

    @Test
    void whatIsPublishedInACommitThatFailsReachesNobody() { // E18
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
        events.on(Paid.class, paid -> calls.add(paid.order()));
        assertThatThrownBy(() ->
                        timeline.commit(() -> {
                            events.publish(new Paid("o-7"));
                            throw new IllegalStateException("on purpose");
                        }))
                .hasMessage("on purpose");
        assertThat(calls).isEmpty();
    }

    @Test
    void aListenerThatFailsAfterACommitIsAnUnseenFailure() {
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
        events.on(
                Paid.class,
                _ -> {
                    throw new IllegalStateException("no stock");
                });
        timeline.commit(() -> events.publish(new Paid("o-7")));
        assertThat(unseen).singleElement().extracting(Failure::event).isEqualTo(new Paid("o-7"));
    }

    @Test
    void publishingInTheCommitOfASnapshotIsRefused() {
        Timeline timeline = Timeline.startingAt("test", new Revision(0));
        try (Pin pin = timeline.pin()) {
            Timeline branch = timeline.branch(pin);
            assertThatThrownBy(() -> branch.commit(() -> events.publish(new Paid("o-7"))))
                    .isInstanceOf(Unsupported.class);
        }
    }

    @Test
    void whoReadsWithoutTrackingMayPublish() {
        events.on(Paid.class, paid -> calls.add(paid.order()));
        Tracking.untracked(() -> events.publish(new Paid("o-7")));
        assertThat(calls).containsExactly("o-7");
    }

    @Test
    void twoBusesDoNotKnowEachOther() {
        try (EventBus other = new EventBus(Thread.ofVirtual().factory())) {
            other.on(Paid.class, _ -> calls.add("other"));
            events.publish(new Paid("o-7"));
            assertThat(calls).isEmpty();
        }
    }

    @Test
    void aClosedBusHasDoneWhatItWasGivenAndRefusesMore() {
        EventBus closing = new EventBus(Thread.ofVirtual().factory(), unseen::add);
        closing.onApart(Integer.class, number -> calls.add("number " + number));
        for (int i = 0; i < 100; i++) {
            closing.publishLater(i);
        }
        closing.close();
        assertThat(calls).hasSize(100);
        assertThatThrownBy(() -> closing.publish(1)).isInstanceOf(Closed.class);
        assertThatThrownBy(() -> closing.on(Integer.class, _ -> {})).isInstanceOf(Closed.class);
    }
}
