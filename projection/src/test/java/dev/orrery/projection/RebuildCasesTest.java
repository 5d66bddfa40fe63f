package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folding anew, and states written without an event. */
class RebuildCasesTest {
    private static final Projection<Step, String, Long> COUNTS =
            Projection.of("counts", Step.class)
                    .key(String.class, Step::key)
                    .state(Long.class, 0L)
                    .fold((count, _) -> count + 1);

    @TempDir Path directory;

    private static Projection<Step, String, Long> withoutKeys(int version) {
        return Projection.of("counting", Step.class)
                .keys(String.class, _ -> List.<String>of())
                .state(Long.class, 0L)
                .fold((total, step) -> total + step.value())
                .version(version);
    }

    @Test
    void rebuiltFromNothingNoStateRemainsAndWhoFollowsIsToldSo() { // R03, R04
        Cursor place;
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals =
                    rig.projections.run(rig.log, CasesTest.COUNTING.version(1));
            totals.atLeast(rig.log.append(new Step("a", 7)), SOON);
            assertThat(totals.require("a")).isEqualTo(7);
            place = totals.states("a").head();
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> none = rig.projections.run(rig.log, withoutKeys(2));
            Waits.until(() -> none.count() == 0);
            assertThat(none.find("a")).isEmpty();
            try (Subscription<Update<Long, Long>> states = none.states("a").subscribe(place)) {
                assertThat(states.next(SOON).orElseThrow())
                        .isEqualTo(new Update.Whole<>(new Cursor.Numbered(none.epoch(), 0), 0L));
            }
        }
    }

    @Test
    void aRebuildBeginsAnotherEpochAndTheServedPositionNeverGoesBack() { // R06, R07
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> counts = rig.projections.run(rig.log, COUNTS);
            counts.atLeast(rig.log.appendAll(steps(2_000)), SOON);
            String before = counts.epoch();
            AtomicReference<Throwable> wrong = new AtomicReference<>();
            Rebuild rebuild = counts.rebuild();
            Thread watcher =
                    Thread.startVirtualThread(() -> watchPositions(counts, rebuild, wrong));
            for (int i = 0; i < 50; i++) {
                counts.atLeast(rig.log.append(new Step("k1", 1)), SOON);
            }
            rebuild.await(SOON);
            Waits.join(watcher);
            assertThat(wrong.get()).isNull();
            assertThat(counts.epoch()).isNotEqualTo(before);
            counts.atLeast(rig.log.head(), SOON);
            assertThat(counts.require("k1")).isEqualTo(200 + 50);
            assertThat(counts.read("k1").version()).isEqualTo(200 + 50);
        }
    }

    private static void watchPositions(
            LiveProjection<String, Long> counts,
            Rebuild rebuild,
            AtomicReference<Throwable> wrong) {
        try {
            long last = 0;
            while (!rebuild.progress().done()) {
                Position now = counts.position();
                assertThat(now.number()).isGreaterThanOrEqualTo(last);
                last = now.number();
                LockSupport.parkNanos(100_000);
            }
        } catch (Throwable e) {
            wrong.set(e);
        }
    }

    private static List<Step> steps(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Step("k" + i % 10, i)).toList();
    }

    @Test
    void readersNeverSeeAbsenceNorAHalfFoldedStateWhileItIsFoldedAnew() { // R09
        neverLess(50_000);
    }

    @Tag("long")
    @Test
    void readersNeverSeeAbsenceNorAHalfFoldedStateInARebuildOfAMillion() { // R09
        neverLess(1_000_000);
    }

    private void neverLess(int events) {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> counts = rig.projections.run(rig.log, COUNTS);
            for (int i = 0; i < events; i += 10_000) {
                rig.log.appendAll(steps(10_000));
            }
            counts.atLeast(rig.log.head(), Duration.ofMinutes(5));
            Rebuild rebuild = counts.rebuild();
            long reads = 0;
            while (!rebuild.progress().done()) {
                for (int key = 0; key < 10; key++) {
                    assertThat(counts.find("k" + key)).contains(events / 10L);
                    reads++;
                }
                assertThat(counts.count()).isEqualTo(10);
                assertThat(rebuild.progress().failure()).isNull();
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
            rebuild.await(Duration.ZERO);
            assertThat(reads).isPositive();
            assertThat(counts.find("k0")).contains(events / 10L);
        }
    }

    // states written without an event: an edit is the next version

    @Test
    void aStateWrittenDirectlyIsReadBackAndTheLastOneHolds() { // D01, D02, D05
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> counts = rig.projections.run(rig.log, COUNTS);
            try (Subscription<Update<Long, Long>> states = counts.states("offload").subscribe()) {
                states.next(SOON);
                counts.edit("offload", 42L);
                assertThat(counts.require("offload")).isEqualTo(42);
                assertThat(states.next(SOON).orElseThrow())
                        .as("who follows is told, not left behind")
                        .isInstanceOf(Update.Whole.class);
                counts.edit("offload", 43L);
                assertThat(counts.require("offload")).isEqualTo(43);
            }
        }
        try (Rig rig = new Rig(directory)) {
            assertThat(rig.projections.run(rig.log, COUNTS).require("offload")).isEqualTo(43);
        }
    }

    @Test
    void whoWaitsForAStateGetsItWheneverItComes() { // D06
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> counts = rig.projections.run(rig.log, COUNTS);
            counts.edit("before", 1L);
            try (Subscription<Optional<Long>> watch = counts.watch("before")) {
                assertThat(watch.next(SOON).orElseThrow()).contains(1L);
            }
            try (Subscription<Optional<Long>> watch = counts.watch("later")) {
                assertThat(watch.next(SOON).orElseThrow()).isEmpty();
                Thread completing = Thread.startVirtualThread(() -> counts.edit("later", 2L));
                assertThat(watch.next(SOON).orElseThrow()).contains(2L);
                Waits.join(completing);
            }
            try (Subscription<Optional<Long>> watch = counts.watch("never")) {
                watch.next(SOON);
                assertThat(watch.next(Duration.ofMillis(1))).isEmpty();
            }
        }
    }

    @Test
    void tablesAreMadeOnceAndAKeyHasOneStateInEachProjection() { // M01, M03
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> counts = rig.projections.run(rig.log, COUNTS);
            LiveProjection<String, Long> other =
                    rig.projections.run(rig.log, COUNTS.named("others"));
            Position last = rig.log.append(new Step("same", 1));
            assertThat(counts.atLeast(last, SOON).require("same")).isEqualTo(1);
            assertThat(other.atLeast(last, SOON).require("same")).isEqualTo(1);
            assertThatThrownBy(() ->
                            rig.database.perform(session ->
                                    session.update(
                                            "INSERT INTO projection_states SELECT * FROM"
                                                    + " projection_states")))
                    .isInstanceOf(OrreryException.class);
        }
        try (Rig rig = new Rig(directory)) { // opened again: nothing is made anew
            assertThat(rig.projections.run(rig.log, COUNTS).require("same")).isEqualTo(1);
        }
    }
}
