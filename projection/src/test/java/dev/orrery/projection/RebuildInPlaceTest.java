package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folding everything anew beside states that are served and folded on, and going back. */
class RebuildInPlaceTest {
    private static final int EVENTS = 20_000; // more than are left for the switch

    @TempDir Path directory;
    private final AtomicInteger factor = new AtomicInteger(1);
    private final AtomicReference<CountDownLatch> gate =
            new AtomicReference<>(new CountDownLatch(0));

    /** Folds by what the factor is now; waits at events of the past while the gate is shut. */
    private final Projection<Step, String, Trace> traces =
            Projection.of("traces", Step.class)
                    .key(String.class, Step::key)
                    .state(Trace.class, Trace.NONE)
                    .fold(this::fold);

    private Trace fold(Trace trace, Step step) {
        if (step.value() < EVENTS) {
            try {
                gate.get().await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return trace.then(new Step(step.key(), factor.get() * step.value()));
    }

    private LiveProjection<String, Trace> folded(Rig rig) {
        LiveProjection<String, Trace> live = rig.projections.run(rig.log, traces);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            steps.add(new Step(i % 2 == 0 ? "a" : "b", i));
        }
        return live.atLeast(rig.log.appendAll(steps), SOON);
    }

    /**
     * R14, R12; P18: it is told as a whole, not as a difference: what is served goes on until the
     * other is served instead.
     */
    @Test
    void servedStatesAreFoldedOnWhileOthersAreBuiltAndReplacedAtTheEnd() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = folded(rig);
            String first = live.epoch();
            gate.set(new CountDownLatch(1));
            factor.set(2);
            Rebuild rebuild = live.rebuild();
            assertThat(live.rebuild()).isSameAs(rebuild);
            live.atLeast(rig.log.append(new Step("a", EVENTS)), SOON);
            assertThat(live.epoch()).isEqualTo(first);
            assertThat(live.require("a").last()).endsWith(EVENTS - 2, 2 * EVENTS);
            assertThatThrownBy(() -> rebuild.await(Duration.ZERO)).isInstanceOf(TimedOut.class);
            try (Subscription<Update<Trace, Trace>> states = live.states("a").subscribe()) {
                states.next(SOON);
                gate.get().countDown();
                rebuild.await(SOON);
                assertThat(states.next(SOON).orElseThrow()).isInstanceOf(Update.Whole.class);
                assertThat(states.cursor())
                        .isEqualTo(new Cursor.Numbered(live.epoch(), EVENTS / 2 + 1));
            }
            assertThat(live.epoch()).isNotEqualTo(first);
            assertThat(live.require("a").last()).endsWith(2 * (EVENTS - 2), 2 * EVENTS);
            assertThat(rebuild.progress().done()).isTrue();
            live.atLeast(rig.log.append(new Step("b", EVENTS + 1)), SOON);
            assertThat(live.require("b").last()).endsWith(2 * (EVENTS - 1), 2 * (EVENTS + 1));
            assertThat(live.status()).isInstanceOf(ProjectionStatus.Following.class);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = rig.projections.run(rig.log, traces);
            assertThat(live.require("b").last()).endsWith(2 * (EVENTS + 1));
        }
    }

    @Test
    void undoingServesTheStatesFromBeforeBroughtUpToDate() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = folded(rig);
            String first = live.epoch();
            factor.set(2);
            live.rebuild().await(SOON);
            live.atLeast(rig.log.append(new Step("a", EVENTS)), SOON);
            live.undoRebuild().await(SOON);
            assertThat(live.epoch()).isEqualTo(first);
            assertThat(live.require("a").last())
                    .containsExactly(EVENTS - 4, EVENTS - 2, 2 * EVENTS);
            live.undoRebuild().await(SOON);
            assertThat(live.require("a").last()).contains(2 * (EVENTS - 2), 2 * EVENTS);
            live.forgetPrevious();
            assertThatThrownBy(live::undoRebuild).isInstanceOf(Missing.class);
        }
    }

    @Test
    void aRestartCanUndoToo() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = folded(rig);
            factor.set(2);
            live.rebuild().await(SOON);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = rig.projections.run(rig.log, traces);
            assertThat(live.require("a").last()).endsWith(2 * (EVENTS - 2));
            live.undoRebuild().await(SOON);
            assertThat(live.require("a").last()).endsWith(EVENTS - 2);
        }
    }

    /** Going back to a version takes up its states where they were. */
    @Test
    void theEarlierVersionIsTakenUpAgainWhereItWas() {
        AtomicInteger folds = new AtomicInteger();
        try (Rig rig = new Rig(directory)) {
            folded(rig);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> raised = rig.projections.run(rig.log, traces.version(2));
            raised.rebuilding().orElseThrow().await(SOON);
            raised.atLeast(rig.log.append(new Step("a", EVENTS)), SOON);
            assertThatThrownBy(raised::undoRebuild).isInstanceOf(Unsupported.class);
        }
        try (Rig rig = new Rig(directory)) {
            Projection<Step, String, Trace> counted =
                    Projection.of("traces", Step.class)
                            .key(String.class, Step::key)
                            .state(Trace.class, Trace.NONE)
                            .fold((trace, step) -> {
                                folds.incrementAndGet();
                                return trace.then(step);
                            });
            LiveProjection<String, Trace> back = rig.projections.run(rig.log, counted);
            back.rebuilding().orElseThrow().await(SOON);
            assertThat(back.require("a").last()).endsWith(EVENTS - 2, EVENTS);
            assertThat(folds.get()).isEqualTo(1);
        }
    }

    @Test
    void aRebuildInterruptedByARestartGoesOnByItself() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = folded(rig);
            gate.set(new CountDownLatch(1));
            live.rebuild();
            Thread closing = Thread.startVirtualThread(rig.projections::close);
            gate.get().countDown();
            assertThat(closing.join(SOON)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        factor.set(2);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = rig.projections.run(rig.log, traces);
            live.rebuilding().ifPresent(rebuild -> rebuild.await(SOON));
            assertThat(live.require("a").count()).isEqualTo(EVENTS / 2);
            assertThat(live.epoch()).endsWith("-2");
        }
    }

    @Test
    void aRebuildThatFailsLeavesWhatIsServed() {
        Projection<Step, String, Trace> strict = traces.onFault(_ -> Fault.stop());
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = rig.projections.run(rig.log, strict);
            live.atLeast(rig.log.append(new Step("a", 1)), SOON);
            String first = live.epoch();
            Projection<Step, String, Trace> failing =
                    Projection.of("failing", Step.class)
                            .key(String.class, Step::key)
                            .state(Trace.class, Trace.NONE)
                            .fold((trace, step) -> {
                                if (factor.get() == 0) {
                                    throw new IllegalStateException("no more");
                                }
                                return trace.then(step);
                            })
                            .onFault(_ -> Fault.stop());
            LiveProjection<String, Trace> other = rig.projections.run(rig.log, failing);
            other.atLeast(rig.log.append(new Step("a", 2)), SOON);
            factor.set(0);
            Rebuild rebuild = other.rebuild();
            assertThatThrownBy(() -> rebuild.await(SOON)).isInstanceOf(UserFailure.class);
            assertThat(other.require("a").last()).containsExactly(1, 2);
            factor.set(1);
            other.atLeast(rig.log.append(new Step("a", 3)), SOON);
            assertThat(other.require("a").last()).containsExactly(1, 2, 3);
            assertThat(live.epoch()).isEqualTo(first);
        }
    }
}
