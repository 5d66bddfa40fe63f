package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folds that throw: the key waits, others go on, nothing is lost. */
class ParkedKeysTest {
    private static final int BAD = 13;

    @TempDir Path directory;
    private final AtomicBoolean mended = new AtomicBoolean();
    private final AtomicInteger attempts = new AtomicInteger();

    private final Projection<Step, String, Trace> fragile =
            Projection.of("traces", Step.class)
                    .key(String.class, Step::key)
                    .state(Trace.class, Trace.NONE)
                    .fold(this::fold);

    private Trace fold(Trace trace, Step step) {
        if (step.value() == BAD && !mended.get()) {
            attempts.incrementAndGet();
            throw new IllegalStateException("bad luck");
        }
        return trace.then(step);
    }

    private LiveProjection<String, Trace> parkA(Rig rig) {
        LiveProjection<String, Trace> traces = rig.projections.run(rig.log, fragile);
        Position last =
                rig.log.appendAll(
                        List.of(
                                new Step("a", 1),
                                new Step("a", BAD),
                                new Step("b", 2),
                                new Step("a", 3),
                                new Step("b", 4)));
        return traces.atLeast(last, SOON);
    }

    @Test
    void aFoldThatThrowsParksItsKeyAndOthersGoOn() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = parkA(rig);
            assertThat(attempts.get()).isEqualTo(3);
            assertThat(traces.require("a").last()).containsExactly(1);
            assertThat(traces.require("b").last()).containsExactly(2, 4);
            assertThat(traces.status()).isInstanceOf(ProjectionStatus.Following.class);
            assertThat(traces.parked())
                    .containsExactly(
                            new Parked<>(
                                    "a",
                                    new Position(rig.log.head().log(), 2),
                                    2,
                                    "java.lang.IllegalStateException: bad luck",
                                    3,
                                    java.util.Optional.empty()));
        }
    }

    @Test
    void aParkedKeyStaysParkedAcrossARestartAndItsEventsKeepWaiting() {
        try (Rig rig = new Rig(directory)) {
            parkA(rig);
        }
        mended.set(true);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, fragile);
            traces.atLeast(rig.log.append(new Step("a", 5)), SOON);
            assertThat(traces.require("a").last()).containsExactly(1);
            assertThat(traces.parked())
                    .singleElement()
                    .satisfies(parked -> assertThat(parked.events()).isEqualTo(3));
            traces.retry("a");
            assertThat(traces.require("a").last()).containsExactly(BAD, 3, 5);
            assertThat(traces.parked()).isEmpty();
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, fragile);
            assertThat(traces.parked()).isEmpty();
            traces.atLeast(rig.log.append(new Step("a", 6)), SOON);
            assertThat(traces.read("a").version()).isEqualTo(5);
        }
    }

    @Test
    void aRetryThatThrowsAgainLeavesTheRestParked() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = parkA(rig);
            assertThatThrownBy(() -> traces.retry("a"))
                    .isInstanceOf(UserFailure.class)
                    .hasMessageContaining("bad luck");
            assertThat(traces.parked())
                    .singleElement()
                    .satisfies(parked -> assertThat(parked.events()).isEqualTo(2));
            assertThat(traces.require("a").last()).containsExactly(1);
        }
    }

    @Test
    void skippingLeavesOutOneEventAndFoldsThoseBehindIt() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = parkA(rig);
            traces.atLeast(rig.log.appendAll(List.of(new Step("a", BAD), new Step("a", 7))), SOON);
            assertThatThrownBy(() -> traces.skip("a")).isInstanceOf(UserFailure.class);
            assertThat(traces.require("a").last()).containsExactly(1, 3);
            assertThat(traces.parked())
                    .singleElement()
                    .satisfies(parked -> assertThat(parked.events()).isEqualTo(2));
            traces.skip("a");
            assertThat(traces.require("a").last()).containsExactly(1, 3, 7);
            assertThat(traces.parked()).isEmpty();
        }
    }

    @Test
    void onlyAParkedKeyCanBeRetried() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = parkA(rig);
            assertThatThrownBy(() -> traces.retry("b")).isInstanceOf(Missing.class);
        }
    }

    @Test
    void keysThatThrowStopThisProjectionOnlyAndNothingIsLost() {
        try (Rig rig = new Rig(directory)) {
            Projection<Step, String, Trace> lost =
                    Projection.of("lost", Step.class)
                            .key(String.class, this::keyOf)
                            .state(Trace.class, Trace.NONE)
                            .fold(Trace::then);
            LiveProjection<String, Trace> stopped = rig.projections.run(rig.log, lost);
            LiveProjection<String, Trace> other = rig.traces();
            Position last =
                    rig.log.appendAll(
                            List.of(new Step("a", 1), new Step("a", BAD), new Step("a", 3)));
            assertThatThrownBy(() -> stopped.atLeast(last, SOON))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("lost keys");
            assertThat(stopped.status())
                    .isInstanceOfSatisfying(
                            ProjectionStatus.Failed.class,
                            failed -> assertThat(failed.after().number()).isEqualTo(1));
            assertThat(stopped.require("a").last()).containsExactly(1);
            assertThat(other.atLeast(last, SOON).require("a").count()).isEqualTo(3);
        }
        mended.set(true);
        try (Rig rig = new Rig(directory)) {
            Projection<Step, String, Trace> found =
                    Projection.of("lost", Step.class)
                            .key(String.class, this::keyOf)
                            .state(Trace.class, Trace.NONE)
                            .fold(Trace::then);
            assertThat(
                            rig.projections
                                    .run(rig.log, found)
                                    .atLeast(rig.log.head(), SOON)
                                    .require("a")
                                    .last())
                    .containsExactly(1, BAD, 3);
        }
    }

    private String keyOf(Step step) {
        if (step.value() == BAD && !mended.get()) {
            throw new IllegalStateException("lost keys");
        }
        return step.key();
    }
}
