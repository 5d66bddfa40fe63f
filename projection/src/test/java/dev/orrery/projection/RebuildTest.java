package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Commit;
import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Update;
import dev.orrery.log.EventLog;
import dev.orrery.log.EventLogs;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.sql.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another version of a definition: a new epoch beside the old one, then served instead. */
class RebuildTest {
    private static final int EVENTS = 10_000;

    @TempDir Path directory;
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger folds = new AtomicInteger();

    /** Folds one key less and doubles values, as far as there are permits. */
    private final Projection<Step, String, Trace> second =
            Projection.of("traces", Step.class)
                    .keys(
                            String.class,
                            step -> step.key().equals("gone") ? List.of() : List.of(step.key()))
                    .state(Trace.class, Trace.NONE)
                    .fold(this::doubled)
                    .version(2);

    private Trace doubled(Trace trace, Step step) {
        permits.acquireUninterruptibly();
        folds.incrementAndGet();
        return trace.then(new Step(step.key(), 2 * step.value()));
    }

    @BeforeEach
    void foldTheFirstVersion() {
        try (Rig rig = new Rig(directory)) {
            List<Step> steps = new ArrayList<>();
            steps.add(new Step("gone", 1));
            for (int i = 2; i <= EVENTS; i++) {
                steps.add(new Step("a", i));
            }
            rig.log.appendAll(steps);
            rig.traces().atLeast(rig.log.head(), SOON);
        }
    }

