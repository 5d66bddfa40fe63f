package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.Tracking;
import dev.orrery.log.EventLogs;
import dev.orrery.log.NewEvent;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done for events, and where it goes on. */
class EffectsTest {
    @TempDir Path directory;

    private static List<Step> steps(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> new Step("k" + i % 3, i)).toList();
    }

    private static List<Integer> values(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void eachEventIsHandledInOrderAndARestartRepeatsNone() { // law F1
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(rig.noted(_ -> {}));
            mail.atLeast(rig.rig.log.appendAll(steps(1, 50)), SOON);
            assertThat(rig.done()).isEqualTo(values(1, 50));
            assertThat(mail.lag().isNone()).isTrue();
            assertThat(mail.totals()).isEqualTo(new LiveEffect.Totals(50, 0, 0, 0, 0, 0));
        }
        try (EffectsRig rig = new EffectsRig(directory)) {
            rig.rig.log.appendAll(steps(51, 60));
            LiveEffect<String> mail = rig.run(rig.noted(_ -> {}));
            mail.atLeast(rig.rig.log.head(), SOON);
            assertThat(rig.done()).isEqualTo(values(51, 60));
        }
    }

    @Test
    void aNewEffectBeginsWithWhatIsAppendedNextUnlessItIsToldToBeginWithTheFirst() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            rig.rig.log.appendAll(steps(1, 5));
            LiveEffect<String> mail = rig.run(rig.noted(_ -> {}));
            List<Integer> all = new CopyOnWriteArrayList<>();
            LiveEffect<Long> audit =
                    rig.effects.run(
                            rig.rig.log,
                            Effect.of("audit", Step.class)
                                    .perform(attempt -> all.add(attempt.event().value()))
                                    .fromFirstEvent());
            Position last = rig.rig.log.appendAll(steps(6, 7));
            mail.atLeast(last, SOON);
            audit.atLeast(last, SOON);
            assertThat(rig.done()).isEqualTo(values(6, 7));
            assertThat(all).isEqualTo(values(1, 7));
        }
    }

    @Test
    void whatWasAppendedBeforeAnEffectStartsButAfterItWasDefinedIsHandled() {
        try (Rig rig = new Rig(directory);
                Effects effects =
                        new Effects(
                                rig.database,
                                Thread.ofVirtual().factory(),
                                InstantSource.system())) {
            List<Integer> seen = new CopyOnWriteArrayList<>();
            LiveEffect<Long> mail =
                    effects.run(
                            rig.log,
                            Effect.of("mail", Step.class)
                                    .perform(attempt -> seen.add(attempt.event().value())));
            Position last = rig.log.appendAll(steps(1, 3));
            assertThat(seen).isEmpty();
            assertThat(mail.lag().events()).isEqualTo(3);
            effects.start();
            mail.atLeast(last, SOON);
            assertThat(seen).isEqualTo(values(1, 3));
        }
    }

    @Test
    void deduplicationKeysAreOfOneEventAndOneEffectForEver() { // law F2
        List<String> first;
        try (EffectsRig rig = new EffectsRig(directory)) {
            AtomicInteger calls = new AtomicInteger();
            List<String> tried = new CopyOnWriteArrayList<>();
            LiveEffect<String> mail =
                    rig.run(
                            rig.noted(attempt -> {
                                tried.add(attempt.deduplicationKey());
                                if (calls.incrementAndGet() <= 2) {
                                    throw new IllegalStateException("not now");
                                }
                            }));
            rig.rig.log.append(NewEvent.of(new Step("a", 1)).withId("payment-4711"));
            rig.rig.log.append(NewEvent.of(new Step("a", 1)).withId("payment-4711"));
            mail.atLeast(rig.rig.log.append(new Step("a", 2)), SOON);
            awaitDone(rig, 2);
            assertThat(rig.attempts.get(0).number()).isEqualTo(3);
            first = rig.attempts.stream().map(Attempt::deduplicationKey).toList();
            assertThat(tried)
                    .containsExactly(first.get(0), first.get(0), first.get(0), first.get(1));
            assertThat(first).doesNotHaveDuplicates().allMatch(key -> key.matches("[0-9a-f]{32}"));
        }
        try (EffectsRig rig = new EffectsRig(directory)) {
            List<String> again = new CopyOnWriteArrayList<>();
            List<String> others = new CopyOnWriteArrayList<>();
            rig.effects
                    .run(rig.rig.log, keysOf("mail", others, again).fromFirstEvent())
                    .atLeast(rig.rig.log.head(), SOON);
            rig.effects
                    .run(rig.rig.log, keysOf("other", others, others).fromFirstEvent())
                    .atLeast(rig.rig.log.head(), SOON);
            assertThat(again).as("handled already").isEmpty();
            assertThat(others).hasSize(2).doesNotContainAnyElementsOf(first);
            String life = rig.rig.log.start().log();
            assertThat(first.get(0))
                    .isEqualTo(new DeduplicationKeys(life, "mail").of("payment-4711"));
        }
    }

    private static Effect<Step, Long> keysOf(
            String name, List<String> unusedByMail, List<String> keys) {
        assertThat(unusedByMail).isEmpty();
        return Effect.of(name, Step.class).perform(attempt -> keys.add(attempt.deduplicationKey()));
    }

    private static void awaitDone(EffectsRig rig, int count) {
        Waits.until(() -> rig.attempts.size() >= count);
    }

    @Test
    void whateverFailsOnTheWayEventsOfAKeyAreDoneInOrder() { // law F3
        try (EffectsRig rig = new EffectsRig(directory)) {
            SplittableRandom random = new SplittableRandom(11);
            Effect<Step, String> flaky =
                    rig.noted(_ -> {
                        synchronized (random) {
                            if (random.nextInt(3) == 0) {
                                throw new IllegalStateException("not now");
                            }
                        }
                    });
            LiveEffect<String> mail = rig.run(flaky.atOnce(4));
            for (int i = 0; i < 20; i++) {
                rig.rig.log.appendAll(steps(i * 15 + 1, i * 15 + 15));
            }
            awaitDone(rig, 300);
            mail.atLeast(rig.rig.log.head(), SOON);
            for (int key = 0; key < 3; key++) {
                int rest = key;
                assertThat(rig.done("k" + key))
                        .isEqualTo(values(1, 300).stream().filter(i -> i % 3 == rest).toList());
            }
            Waits.until(() -> mail.totals().waitingEvents() == 0);
            assertThat(mail.totals().faults()).isPositive();
        }
    }

    @Test
    void eventsOfDifferentKeysAreHandledAtOnceAndThoseOfOneKeyAreNot() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            CountDownLatch both = new CountDownLatch(2);
            AtomicInteger underWay = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            LiveEffect<String> mail =
                    rig.run(
                            rig.noted(
                                            attempt -> {
                                                if (attempt.event().key().equals("one")) {
                                                    most.accumulateAndGet(
                                                            underWay.incrementAndGet(), Math::max);
                                                    underWay.decrementAndGet();
                                                } else {
                                                    both.countDown();
                                                    both.await(); // both are under way, or this
                                                    // never ends
                                                }
                                            })
                                    .atOnce(2));
            Position last =
                    rig.rig.log.appendAll(
                            List.of(
                                    new Step("a", 1),
                                    new Step("b", 2),
                                    new Step("one", 3),
                                    new Step("one", 4),
                                    new Step("one", 5)));
            mail.atLeast(last, SOON);
            assertThat(most.get()).isEqualTo(1);
        }
    }

    @Test
    void noTransactionNorCommitIsUnderWayWhileAnEffectIs() { // law F4
        try (EffectsRig rig = new EffectsRig(directory)) {
            List<Object> scopes = new CopyOnWriteArrayList<>();
            LiveEffect<String> mail =
                    rig.run(
                            rig.noted(attempt -> {
                                scopes.add(Tracking.scope() == null ? "none" : "some");
                                rig.rig.database.perform(session ->
                                        session.update("CREATE TABLE IF NOT EXISTS mine (id INT)"));
                                rig.rig.timeline.commit(() -> {});
                                if (attempt.event().value() == 1) {
                                    rig.rig.log.append(new Step("answer", 2));
                                }
                            }));
            mail.atLeast(rig.rig.log.append(new Step("a", 1)), SOON);
            awaitDone(rig, 2);
            assertThat(rig.done("answer")).containsExactly(2);
            assertThat(scopes).containsExactly("none", "none");
        }
    }

    @Test
    void anEffectThatReadsAProjectionIsHandedEventsTheProjectionShows() { // law F5
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveProjection<String, Trace> traces = rig.rig.traces();
            List<Long> behind = new ArrayList<>();
            LiveEffect<String> mail =
                    rig.effects.run(
                            rig.rig.log,
                            rig.noted(attempt ->
                                    behind.add(
                                            Math.max(
                                                    0,
                                                    attempt.recorded().position().number()
                                                            - traces.position().number()))),
                            traces);
            for (int i = 1; i <= 50; i++) {
                rig.rig.log.append(new Step("k", i));
            }
            mail.atLeast(rig.rig.log.head(), SOON);
            assertThat(behind).hasSize(50).containsOnly(0L);
        }
    }

    @Test
    void aRebuildRepeatsNoEffect() { // law F5
        String before;
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveProjection<String, Trace> traces = rig.rig.traces();
            LiveEffect<String> mail = rig.effects.run(rig.rig.log, rig.noted(_ -> {}), traces);
            mail.atLeast(rig.rig.log.appendAll(steps(1, 40)), SOON);
            assertThat(rig.done()).hasSize(40);
            before = traces.epoch();
        }
        try (EffectsRig rig = new EffectsRig(directory)) {
            CountDownLatch go = new CountDownLatch(1);
            LiveProjection<String, Trace> traces =
                    rig.rig.projections.run(
                            rig.rig.log,
                            Projection.of("traces", Step.class)
                                    .key(String.class, Step::key)
                                    .state(Trace.class, Trace.NONE)
                                    .fold((trace, step) -> {
                                        Waits.await(go);
                                        return trace.then(step);
                                    })
                                    .version(2));
            LiveEffect<String> mail = rig.effects.run(rig.rig.log, rig.noted(_ -> {}), traces);
            Position last = rig.rig.log.append(new Step("k1", 41));
            assertThat(mail.position().number()).isEqualTo(40);
            go.countDown();
            mail.atLeast(last, SOON);
            assertThat(traces.epoch()).isNotEqualTo(before);
            assertThat(traces.require("k1").count()).isEqualTo(14 + 1);
            assertThat(rig.done()).containsExactly(41);
        }
    }

    @Test
    void twoOfOneNameAreRefusedAndSoIsAnotherLog() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            rig.run(rig.noted(_ -> {}));
            assertThatThrownBy(() -> rig.run(rig.noted(_ -> {}))).isInstanceOf(BadDefinition.class);
        }
        try (EffectsRig rig = new EffectsRig(directory)) {
            var other =
                    new EventLogs(rig.rig.database, InstantSource.system(), new SplittableRandom(8))
                            .open("others", Step.class);
            assertThatThrownBy(() -> rig.effects.run(other, rig.noted(_ -> {})))
                    .isInstanceOf(BadDefinition.class)
                    .hasMessageContaining("another log");
        }
    }

    @Test
    void closingFinishesWhatIsUnderWayAndTellsWhoWaits() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        EffectsRig rig = new EffectsRig(directory);
        LiveEffect<String> mail =
                rig.run(
                        rig.noted(attempt -> {
                            if (attempt.event().value() == 1) {
                                begun.countDown();
                                finish.await();
                            }
                        }));
        Position last = rig.rig.log.appendAll(List.of(new Step("a", 1), new Step("a", 2)));
        Waits.await(begun);
        Thread closing = Thread.startVirtualThread(rig::close);
        Waits.until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        finish.countDown();
        assertThatThrownBy(() -> mail.atLeast(last, SOON)).isInstanceOf(Closed.class);
        Waits.join(closing);
        assertThat(rig.done()).containsExactly(1);
        assertThat(mail.status()).isEqualTo(new EffectStatus.Stopped());
        try (EffectsRig next = new EffectsRig(directory)) {
            next.run(next.noted(_ -> {})).atLeast(last, SOON);
            assertThat(next.done()).containsExactly(2);
        }
    }

    @Test
    void lagIsHowManyAreNotHandledAndTheAgeOfTheOldest() { // X13
        CountDownLatch go = new CountDownLatch(1);
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(rig.noted(_ -> Waits.await(go)).atOnce(64));
            rig.rig.log.appendAll(steps(1, 5000));
            Waits.until(() -> mail.lag().age().compareTo(Duration.ofMillis(20)) >= 0);
            assertThat(mail.lag().events()).isEqualTo(5000);
            go.countDown();
            mail.atLeast(rig.rig.log.head(), Duration.ofMinutes(2));
            assertThat(mail.lag()).isEqualTo(new Lag(0, Duration.ZERO));
        }
    }
}
