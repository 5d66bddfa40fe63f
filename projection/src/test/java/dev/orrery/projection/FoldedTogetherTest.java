package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Commit;
import dev.orrery.core.Delivery;
import dev.orrery.core.Pin;
import dev.orrery.core.Subscription;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several projections of one log: one transaction, one commit. */
class FoldedTogetherTest {
    private static final Projection<Step, String, Long> SUMS =
            Projection.of("sums", Step.class)
                    .key(String.class, Step::key)
                    .state(Long.class, 0L)
                    .fold((sum, step) -> sum + step.value());

    @TempDir Path directory;

    @Test
    void whatTwoProjectionsMakeOfABatchIsOneCommit() {
        try (Rig rig = new Rig(directory);
                Subscription<Delivery<Commit>> commits = rig.timeline.commits().subscribe()) {
            LiveProjection<String, Trace> traces = rig.traces();
            LiveProjection<String, Long> sums = rig.projections.run(rig.log, SUMS);
            for (int i = 1; i <= 20; i++) {
                Position appended = rig.log.append(new Step("a", i));
                traces.atLeast(appended, SOON);
                sums.atLeast(appended, SOON);
                assertThat(sourcesOf(commits.next(SOON).orElseThrow()))
                        .containsExactlyInAnyOrder("traces", "sums");
            }
            assertThat(commits.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void nobodySeesAnEventInOneProjectionAndNotInTheOther() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            LiveProjection<String, Long> sums = rig.projections.run(rig.log, SUMS);
            Thread appending =
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < 500; i++) {
                                    rig.log.append(new Step("a", 1));
                                }
                            });
            int looked = 0;
            while (appending.isAlive() || looked == 0) {
                try (Pin pin = rig.timeline.pin()) {
                    assertThat(at(sums, pin).orElse(0L))
                            .isEqualTo(at(traces, pin).map(Trace::count).orElse(0L));
                }
                looked++;
            }
            assertThat(sums.atLeast(rig.log.head(), SOON).require("a")).isEqualTo(500);
        }
    }

    @Test
    void oneThatIsNewCatchesUpAloneWhileTheOthersGoOnAndThenSharesTheirCommits() throws Exception {
        CountDownLatch caughtUpTo = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            traces.atLeast(rig.log.appendAll(steps(10_000)), SOON);
            LiveProjection<String, Long> late =
                    rig.projections.run(
                            rig.log,
                            Projection.of("late", Step.class)
                                    .key(String.class, Step::key)
                                    .state(Long.class, 0L)
                                    .fold((count, step) -> {
                                        if (step.value() == 6_000) {
                                            caughtUpTo.countDown();
                                            await(mayGoOn);
                                        }
                                        return count + 1;
                                    }));
            await(caughtUpTo);
            Position live = rig.log.append(new Step("k0", -1));
            assertThat(traces.atLeast(live, SOON).require("k0").last()).contains(-1);
            assertThat(late.position().number()).isLessThan(6_000);
            mayGoOn.countDown();
            late.atLeast(live, SOON);

            int further = appendUntilCommitsAreShared(rig, late);
            assertThat(late.list().stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(10_001 + further);
        }
    }

    @Test
    void afterARestartAllGoOnFromWhereTheyWereStored() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.traces();
            rig.projections.run(rig.log, SUMS);
            traces.atLeast(rig.log.appendAll(steps(100)), SOON);
        }
        try (Rig rig = new Rig(directory);
                Subscription<Delivery<Commit>> commits = rig.timeline.commits().subscribe()) {
            LiveProjection<String, Trace> traces = rig.traces();
            LiveProjection<String, Long> sums = rig.projections.run(rig.log, SUMS);
            Position next = rig.log.append(new Step("k1", 1));
            assertThat(traces.atLeast(next, SOON).require("k1").count()).isEqualTo(11);
            assertThat(sums.atLeast(next, SOON).require("k1")).isEqualTo(461);
            assertThat(sourcesOf(commits.next(SOON).orElseThrow()))
                    .containsExactlyInAnyOrder("traces", "sums");
        }
    }

    /** It has caught up some moments before it has joined. */
    private static int appendUntilCommitsAreShared(Rig rig, LiveProjection<String, Long> late) {
        int appended = 0;
        List<String> sources = List.of();
        Instant limit = Instant.now().plus(SOON);
        while (sources.size() < 2 && Instant.now().isBefore(limit)) {
            try (Subscription<Delivery<Commit>> commits = rig.timeline.commits().subscribe()) {
                late.atLeast(rig.log.append(new Step("k0", -2)), SOON);
                appended++;
                sources = sourcesOf(commits.next(SOON).orElseThrow());
            }
        }
        assertThat(sources).containsExactlyInAnyOrder("traces", "late");
        return appended;
    }

    private static <S> Optional<S> at(LiveProjection<String, S> projection, Pin pin) {
        return ((FoldedRelation<?, String, S, ?>) projection).findAt("a", pin.revision().number());
    }

    private static List<Step> steps(int count) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(new Step("k" + i % 10, i));
        }
        return steps;
    }

    private static List<String> sourcesOf(Delivery<Commit> delivery) {
        assertThat(delivery).isInstanceOf(Delivery.Item.class);
        return ((Delivery.Item<Commit>) delivery)
                .value().changes().stream().map(set -> set.source().name()).toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