    @Test
    void theOldStatesAreServedUntilTheNewOnesReplaceThemInOneCommit() {
        try (Rig rig = new Rig(directory);
                Subscription<Delivery<Commit>> commits = rig.timeline.commits().subscribe()) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, second);
            String oldEpoch = traces.epoch();
            assertThat(traces.status()).isInstanceOf(ProjectionStatus.Rebuilding.class);
            assertThat(traces.require("a").last()).containsExactly(EVENTS - 2, EVENTS - 1, EVENTS);
            try (Subscription<Update<Trace, Trace>> states =
                    traces.states("a").subscribe(traces.states("a").head())) {
                assertThat(states.next(Duration.ZERO)).isEmpty();
                permits.release(EVENTS);
                assertThat(states.next(SOON).orElseThrow()).isInstanceOf(Update.Whole.class);
                assertThat(states.cursor())
                        .isEqualTo(new Cursor.Numbered(traces.epoch(), EVENTS - 1));
            }
            assertThat(commits.next(SOON).orElseThrow())
                    .isInstanceOfSatisfying(
                            Delivery.Item.class,
                            item ->
                                    assertThat(((Commit) item.value()).changes().getFirst().size())
                                            .isEqualTo(2));
            assertThat(traces.find("gone")).isEmpty();
            assertThat(traces.require("a").last())
                    .containsExactly(2 * (EVENTS - 2), 2 * (EVENTS - 1), 2 * EVENTS);
            assertThat(traces.epoch()).isNotEqualTo(oldEpoch);
            permits.release();
            traces.atLeast(rig.log.append(new Step("a", 1)), SOON);
            assertThat(traces.require("a").last()).endsWith(2);
        }
    }

    @Test
    void aRebuildGoesOnWhereARestartInterruptedIt() {
        permits.release(5000); // more than a batch and less than two
        try (Rig rig = new Rig(directory, 4096)) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, second);
            while (!(traces.status() instanceof ProjectionStatus.Rebuilding(var reached))
                    || reached.number() == 0) {
                Thread.onSpinWait();
            }
            Thread closing = Thread.startVirtualThread(rig.projections::close);
            permits.release(
                    EVENTS); // lets the batch under way end, after which it sees that it is to stop
            closing.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        int before = folds.get();
        permits.release(EVENTS);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, second);
            await(traces);
            assertThat(traces.require("a").count()).isEqualTo(EVENTS - 1);
        }
        assertThat(folds.get())
                .as("folds in both lives, %s in the first", before)
                .isEqualTo(EVENTS - 1);
    }

    private static void await(LiveProjection<String, Trace> traces) {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (!(traces.status() instanceof ProjectionStatus.Following)
                && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(traces.status()).isInstanceOf(ProjectionStatus.Following.class);
    }

    @Test
    void goingBackToTheServedVersionDropsWhatWasBuilding() {
        try (Rig rig = new Rig(directory)) {
            rig.projections.run(rig.log, second);
            Thread closing = Thread.startVirtualThread(rig.projections::close);
            permits.release(EVENTS);
            assertThat(closing.join(SOON)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            assertThat(traces.status()).isInstanceOf(ProjectionStatus.Following.class);
            assertThat(traces.atLeast(rig.log.append(new Step("a", 1)), SOON).require("a").count())
                    .isGreaterThan(1);
            List<Long> epochs =
                    rig.database.read(session ->
                            session.query(
                                    "SELECT id FROM projection_epochs", row -> row.integer(1)));
            assertThat(epochs).hasSize(1);
        }
    }

    record Other(boolean flag) {}

    @Test
    void statesThatNoLongerDecodeAreFoldedAnew() {
        Projection<Step, String, Other> other =
                Projection.of("traces", Step.class)
                        .key(String.class, Step::key)
                        .state(Other.class, new Other(false))
                        .fold((state, _) -> new Other(!state.flag()));
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Other> others = rig.projections.run(rig.log, other);
            assertThat(others.find("gone")).isEmpty();
            others.rebuilding().orElseThrow().await(SOON);
            assertThat(others.require("gone")).isEqualTo(new Other(true));
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Other> others = rig.projections.run(rig.log, other);
            assertThat(others.require("gone")).isEqualTo(new Other(true));
            assertThat(others.rebuilding()).isEmpty();
        }
    }

    @Test
    void statesThatCannotBeReadAreNotTakenForAbsent() {
        Semaphore allowed = new Semaphore(0);
        Projection<Step, String, Other> other =
                Projection.of("traces", Step.class)
                        .key(String.class, Step::key)
                        .state(Other.class, new Other(false))
                        .fold((_, _) -> {
                            allowed.acquireUninterruptibly();
                            return new Other(true);
                        });
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Other> others = rig.projections.run(rig.log, other);
            assertThat(others.status()).isInstanceOf(ProjectionStatus.Rebuilding.class);
            assertThat(others.position()).isEqualTo(rig.log.start());
            assertThat(others.lag().events()).isEqualTo(EVENTS);
            assertThatThrownBy(() -> others.atLeast(rig.log.head(), Duration.ofMillis(1)))
                    .isInstanceOf(TimedOut.class);
            for (ThrowingCallable read :
                    List.<ThrowingCallable>of(
                            () -> others.require("gone"), () -> others.read("gone"))) {
                assertThatThrownBy(read)
                        .isInstanceOf(Unavailable.class)
                        .hasMessageContaining("folded anew");
            }
            allowed.release(EVENTS);
            assertThat(others.atLeast(rig.log.head(), SOON).require("gone"))
                    .isEqualTo(new Other(true));
            assertThat(others.status()).isInstanceOf(ProjectionStatus.Following.class);
        }
    }

    /** Before anything is folded, as a program sees it that has defined and not started yet. */
    @Test
    void theStatusSaysAtOnceThatStatesStandStill() {
        try (Database database = Database.open(directory.resolve("orrery.db"));
                Projections notStarted =
                        new Projections(
                                Timeline.startingAt("later", Projections.lastRevision(database)),
                                database,
                                Thread.ofVirtual().factory(),
                                InstantSource.system())) {
            EventLog<Step> log =
                    new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                            .open("steps", Step.class);
            assertThat(notStarted.run(log, second).status())
                    .isInstanceOf(ProjectionStatus.Rebuilding.class);
        }
    }

    @Test
    void aProjectionStaysWithItsLog() {
        try (Rig rig = new Rig(directory)) {
            var elsewhere =
                    new EventLogs(rig.database, InstantSource.system(), new SplittableRandom(99))
                            .open("elsewhere", Step.class);
            assertThatThrownBy(() -> rig.projections.run(elsewhere, Rig.TRACES))
                    .isInstanceOf(BadDefinition.class)
                    .hasMessageContaining("another log");
        }
    }
}
