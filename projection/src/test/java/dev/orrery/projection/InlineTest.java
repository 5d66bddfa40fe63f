package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folding in the transaction of the append. */
class InlineTest {
    private static final int BAD = 13;

    @TempDir Path directory;

    private static Projection<Step, String, Trace> failing(Fault.Answer answer) {
        return Projection.of("traces", Step.class)
                .key(String.class, Step::key)
                .state(Trace.class, Trace.NONE)
                .fold((trace, step) -> {
                    if (step.value() == BAD) {
                        throw new IllegalStateException("bad luck");
                    }
                    return trace.then(step);
                })
                .onFault(_ -> answer);
    }

    private static LiveProjection<String, Trace> inline(Rig rig) {
        return rig.projections.runInline(rig.log, Rig.TRACES);
    }

    @Test
    void whoHasAppendedFindsTheStatesWithoutWaiting() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = inline(rig);
            for (int i = 1; i <= 20; i++) {
                Position at = rig.log.append(new Step("a", i));
                assertThat(traces.require("a").count()).isEqualTo(i);
                assertThat(traces.position()).isEqualTo(at);
                assertThat(traces.read("a").position()).isEqualTo(at);
            }
        }
        try (Rig rig = new Rig(directory)) {
            assertThat(inline(rig).require("a").count()).isEqualTo(20);
        }
    }

    @Test
    void whatWasAppendedBeforeIsFoldedWhenItIsMadeLive() {
        try (Rig rig = new Rig(directory)) {
            rig.log.appendAll(List.of(new Step("a", 1), new Step("b", 2)));
            LiveProjection<String, Trace> traces = inline(rig);
            assertThat(traces.require("b").last()).containsExactly(2);
            rig.log.append(new Step("a", 3));
            assertThat(traces.require("a").last()).containsExactly(1, 3);
        }
    }

    /** E18: what is rolled back changes no projection, and a projection that refuses rolls back. */
    @Test
    void aStopRefusesTheAppendAndNothingOfItIsStored() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.runInline(rig.log, failing(Fault.stop()));
            rig.log.append(new Step("a", 1));
            assertThatThrownBy(
                            () -> rig.log.appendAll(List.of(new Step("b", 2), new Step("a", BAD))))
                    .isInstanceOf(UserFailure.class)
                    .hasMessageContaining("bad luck");
            assertThat(rig.log.head().number()).isEqualTo(1);
            assertThat(traces.find("b")).isEmpty();
            rig.log.append(new Step("a", 3));
            assertThat(traces.require("a").last()).containsExactly(1, 3);
        }
    }

    @Test
    void aRefusalConcernsNobodyElseInTheSameTransaction() throws InterruptedException {
        AtomicInteger refused = new AtomicInteger();
        AtomicReference<Throwable> unexpected = new AtomicReference<>();
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.runInline(rig.log, failing(Fault.stop()));
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                String key = "k" + caller;
                callers.add(
                        Thread.startVirtualThread(() -> {
                            for (int i = 0; i < 50; i++) {
                                boolean bad = i % 10 == 9;
                                try {
                                    rig.log.append(new Step(key, bad ? BAD : 100 + i));
                                } catch (UserFailure e) {
                                    refused.incrementAndGet();
                                } catch (RuntimeException e) {
                                    unexpected.set(e);
                                }
                            }
                        }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(unexpected.get()).isNull();
            assertThat(refused.get()).isEqualTo(8 * 5);
            assertThat(rig.log.head().number()).isEqualTo(8 * 45);
            assertThat(traces.list()).hasSize(8).allMatch(trace -> trace.count() == 45);
        }
    }

    @Test
    void aParkedKeyDoesNotRefuseAppends() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.runInline(rig.log, failing(Fault.park()));
            rig.log.appendAll(List.of(new Step("a", BAD), new Step("b", 2)));
            rig.log.append(new Step("a", 4));
            assertThat(traces.parked()).singleElement().matches(parked -> parked.events() == 2);
            traces.skip("a");
            assertThat(traces.require("a").last()).containsExactly(4);
        }
    }

    @Test
    void itIsRebuiltWhileAppendsGoOn() throws InterruptedException {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = inline(rig);
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                steps.add(new Step("k" + i % 50, i));
            }
            rig.log.appendAll(steps);
            Thread appender =
                    Thread.startVirtualThread(() -> {
                        for (int i = 1; i <= 200; i++) {
                            rig.log.append(new Step("a", i));
                            assertThat(traces.require("a").count()).isEqualTo(i);
                        }
                    });
            traces.rebuild().await(SOON);
            appender.join();
            assertThat(traces.require("a").count()).isEqualTo(200);
            assertThat(traces.epoch()).endsWith("-2");
            assertThat(traces.require("k7").count()).isEqualTo(200);
        }
    }

    @Test
    void othersFoldTheSameLogBesideIt() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = inline(rig);
            LiveProjection<String, Trace> other =
                    rig.projections.run(rig.log, Rig.TRACES.named("other"));
            Position last = rig.log.appendAll(List.of(new Step("a", 1), new Step("a", 2)));
            assertThat(other.atLeast(last, SOON).require("a")).isEqualTo(traces.require("a"));
        }
    }
}
