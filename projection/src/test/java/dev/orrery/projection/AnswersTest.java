package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a definition answers when its fold threw, and what an operator does then. */
class AnswersTest {
    private static final int BAD = 13;

    @TempDir Path directory;
    private final AtomicBoolean mended = new AtomicBoolean();
    private final List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());

    private Projection<Step, String, Trace> answering(Function<Fault<Step>, Fault.Answer> answer) {
        return Projection.of("traces", Step.class)
                .key(String.class, Step::key)
                .state(Trace.class, Trace.NONE)
                .fold((trace, step) -> {
                    if (step.value() == BAD && !mended.get()) {
                        throw new IllegalStateException("bad luck");
                    }
                    return trace.then(step);
                })
                .onFault(fault -> {
                    attempts.add(fault.attempt());
                    return answer.apply(fault);
                });
    }

    private static Position appendBadFor(String key, Rig rig) {
        return rig.log.appendAll(
                List.of(
                        new Step(key, 1),
                        new Step(key, BAD),
                        new Step("b", 2),
                        new Step(key, 3),
                        new Step("b", 4)));
    }

    private static void await(BooleanSupplier outcome) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!outcome.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(outcome.getAsBoolean()).isTrue();
    }

    private LiveProjection<String, Trace> keyless(
            Rig rig, Function<Fault<Step>, Fault.Answer> answer) {
        return rig.projections.run(
                rig.log,
                Projection.of("traces", Step.class)
                        .key(
                                String.class,
                                step -> {
                                    if (step.value() == BAD && !mended.get()) {
                                        throw new IllegalStateException("no key");
                                    }
                                    return step.key();
                                })
                        .state(Trace.class, Trace.NONE)
                        .fold(Trace::then)
                        .onFault(fault -> {
                            attempts.add(fault.attempt());
                            return answer.apply(fault);
                        }));
    }

    @Test
    void anEventWhoseKeyCannotBeToldIsLeftOutIfThatIsTheAnswer() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = keyless(rig, _ -> Fault.skip());
            traces.atLeast(appendBadFor("a", rig), SOON);
            assertThat(traces.require("a").last()).containsExactly(1, 3);
            assertThat(traces.require("b").last()).containsExactly(2, 4);
            assertThat(attempts).containsExactly(1);
        }
    }

    @Test
    void anEventWhoseKeyCannotBeToldIsTriedAgainAtOnceIfThatIsTheAnswer() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    keyless(
                            rig,
                            fault -> {
                                mended.set(fault.attempt() == 2);
                                return Fault.retryIn(Duration.ZERO);
                            });
            traces.atLeast(appendBadFor("a", rig), SOON);
            assertThat(traces.require("a").last()).containsExactly(1, BAD, 3);
            assertThat(attempts).containsExactly(1, 2);
        }
    }

    @Test
    void withoutAKeyNothingCanBeParkedOrWaitSoTheProjectionStops() {
        for (Fault.Answer answer :
                List.of(Fault.park(), Fault.retryIn(Duration.ofMillis(1)), Fault.stop())) {
            try (Rig rig = new Rig(directory.resolve(answer.getClass().getSimpleName()))) {
                LiveProjection<String, Trace> traces = keyless(rig, _ -> answer);
                Position last = appendBadFor("a", rig);
                assertThatThrownBy(() -> traces.atLeast(last, SOON))
                        .isInstanceOf(Unavailable.class)
                        .hasMessageContaining(
                                switch (answer) {
                                    case Fault.Park _ -> "without which nothing can be parked";
                                    case Fault.Retry _ -> "without which nothing can wait";
                                    default -> "keys of projection traces(";
                                })
                        .hasRootCauseMessage("no key");
                assertThat(traces.require("a").last()).containsExactly(1);
                assertThat(traces.find("b")).isEmpty();
            }
        }
    }

    @Test
    void aRetryAfterAWhileHoldsUpItsKeyAloneAndComesByItself() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(
                            rig.log, answering(_ -> Fault.retryIn(Duration.ofMillis(1))));
            traces.atLeast(appendBadFor("a", rig), SOON);
            assertThat(traces.require("b").last()).containsExactly(2, 4);
            await(() -> attempts.size() > 3);
            mended.set(true);
            await(() -> traces.parked().isEmpty());
            assertThat(traces.require("a").last()).containsExactly(1, BAD, 3);
            assertThat(attempts).startsWith(1, 2, 3, 4);
            assertThat(traces.statistics().retries()).isGreaterThan(3);
        }
    }

    @Test
    void aKeyThatWaitsForItsRetrySaysWhenAndSurvivesARestart() {
        Projection<Step, String, Trace> later = answering(_ -> Fault.retryIn(Duration.ofDays(1)));
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, later);
            traces.atLeast(appendBadFor("a", rig), SOON);
            assertThat(traces.parked())
                    .singleElement()
                    .satisfies(parked -> assertThat(parked.retryAt()).isPresent());
        }
        mended.set(true);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, later);
            assertThat(traces.parked())
                    .singleElement()
                    .satisfies(parked -> {
                        assertThat(parked.retryAt()).isPresent();
                        assertThat(parked.attempts()).isEqualTo(1);
                        assertThat(parked.events()).isEqualTo(2);
                    });
            traces.retry("a"); // sooner
            assertThat(traces.require("a").last()).containsExactly(1, BAD, 3);
        }
    }

    @Test
    void skippingLeavesTheEventOutAndNothingElse() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(rig.log, answering(_ -> Fault.skip()));
            traces.atLeast(appendBadFor("a", rig), SOON);
            assertThat(traces.require("a").last()).containsExactly(1, 3);
            assertThat(traces.parked()).isEmpty();
        }
    }

    @Test
    void stoppingStandsBeforeTheEventWhateverOtherKeysAreInTheBatch() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(rig.log, answering(_ -> Fault.stop()));
            Position last = appendBadFor("a", rig);
            assertThatThrownBy(() -> traces.atLeast(last, SOON))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("bad luck");
            assertThat(traces.position().number()).isEqualTo(1);
            assertThat(traces.require("a").last()).containsExactly(1);
            assertThat(traces.find("b")).isEmpty();
        }
        mended.set(true);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(rig.log, answering(_ -> Fault.stop()));
            traces.atLeast(rig.log.head(), SOON);
            assertThat(traces.require("a").last()).containsExactly(1, BAD, 3);
            assertThat(traces.require("b").last()).containsExactly(2, 4);
        }
    }

    @Test
    void anAnswerThatThrowsParks() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(
                            rig.log,
                            answering(_ -> {
                                throw new IllegalArgumentException("no idea");
                            }));
            traces.atLeast(appendBadFor("a", rig), SOON);
            assertThat(traces.parked()).hasSize(1);
        }
    }

    /** X08: key K fails at its event 3 of 10. */
    @Test
    void afterAFixAndARetryAKeyIsAPlainFold() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(rig.log, answering(_ -> Fault.park()));
            List<Step> events =
                    IntStream.rangeClosed(1, 10)
                            .mapToObj(i -> new Step("k", i == 3 ? BAD : i))
                            .toList();
            traces.atLeast(rig.log.appendAll(events), SOON);
            traces.atLeast(rig.log.append(new Step("other", 1)), SOON);
            assertThat(traces.require("other").count()).isEqualTo(1);
            assertThat(traces.require("k").count()).isEqualTo(2);
            assertThat(traces.waiting("k"))
                    .extracting(Recorded::event)
                    .isEqualTo(events.subList(2, 10));
            mended.set(true);
            traces.retry("k");
            Trace plain = events.stream().reduce(Trace.NONE, Trace::then, (left, _) -> left);
            assertThat(traces.require("k")).isEqualTo(plain);
            assertThat(traces.waiting("k")).isEmpty();
        }
    }

    @Test
    void anEditedStateIsTheNextVersionAndTheWaitingEventsGoOnFromIt() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(rig.log, answering(_ -> Fault.park()));
            traces.atLeast(appendBadFor("a", rig), SOON);
            try (Subscription<Update<Trace, Trace>> states = traces.states("a").subscribe()) {
                states.next(SOON);
                Trace edited = new Trace(100, 1, List.of(99));
                traces.edit("a", edited);
                assertThat(states.next(SOON).orElseThrow())
                        .isInstanceOfSatisfying(
                                Update.Whole.class,
                                whole -> assertThat(whole.state()).isEqualTo(edited));
                assertThat(traces.parked()).hasSize(1);
                traces.skip("a");
            }
            assertThat(traces.require("a").last()).containsExactly(99, 3);
            assertThat(traces.read("a").version()).isEqualTo(3);
        }
        try (Rig rig = new Rig(directory)) {
            assertThat(rig.traces().require("a").last()).containsExactly(99, 3);
        }
    }

    @Test
    void aRetryThatFailsCountsItsAttempt() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(rig.log, answering(_ -> Fault.park()));
            traces.atLeast(appendBadFor("a", rig), SOON);
            assertThatThrownBy(() -> traces.retry("a")).isInstanceOf(UserFailure.class);
            assertThat(traces.parked())
                    .singleElement()
                    .satisfies(parked -> {
                        assertThat(parked.attempts()).isEqualTo(2);
                        assertThat(parked.events()).isEqualTo(2);
                    });
        }
    }
}
