package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to an event whose effect fails, and to those behind it. */
class EffectFaultsTest {
    private static final List<Step> TEN_OF_K_AND_OTHERS =
            List.of(
                    new Step("k", 1),
                    new Step("k", 2),
                    new Step("k", 3),
                    new Step("o", 101),
                    new Step("k", 4),
                    new Step("k", 5),
                    new Step("k", 6),
                    new Step("o", 102),
                    new Step("k", 7),
                    new Step("k", 8),
                    new Step("k", 9),
                    new Step("k", 10));

    @TempDir Path directory;

    private final AtomicBoolean broken = new AtomicBoolean(true);

    /** Fails at the third event of a key until it is mended. */
    private Effect.Body<Step> failsAtThree() {
        return attempt -> {
            if (broken.get() && attempt.event().value() == 3) {
                throw new IllegalStateException("no such address");
            }
        };
    }

    @Test
    void aParkedKeyWaitsInOrderWhileOthersGoOnAndAfterARetryAllIsDone() { // X08
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(rig.noted(failsAtThree()).onFault(_ -> Fault.park()));
            mail.atLeast(rig.rig.log.appendAll(TEN_OF_K_AND_OTHERS), SOON);
            Waits.until(() -> rig.done("o").size() == 2);
            assertThat(rig.done("k")).containsExactly(1, 2);
            assertThat(mail.parked())
                    .singleElement()
                    .satisfies(parked -> {
                        assertThat(parked.key()).isEqualTo("k");
                        assertThat(parked.position().number()).isEqualTo(3);
                        assertThat(parked.events()).isEqualTo(8);
                        assertThat(parked.cause()).contains("no such address");
                    });
            assertThat(mail.totals().parkedKeys()).isEqualTo(1);
            assertThat(mail.totals().waitingEvents()).isEqualTo(8);
            assertThat(mail.lag().isNone()).isTrue();
        }
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(rig.noted(failsAtThree()).onFault(_ -> Fault.park()));
            mail.atLeast(rig.rig.log.append(new Step("k", 11)), SOON);
            assertThat(rig.done()).as("it is parked after a restart too").isEmpty();
            mail.retry("k");
            Waits.until(() -> mail.totals().faults() == 1 && mail.parked().size() == 1);
            assertThat(rig.done()).isEmpty();
            broken.set(false);
            mail.retry("k");
            Waits.until(() -> mail.totals().waitingEvents() == 0);
            assertThat(rig.done("k")).containsExactly(3, 4, 5, 6, 7, 8, 9, 10, 11);
            mail.atLeast(rig.rig.log.append(new Step("k", 12)), SOON);
            assertThat(rig.done("k")).endsWith(12);
            assertThat(mail.parked()).isEmpty();
        }
    }

    @Test
    void aSkippedEventIsLeftOutAndThoseBehindItAreDone() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(rig.noted(failsAtThree()).onFault(_ -> Fault.park()));
            mail.atLeast(rig.rig.log.appendAll(TEN_OF_K_AND_OTHERS), SOON);
            Waits.until(() -> mail.parked().size() == 1);
            mail.skip("k");
            Waits.until(() -> mail.totals().waitingEvents() == 0);
            assertThat(rig.done("k")).containsExactly(1, 2, 4, 5, 6, 7, 8, 9, 10);
            assertThat(mail.totals().skipped()).isEqualTo(1);
            assertThatThrownBy(() -> mail.skip("k")).isInstanceOf(Missing.class);
            assertThatThrownBy(() -> mail.retry("nobody")).isInstanceOf(Missing.class);
        }
    }

    @Test
    void skippingByPolicyLeavesOutThatEventAlone() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(rig.noted(failsAtThree()).onFault(_ -> Fault.skip()));
            mail.atLeast(rig.rig.log.appendAll(TEN_OF_K_AND_OTHERS), SOON);
            assertThat(rig.done("k")).containsExactly(1, 2, 4, 5, 6, 7, 8, 9, 10);
            assertThat(mail.totals().skipped()).isEqualTo(1);
        }
    }

    @Test
    void stoppingLeavesTheEventForTheNextTime() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(rig.noted(failsAtThree()).onFault(_ -> Fault.stop()));
            Position last = rig.rig.log.appendAll(TEN_OF_K_AND_OTHERS);
            assertThatThrownBy(() -> mail.atLeast(last, SOON))
                    .isInstanceOf(Unavailable.class)
                    .hasRootCauseMessage("no such address");
            assertThat(mail.status())
                    .isInstanceOfSatisfying(
                            EffectStatus.Failed.class,
                            failed -> {
                                assertThat(failed.after().number()).isEqualTo(2);
                                assertThat(failed.cause()).isInstanceOf(UserFailure.class);
                            });
            assertThatThrownBy(() -> mail.retry("k")).isInstanceOf(Unavailable.class);
        }
        broken.set(false);
        try (EffectsRig rig = new EffectsRig(directory)) {
            rig.run(rig.noted(failsAtThree())).atLeast(rig.rig.log.head(), SOON);
            assertThat(rig.done("k")).containsExactly(3, 4, 5, 6, 7, 8, 9, 10);
        }
    }

    @Test
    void aRetryWaitsForItsTimeAndRemembersAcrossARestartHowOftenItWasTried() {
        List<Integer> asked = new CopyOnWriteArrayList<>();
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(retried(rig, asked, Duration.ofDays(1)));
            mail.atLeast(rig.rig.log.appendAll(TEN_OF_K_AND_OTHERS), SOON);
            assertThat(asked).containsExactly(1);
            assertThat(mail.totals().retryingKeys()).isEqualTo(1);
            assertThat(mail.parked()).isEmpty();
            mail.retry("k");
            Waits.until(() -> asked.size() == 2);
            Waits.until(() -> mail.totals().retryingKeys() == 1);
        }
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(retried(rig, asked, Duration.ofMillis(1)));
            mail.retry("k"); // the stored moment is a day away
            Waits.until(() -> mail.parked().size() == 1);
            assertThat(asked).containsExactly(1, 2, 3, 4, 5);
            assertThat(rig.done()).isEmpty();
        }
    }

    private Effect<Step, String> retried(EffectsRig rig, List<Integer> asked, Duration delay) {
        return rig.noted(failsAtThree())
                .onFault(fault -> {
                    asked.add(fault.attempt());
                    return fault.attempt() < 5 ? Fault.retryIn(delay) : Fault.park();
                });
    }

    @Test
    void aPolicyThatThrowsParksTheKey() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail =
                    rig.run(
                            rig.noted(failsAtThree())
                                    .onFault(_ -> {
                                        throw new IllegalStateException("no idea");
                                    }));
            mail.atLeast(rig.rig.log.appendAll(TEN_OF_K_AND_OTHERS), SOON);
            assertThat(mail.parked()).hasSize(1);
        }
    }

    @Test
    void withoutAKeyOneThatFailsHoldsUpNoOther() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            List<Integer> done = new CopyOnWriteArrayList<>();
            LiveEffect<Long> mail =
                    rig.effects.run(
                            rig.rig.log,
                            Effect.of("mail", Step.class)
                                    .perform(attempt -> {
                                        failsAtThree().perform(attempt);
                                        done.add(attempt.event().value());
                                    })
                                    .onFault(_ -> Fault.park()));
            mail.atLeast(rig.rig.log.appendAll(TEN_OF_K_AND_OTHERS), SOON);
            assertThat(done).containsExactly(1, 2, 101, 4, 5, 6, 102, 7, 8, 9, 10);
            assertThat(mail.parked().getFirst().key()).isEqualTo(3);
            broken.set(false);
            mail.retry(3L);
            Waits.until(() -> done.contains(3));
        }
    }

    @Test
    void aKeyFunctionThatThrowsStopsTheEffectAndLosesNothing() {
        Effect<Step, String> bad =
                Effect.of("mail", Step.class)
                        .key(
                                String.class,
                                step -> {
                                    if (broken.get() && step.value() == 3) {
                                        throw new IllegalStateException("no key");
                                    }
                                    return step.key();
                                })
                        .perform(_ -> {});
        try (EffectsRig rig = new EffectsRig(directory)) {
            LiveEffect<String> mail = rig.run(bad);
            Position last = rig.rig.log.appendAll(TEN_OF_K_AND_OTHERS);
            assertThatThrownBy(() -> mail.atLeast(last, SOON))
                    .isInstanceOf(Unavailable.class)
                    .hasRootCauseMessage("no key");
            broken.set(false);
            assertThat(mail.position().number()).isLessThan(3);
        }
        try (EffectsRig rig = new EffectsRig(directory)) {
            rig.run(bad).atLeast(rig.rig.log.head(), SOON);
        }
    }

    @Test
    void anOutageHoldsBackWhatIsReadAndEverythingIsDoneAfterIt() {
        try (EffectsRig rig = new EffectsRig(directory)) {
            AtomicBoolean away = new AtomicBoolean(true);
            LiveEffect<String> mail =
                    rig.run(
                            Effect.of("mail", Step.class)
                                    .key(String.class, Step::key)
                                    .perform(attempt -> {
                                        if (away.get()) {
                                            throw new IllegalStateException("connection refused");
                                        }
                                        rig.attempts.add(attempt);
                                    })
                                    .onFault(_ -> Fault.retryIn(Duration.ofMillis(200)))
                                    .atOnce(64));
            int events = 6_000;
            for (int i = 0; i < events; i += 1000) {
                rig.rig.log.appendAll(keysFrom(i));
            }
            Waits.until(() -> mail.totals().retryingKeys() >= 1024);
            long held = mail.totals().waitingEvents();
            assertThat(held).isLessThan(events);
            away.set(false);
            mail.atLeast(rig.rig.log.head(), Duration.ofMinutes(2));
            Waits.until(() -> mail.totals().waitingEvents() == 0);
            assertThat(rig.attempts).hasSize(events);
        }
    }

    private static List<Step> keysFrom(int first) {
        return java.util.stream.IntStream.range(first, first + 1000)
                .mapToObj(i -> new Step("key-" + i, i))
                .toList();
    }
}
