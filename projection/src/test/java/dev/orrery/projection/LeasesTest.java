package dev.orrery.projection;

import static dev.orrery.projection.Nodes.LONG_LEASE;
import static dev.orrery.projection.Nodes.SHORT_LEASE;
import static dev.orrery.projection.Nodes.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Cursor;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.projection.Nodes.Node;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who folds a projection that several processes run over one PostgreSQL. // law P16 */
@Timeout(180) // seconds: a fault shows as a failure, not as a build that hangs
class LeasesTest {
    @TempDir Path directory;

    private Nodes nodes;

    @BeforeEach
    void open() {
        nodes = new Nodes(directory);
    }

    private static List<Step> steps(String key, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> new Step(key, i)).toList();
    }

    private static Trace plainFold(List<Step> steps) {
        Trace trace = Trace.NONE;
        for (Step step : steps) {
            trace = trace.then(step);
        }
        return trace;
    }

    @Test
    void oneFoldsAndTheOtherShowsTheSameUntilItTakesOverAtOnce() {
        List<Step> all = new ArrayList<>();
        try (Node second = second()) {
            for (int i = 0; i < 50; i++) {
                Step step = new Step("k", i);
                second.traces.atLeast(second.log.append(step), SOON);
                all.add(step);
                assertThat(second.traces.require("k")).isEqualTo(plainFold(all));
            }
            assertThat(second.folds).as("folded where another one does it").hasValue(0);
            assertThat(second.standsBy()).isTrue();
            first.close();
            Step last = new Step("k", 50);
            all.add(last);
            second.traces.atLeast(second.log.append(last), SOON);
            assertThat(second.traces.require("k")).isEqualTo(plainFold(all));
            assertThat(second.folds).as("what came after").hasValue(1);
            assertThat(second.isFolding()).isTrue();
        }
    }

    private Node first;

    /** One that stands by, beside {@link #first}, which folds. Leases outlast the test. */
    private Node second() {
        first = nodes.node(LONG_LEASE).folding();
        Node second = nodes.node(LONG_LEASE);
        Waits.until(second::standsBy);
        return second;
    }

    @Test
    void whoPausesForLongerThanItsLeaseIsRefusedAndStandsBy() {
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger pauses = new AtomicInteger();
        try (Node slow =
                nodes.node(
                        SHORT_LEASE,
                        step -> {
                            if (step.value() == 5 && pauses.getAndIncrement() == 0) {
                                paused.countDown();
                                Waits.await(go);
                            }
                        },
                        traces -> traces)) {
            slow.folding();
            slow.log.appendAll(steps("k", 1, 10));
            Waits.await(paused);
            try (Node other = nodes.node(SHORT_LEASE)) {
                other.traces.atLeast(other.log.append(new Step("k", 11)), SOON);
                assertThat(other.folds).hasValue(11);
                assertThat(slow.traces.find("k")).as("its batch is not stored").isEmpty();
                go.countDown();
                Waits.until(slow::standsBy);
                slow.traces.atLeast(slow.log.head(), SOON);
                assertThat(slow.traces.require("k")).isEqualTo(plainFold(steps("k", 1, 11)));
                assertThat(slow.traces.read("k").version()).isEqualTo(11);
                int before = slow.folds.get();
                slow.traces.atLeast(slow.log.append(new Step("k", 12)), SOON);
                assertThat(slow.folds).as("it stands by").hasValue(before);
                assertThat(other.traces.require("k")).isEqualTo(plainFold(steps("k", 1, 12)));
            }
            slow.traces.atLeast(slow.log.append(new Step("k", 13)), SOON);
            assertThat(slow.traces.require("k")).isEqualTo(plainFold(steps("k", 1, 13)));
            assertThat(slow.isFolding()).isTrue();
        }
    }

    /** A fold of many events takes longer than a lease, and goes on. */
    @Test
    void whoFoldsForLongerThanItsLeaseKeepsItAsLongAsItGoesOn() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        try (Node busy =
                        nodes.node(
                                        SHORT_LEASE,
                                        _ -> {
                                            begun.countDown();
                                            java.util.concurrent.locks.LockSupport.parkNanos(
                                                    10_000_000);
                                        },
                                        traces -> traces)
                                .folding();
                Node other = nodes.node(SHORT_LEASE)) {
            busy.log.appendAll(steps("k", 1, 300));
            other.traces.atLeast(other.log.head(), SOON);
            assertThat(other.traces.require("k")).isEqualTo(plainFold(steps("k", 1, 300)));
            assertThat(other.folds).hasValue(0);
            assertThat(busy.folds).hasValue(300);
        }
    }

    @Test
    void whoFollowsAKeyAtTheOneThatStandsByGetsEachChangeOnceAcrossATakeOver() {
        try (Node second = second()) {
            first.traces.atLeast(first.log.append(new Step("k", 0)), SOON);
            second.traces.atLeast(first.log.head(), SOON);
            try (Subscription<Update<Trace, Trace>> updates =
                    second.traces.states("k").subscribe()) {
                long version = versionOf(updates);
                assertThat(version).isEqualTo(1);
                for (int i = 1; i <= 60; i++) {
                    if (i == 30) {
                        first.close();
                    }
                    second.log.append(new Step("k", i));
                    if (i % 7 == 0) {
                        second.traces.atLeast(second.log.head(), SOON);
                    }
                }
                for (int i = 1; i <= 60; i++) {
                    Update<Trace, Trace> update = updates.next(SOON).orElseThrow();
                    assertThat(update)
                            .isEqualTo(
                                    new Update.Delta<>(
                                            new Cursor.Numbered(second.traces.epoch(), i + 1),
                                            plainFold(steps("k", 0, i))));
                }
                assertThat(updates.next(Duration.ZERO)).isEmpty();
            }
        }
    }

    private static long versionOf(Subscription<Update<Trace, Trace>> updates) {
        Update<Trace, Trace> whole = updates.next(SOON).orElseThrow();
        assertThat(whole).isInstanceOf(Update.Whole.class);
        return ((Cursor.Numbered) whole.cursor()).offset();
    }

    /** Each process shows all projections, also those of which another one folds some. */
    @Test
    void projectionsOfOneLogMayBeFoldedByDifferentProcesses() {
        try (Node first = nodes.node(LONG_LEASE).folding();
                Node second = nodes.node(LONG_LEASE)) {
            LiveProjection<String, Trace> more = second.projections.run(second.log, MORE);
            Waits.until(() -> more.status() instanceof ProjectionStatus.Following);
            LiveProjection<String, Trace> same = first.projections.run(first.log, MORE);
            for (int i = 0; i < 20; i++) {
                first.log.appendAll(steps("k", 10 * i, 10 * i + 9));
            }
            Trace expected = plainFold(steps("k", 0, 199));
            for (LiveProjection<String, Trace> each :
                    List.of(more, same, first.traces, second.traces)) {
                assertThat(each.atLeast(first.log.head(), SOON).require("k")).isEqualTo(expected);
            }
            assertThat(same.status()).isInstanceOf(ProjectionStatus.StandingBy.class);
            assertThat(second.standsBy()).isTrue();
            assertThat(second.folds).hasValue(0);
            assertThat(first.folds).hasValue(200);
        }
    }

    private static final Projection<Step, String, Trace> MORE =
            Projection.of("more", Step.class)
                    .key(String.class, Step::key)
                    .state(Trace.class, Trace.NONE)
                    .fold(Trace::then);

    /** A projection that stops here is folded by the other, who may fare better. */
    @Test
    void whatStopsInOneProcessIsTakenOverAtOnce() {
        try (Node failing =
                        nodes.node(
                                        LONG_LEASE,
                                        _ -> {
                                            throw new IllegalStateException("not here");
                                        },
                                        traces -> traces.onFault(_ -> Fault.stop()))
                                .folding();
                Node other = nodes.node(LONG_LEASE)) {
            Waits.until(other::standsBy);
            other.traces.atLeast(failing.log.append(new Step("k", 1)), SOON);
            assertThat(other.traces.require("k")).isEqualTo(plainFold(steps("k", 1, 1)));
            assertThat(failing.traces.status()).isInstanceOf(ProjectionStatus.Failed.class);
            assertThat(other.isFolding()).isTrue();
        }
    }
}
