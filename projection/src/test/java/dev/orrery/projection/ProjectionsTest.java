package dev.orrery.projection;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folding, reading and going on after a restart. */
class ProjectionsTest {
    @TempDir Path directory;

    @Test
    void anUnknownColumnIsRefusedWithTheOnesThereAre() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            assertThatThrownBy(() -> traces.where(integer("counts").eq(1L)))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("key, count, digest, last (was counts)");
        }
    }

    @Test
    void whoWaitsForItsPositionReadsItsOwnWrite() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            for (int i = 1; i <= 50; i++) {
                Position appended = rig.log.append(new Step("a", i));
                assertThat(traces.atLeast(appended, SOON).require("a").count()).isEqualTo(i);
            }
        }
    }

    @Test
    void aCommitSaysWhichEventsItShows() { // law P10
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            try (var commits = rig.timeline.commits().subscribe()) {
                traces.atLeast(
                        rig.log.appendAll(List.of(new Step("a", 1), new Step("b", 2))), SOON);
                traces.atLeast(rig.log.append(new Step("a", 3)), SOON);
                assertThat(origins(commits)).containsExactly(new Folded("steps", 1, 2));
                assertThat(origins(commits)).containsExactly(new Folded("steps", 3, 3));
            }
        }
    }

    private static List<Commit.Origin> origins(Subscription<Delivery<Commit>> commits) {
        return ((Delivery.Item<Commit>) commits.next()).value().origins();
    }

    @Test
    void aWaitForWhatIsNotAppendedTimesOut() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            Position later = new Position(rig.log.head().log(), 5);
            assertThatThrownBy(() -> traces.atLeast(later, Duration.ofMillis(5)))
                    .isInstanceOf(TimedOut.class);
        }
    }

    @Test
    void statesAreARelationWithTheKeyAsAColumn() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(rig.log, Rig.TRACES.keyColumn("station"));
            Position last =
                    rig.log.appendAll(
                            List.of(new Step("b", 1), new Step("a", 2), new Step("b", 3)));
            traces.atLeast(last, SOON);
            assertThat(traces.keys()).containsExactly("a", "b");
            assertThat(traces.where(integer("count").gt(1)).keys()).containsExactly("b");
            assertThat(traces.where(text("station").eq("a")).list())
                    .containsExactly(new Trace(1, 7 * 31 + 2, List.of(2)));
        }
    }

    record Route(String origin, String destination) {}

    @Test
    void theComponentsOfARecordKeyAreColumnsAndAPlainStateIsOne() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<Route, Long> routes =
                    rig.projections.run(
                            rig.log,
                            Projection.of("routes", Step.class)
                                    .key(
                                            Route.class,
                                            step -> new Route(step.key(), "x" + step.value()))
                                    .state(Long.class, 0L)
                                    .fold((count, _) -> count + 1));
            routes.atLeast(rig.log.appendAll(List.of(new Step("a", 1), new Step("a", 1))), SOON);
            assertThat(routes.toRow(new Route("a", "x1"), 2L))
                    .isEqualTo(Row.of("origin", "a", "destination", "x1", "state", 2L));
            assertThat(routes.where(text("destination").eq("x1")).list()).containsExactly(2L);
            routes.atLeast(rig.log.appendAll(List.of(new Step("b", 1), new Step("a", 0))), SOON);
            assertThat(routes.keys())
                    .containsExactly(
                            new Route("a", "x0"), new Route("a", "x1"), new Route("b", "x1"));
        }
    }

    @Test
    void anEventConcernsEachOfItsKeysOnce() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> both =
                    rig.projections.run(
                            rig.log,
                            Projection.of("both", Step.class)
                                    .keys(String.class, step -> List.of(step.key(), "all", "all"))
                                    .state(Trace.class, Trace.NONE)
                                    .fold(Trace::then));
            both.atLeast(rig.log.appendAll(List.of(new Step("a", 1), new Step("b", 2))), SOON);
            assertThat(both.require("all").last()).containsExactly(1, 2);
            assertThat(both.require("b").last()).containsExactly(2);
        }
    }

    @Test
    void aRestartGoesOnAfterTheStoredPositionAndFoldsNothingTwice() {
        AtomicInteger folds = new AtomicInteger();
        Projection<Step, String, Trace> counted =
                Projection.of("traces", Step.class)
                        .key(String.class, Step::key)
                        .state(Trace.class, Trace.NONE)
                        .fold((trace, step) -> {
                            folds.incrementAndGet();
                            return trace.then(step);
                        });
        Revision before;
        try (Rig rig = new Rig(directory)) {
            rig.projections
                    .run(rig.log, counted)
                    .atLeast(rig.log.appendAll(List.of(new Step("a", 1), new Step("b", 2))), SOON);
            before = rig.timeline.now();
            rig.projections.close();
            rig.log.append(new Step("a", 3));
        }
        folds.set(0);
        try (Rig rig = new Rig(directory)) {
            assertThat(rig.timeline.now()).isGreaterThanOrEqualTo(before);
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, counted);
            assertThat(traces.require("b").last()).containsExactly(2);
            traces.atLeast(rig.log.head(), SOON);
            assertThat(traces.require("a").last()).containsExactly(1, 3);
            assertThat(folds.get()).isEqualTo(1);
        }
    }

    @Test
    void aBatchIsOneCommitInTheLogsName() {
        try (Rig rig = new Rig(directory);
                Subscription<Delivery<Commit>> commits = rig.timeline.commits().subscribe()) {
            Position last =
                    rig.log.appendAll(
                            List.of(new Step("a", 1), new Step("b", 2), new Step("a", 3)));
            LiveProjection<String, Trace> traces = rig.traces();
            traces.atLeast(last, SOON);
            assertThat(commits.next(SOON).orElseThrow())
                    .isInstanceOfSatisfying(
                            Delivery.Item.class,
                            item -> {
                                Commit commit = (Commit) item.value();
                                assertThat(commit.cause()).isEqualTo("steps");
                                assertThat(commit.changes())
                                        .singleElement()
                                        .satisfies(set -> assertThat(set.size()).isEqualTo(2));
                            });
            assertThat(commits.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void whoSeesACommitReadsItsStates() {
        List<Long> read = new ArrayList<>();
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            rig.timeline
                    .attach(
                            new CommitHook() {
                                @Override
                                public void published(Commit commit) {
                                    read.add(traces.read("a").version());
                                }
                            })
                    .close();
            for (int i = 1; i <= 20; i++) {
                traces.atLeast(rig.log.append(new Step("a", i)), SOON);
            }
        }
        assertThat(read).isEqualTo(LongStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void anEventDeliveredTwiceCountsOnce() {
        try (Rig rig = new Rig(directory)) {
            Timeline elsewhere = Timeline.startingAt("elsewhere", new Revision(0));
            try (Projections others =
                    new Projections(
                            elsewhere,
                            rig.database,
                            Thread.ofVirtual().factory(),
                            InstantSource.system())) {
                others.start();
                LiveProjection<String, Trace> one = rig.traces();
                LiveProjection<String, Trace> other = others.run(rig.log, Rig.TRACES);
                for (int i = 1; i <= 200; i++) {
                    rig.log.append(new Step(i % 2 == 0 ? "even" : "odd", i));
                }
                for (LiveProjection<String, Trace> each : List.of(one, other)) {
                    each.atLeast(rig.log.head(), SOON);
                    assertThat(each.require("odd").last()).containsExactly(195, 197, 199);
                    assertThat(each.require("even").count()).isEqualTo(100);
                    assertThat(each.read("odd").version()).isEqualTo(100);
                }
            }
        }
    }

    @Test
    void aReadingSaysHowFreshItIs() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces =
                    rig.projections.run(
                            rig.log,
                            Projection.of("slow", Step.class)
                                    .key(String.class, Step::key)
                                    .state(Trace.class, Trace.NONE)
                                    .fold((trace, step) ->
                                            step.value() == 3
                                                    ? after(go, trace, step)
                                                    : trace.then(step)));
            Position second = rig.log.appendAll(List.of(new Step("a", 1), new Step("a", 2)));
            traces.atLeast(second, SOON);
            Reading<Trace> fresh = traces.read("a");
            assertThat(fresh.version()).isEqualTo(2);
            assertThat(fresh.position()).isEqualTo(second);
            assertThat(fresh.age()).isZero();
            rig.log.append(new Step("a", 3));
            assertThat(traces.lag().events()).isEqualTo(1);
            assertThat(traces.read("a").age()).isPositive();
            go.countDown();
            traces.atLeast(rig.log.head(), SOON);
            assertThat(traces.lag().isNone()).isTrue();
            assertThatThrownBy(() -> traces.read("b")).isInstanceOf(Missing.class);
        }
    }

    private static Trace after(CountDownLatch latch, Trace trace, Step step) {
        try {
            latch.await();
            return trace.then(step);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anEqualStateIsNoChange() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> greatest =
                    rig.projections.run(
                            rig.log,
                            Projection.of("greatest", Step.class)
                                    .key(String.class, Step::key)
                                    .state(Long.class, 0L)
                                    .fold((most, step) -> Math.max(most, step.value())));
            greatest.atLeast(rig.log.append(new Step("a", 5)), SOON);
            Revision before = rig.timeline.now();
            greatest.atLeast(rig.log.append(new Step("a", 4)), SOON);
            assertThat(rig.timeline.now()).isEqualTo(before);
            assertThat(greatest.read("a").version()).isEqualTo(1);
        }
    }

    @Test
    void anEventThatCannotBeReadStopsTheProjectionRightBeforeIt() {
        try (Rig rig = new Rig(directory)) {
            List<Step> steps =
                    IntStream.rangeClosed(1, 9000).mapToObj(i -> new Step("a", i)).toList();
            Position last = rig.log.appendAll(steps);
            rig.database.perform(session ->
                    session.update(
                            "UPDATE events SET payload = ? WHERE position = 8500", new byte[] {1}));
            LiveProjection<String, Trace> traces = rig.traces();
            assertThatThrownBy(() -> traces.atLeast(last, SOON))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("event 8500 of log steps");
            assertThat(traces.position().number()).isEqualTo(8499);
            assertThat(traces.require("a").last()).containsExactly(8497, 8498, 8499);
        }
    }

    @Test
    void aNameRunsOnceAndStaysWithItsLog() {
        try (Rig rig = new Rig(directory)) {
            rig.traces();
            assertThatThrownBy(rig::traces)
                    .isInstanceOf(BadDefinition.class)
                    .hasMessageContaining("running already");
        }
    }

    @Test
    void closingEndsTheFoldAndItsWaiters() {
        Rig rig = new Rig(directory);
        LiveProjection<String, Trace> traces = rig.traces();
        Position last = rig.log.append(new Step("a", 1));
        traces.atLeast(last, SOON);
        rig.projections.close();
        assertThat(traces.status()).isInstanceOf(ProjectionStatus.Stopped.class);
        Position later = rig.log.append(new Step("a", 2));
        assertThatThrownBy(() -> traces.atLeast(later, SOON)).isInstanceOf(Closed.class);
        assertThat(traces.require("a").last()).containsExactly(1);
        rig.close();
    }
}
