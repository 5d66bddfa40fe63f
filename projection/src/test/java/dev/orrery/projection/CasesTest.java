package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.log.NewEvent;
import dev.orrery.log.Position;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.testkit.Seeded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A counter: an event carries a number, the state is their total, a difference the new total. */
class CasesTest {
    static final DeltaProjection<Step, String, Long, Long> COUNTING =
            Projection.of("counting", Step.class)
                    .key(String.class, Step::key)
                    .state(Long.class, 0L)
                    .fold((total, step) -> total + step.value())
                    .delta(Long.class, (before, after, step) -> after);

    @TempDir Path directory;

    private static List<Step> each(String key, Integer... values) {
        return java.util.Arrays.stream(values).map(value -> new Step(key, value)).toList();
    }

    /** Follows a key, the whole already taken. */
    private static Subscription<Update<Long, Long>> follow(
            LiveDeltaProjection<String, Long, Long> totals, String key) {
        Subscription<Update<Long, Long>> updates = totals.deltas(key).subscribe();
        assertThat(updates.next(SOON).orElseThrow()).isInstanceOf(Update.Whole.class);
        return updates;
    }

    private static List<Long> deltas(int count, Subscription<Update<Long, Long>> updates) {
        List<Long> found = new ArrayList<>();
        while (found.size() < count) {
            switch (updates.next(SOON).orElseThrow()) {
                case Update.Delta(var _, Long change) -> found.add(change);
                case Update.Whole<?, ?> whole -> throw new AssertionError(whole);
            }
        }
        return found;
    }

    @Test
    void totalsAndVersionsFollowTheEvents() { // P01, P02, P03, P05, P07
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            totals.atLeast(rig.log.append(new Step("a", 5)), SOON);
            assertThat(totals.read("a").state()).isEqualTo(5);
            assertThat(totals.read("a").version()).isEqualTo(1);
            totals.atLeast(rig.log.append(new Step("a", 3)), SOON);
            assertThat(totals.read("a").state()).isEqualTo(8);
            assertThat(totals.read("a").version()).isEqualTo(2);
            rig.log.append(new Step("k-7", 7));
            totals.atLeast(rig.log.append(new Step("k-9", 9)), SOON);
            assertThat(totals.find("k-7")).contains(7L);
            assertThat(totals.find("k-9")).contains(9L);
            totals.atLeast(rig.log.appendAll(each("five", 1, 1, 1, 1, 1)), SOON);
            assertThat(totals.read("five").version()).isEqualTo(5);
        }
    }

    @Test
    void whatIsAbsentIsNothingAndWhatMustBeThereIsMissingByName() { // P04, P06, D03
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            assertThat(totals.find("absent")).isEmpty();
            assertThatThrownBy(() -> totals.require("absent"))
                    .isInstanceOfSatisfying(
                            Missing.class,
                            missing -> {
                                assertThat(missing.source()).isEqualTo("counting");
                                assertThat(missing.key()).isEqualTo("absent");
                            });
            assertThat(totals.count()).isZero();
        }
    }

    @Test
    void aKeyWhoseFoldIsUnderWayAgainDoesNotKeepTheOthers() { // P09
        CountDownLatch go = new CountDownLatch(1);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals =
                    rig.projections.run(
                            rig.log,
                            COUNTING.onFault(_ -> Fault.retryIn(Duration.ofDays(1))).named("one"));
            Projection<Step, String, Long> slow =
                    Projection.of("slow", Step.class)
                            .key(String.class, Step::key)
                            .state(Long.class, 0L)
                            .fold((total, step) -> {
                                if (step.key().equals("stuck") && go.getCount() > 0) {
                                    throw new IllegalStateException("not yet");
                                }
                                return total + step.value();
                            })
                            .onFault(_ -> Fault.retryIn(Duration.ofDays(1)));
            LiveProjection<String, Long> other = rig.projections.run(rig.log, slow);
            Position last =
                    rig.log.appendAll(
                            List.of(new Step("stuck", 1), new Step("b", 2), new Step("c", 3)));
            other.atLeast(last, SOON);
            assertThat(other.find("b")).contains(2L);
            assertThat(other.find("c")).contains(3L);
            assertThat(other.find("stuck")).isEmpty();
            assertThat(totals.atLeast(last, SOON).find("stuck")).contains(1L);
            go.countDown();
            other.retry("stuck");
            assertThat(other.find("stuck")).contains(1L);
        }
    }

    @Test
    void whatTwentyThreadsAppendAtOnceIsCountedByKeyAndEachKeyIsOneRow() { // P10
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            List<Thread> threads =
                    IntStream.range(0, 20)
                            .mapToObj(i ->
                                    Thread.startVirtualThread(
                                            () -> rig.log.append(new Step("k" + i % 5, 1))))
                            .toList();
            threads.forEach(Waits::join);
            totals.atLeast(rig.log.head(), SOON);
            assertThat(totals.keys()).containsExactly("k0", "k1", "k2", "k3", "k4");
            assertThat(totals.list()).containsOnly(4L);
            assertThat(
                            rig.database.<Long, RuntimeException>read(session ->
                                    session.find(
                                                    "SELECT count(*) FROM projection_states",
                                                    row -> row.integer(1))
                                            .orElseThrow()))
                    .isEqualTo(5);
        }
    }

    @Test
    void anyListOfNumbersIsItsSumAndItsRebuildIsTheSame() { // P12, R01, R02, R11
        Seeded.runs(
                32,
                random -> {
                    List<Step> steps = new ArrayList<>();
                    for (int i = random.below(50); i > 0; i--) {
                        steps.add(new Step("k" + random.below(2), random.below(100) - 50));
                    }
                    Path fresh = directory.resolve("run-" + random.seed());
                    try (Rig rig = new Rig(fresh)) {
                        LiveProjection<String, Long> totals =
                                rig.projections.run(rig.log, COUNTING);
                        LiveProjection<String, Trace> traces = rig.traces();
                        Position last = rig.log.appendAll(steps);
                        isFoldOf(steps, totals.atLeast(last, SOON), traces.atLeast(last, SOON));
                        totals.rebuild().await(SOON);
                        traces.rebuild().await(SOON);
                        isFoldOf(steps, totals.atLeast(last, SOON), traces.atLeast(last, SOON));
                    }
                });
    }

    /** The traces show the order as well; a sum would not. */
    private static void isFoldOf(
            List<Step> steps,
            LiveProjection<String, Long> totals,
            LiveProjection<String, Trace> traces) {
        assertThat(totals.count()).isEqualTo(steps.stream().map(Step::key).distinct().count());
        for (String key : List.of("k0", "k1")) {
            List<Step> own = steps.stream().filter(step -> step.key().equals(key)).toList();
            Trace plain = Trace.NONE;
            for (Step step : own) {
                plain = plain.then(step);
            }
            assertThat(totals.find(key).orElse(0L))
                    .isEqualTo(own.stream().mapToLong(Step::value).sum());
            assertThat(traces.find(key).orElse(Trace.NONE)).isEqualTo(plain);
        }
    }

    @Test
    void fiveEventsAreFiveDifferencesForWhoFollows() { // P14, P15, P20
        try (Rig rig = new Rig(directory)) {
            LiveDeltaProjection<String, Long, Long> totals = rig.projections.run(rig.log, COUNTING);
            totals.atLeast(rig.log.append(new Step("unfollowed", 1)), SOON);
            try (var updates = follow(totals, "test.test-key")) {
                Position last = rig.log.appendAll(each("test.test-key", 1, 2, 3, 4, 5));
                assertThat(deltas(5, updates)).containsExactly(1L, 3L, 6L, 10L, 15L);
                assertThat(totals.atLeast(last, SOON).find("test.test-key")).contains(15L);
                assertThat(updates.next(Duration.ZERO)).isEmpty();
            }
        }
        try (Rig rig = new Rig(directory)) {
            assertThat(rig.projections.run(rig.log, COUNTING).find("unfollowed")).contains(1L);
        }
    }

    sealed interface Reservation {
        String kind();

        record Held(String kind) implements Reservation {}

        record Committed(String kind) implements Reservation {}

        record Released(String kind) implements Reservation {}
    }

    record Units(int held, int committed, int released) {}

    @Test
    void aSealedFamilyOfEventsIsCountedByItsKinds() { // P16
        try (Rig rig = new Rig(directory)) {
            var reservations =
                    new dev.orrery.log.EventLogs(
                                    rig.database,
                                    java.time.InstantSource.system(),
                                    new java.util.SplittableRandom(3))
                            .open("reservations", Reservation.class);
            LiveProjection<String, Units> units =
                    rig.projections.run(
                            reservations,
                            Projection.of("units", Reservation.class)
                                    .key(String.class, Reservation::kind)
                                    .state(Units.class, new Units(0, 0, 0))
                                    .fold((sum, event) ->
                                            switch (event) {
                                                case Reservation.Held _ ->
                                                        new Units(
                                                                sum.held() + 1,
                                                                sum.committed(),
                                                                sum.released());
                                                case Reservation.Committed _ ->
                                                        new Units(
                                                                sum.held(),
                                                                sum.committed() + 1,
                                                                sum.released());
                                                case Reservation.Released _ ->
                                                        new Units(
                                                                sum.held(),
                                                                sum.committed(),
                                                                sum.released() + 1);
                                            }));
            String kind = "inventory.unit";
            try (var updates = units.states(kind).subscribe()) {
                assertThat(updates.next(SOON).orElseThrow()).isInstanceOf(Update.Whole.class);
                reservations.appendAll(
                        List.of(
                                new Reservation.Held(kind),
                                new Reservation.Held(kind),
                                new Reservation.Committed(kind),
                                new Reservation.Held(kind),
                                new Reservation.Released(kind)));
                for (int frame = 1; frame <= 5; frame++) {
                    assertThat(updates.next(SOON).orElseThrow()).isInstanceOf(Update.Delta.class);
                }
                assertThat(updates.next(Duration.ZERO)).isEmpty();
            }
            assertThat(units.require(kind)).isEqualTo(new Units(3, 1, 1));
        }
    }

    @Test
    void manyEventsOnOneKeyAreRightInStateAndVersionAfterARestartToo() { // P19
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            for (int i = 0; i < 150; i++) {
                rig.log.append(new Step("a", 1));
            }
            totals.atLeast(rig.log.head(), SOON);
            assertThat(totals.read("a").state()).isEqualTo(150);
        }
        try (Rig rig = new Rig(directory)) {
            Reading<Long> read = rig.projections.run(rig.log, COUNTING).read("a");
            assertThat(read.state()).isEqualTo(150);
            assertThat(read.version()).isEqualTo(150);
        }
    }

    @Test
    void howeverEventsAreAppendedEachCountsOnceAndARepeatedIdNotAgain() { // P21, X01
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            rig.log.append(new Step("a", 2));
            rig.log.append(NewEvent.of(new Step("a", 3)).withId("payment"));
            rig.log.append(NewEvent.of(new Step("a", 3)).withId("payment"));
            totals.atLeast(rig.log.append(new Step("b", 1)), SOON);
            assertThat(totals.read("a").state()).isEqualTo(5);
            assertThat(totals.read("a").version()).isEqualTo(2);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            rig.log.append(NewEvent.of(new Step("a", 3)).withId("payment"));
            totals.atLeast(rig.log.append(new Step("b", 1)), SOON);
            assertThat(totals.read("a").state()).isEqualTo(5);
        }
    }

    @Test
    void aFoldThatThrowsIsReportedTellsNothingAndLeavesTheNextToThePolicy() { // P23
        try (Rig rig = new Rig(directory)) {
            DeltaProjection<Step, String, Long, Long> unlucky =
                    Projection.of("unlucky", Step.class)
                            .key(String.class, Step::key)
                            .state(Long.class, 0L)
                            .fold((total, step) -> {
                                if (step.value() == 13) {
                                    throw new IllegalStateException("thirteen");
                                }
                                return total + step.value();
                            })
                            .delta(Long.class, (before, after, step) -> after);
            LiveDeltaProjection<String, Long, Long> parking =
                    rig.projections.run(rig.log, unlucky.onFault(_ -> Fault.park()));
            LiveDeltaProjection<String, Long, Long> skipping =
                    rig.projections.run(
                            rig.log, unlucky.onFault(_ -> Fault.skip()).named("skipping"));
            try (var parked = follow(parking, "a");
                    var skipped = follow(skipping, "a")) {
                Position last = rig.log.appendAll(each("a", 1, 13, 2));
                parking.atLeast(last, SOON);
                assertThat(deltas(1, parked)).containsExactly(1L);
                assertThat(parked.next(Duration.ZERO)).isEmpty();
                assertThat(parking.parked())
                        .singleElement()
                        .satisfies(one -> {
                            assertThat(one.cause()).contains("thirteen");
                            assertThat(one.events()).isEqualTo(2);
                        });
                assertThat(parking.require("a")).isEqualTo(1);
                assertThat(deltas(2, skipped)).containsExactly(1L, 3L);
                assertThat(skipping.atLeast(last, SOON).require("a")).isEqualTo(3);
            }
        }
    }

    @Test
    void keysOfAnyTextAreReadBack() { // P26, M02
        List<String> keys = List.of("tenant-7:warehouse-a", "Ωμέγα/日本:🜨 %2F", "x".repeat(200), "");
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            keys.forEach(key -> rig.log.append(new Step(key, 1)));
            totals.atLeast(rig.log.head(), SOON);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            assertThat(totals.keys()).containsExactlyInAnyOrderElementsOf(keys);
            keys.forEach(key ->
                    assertThat(totals.read(key))
                            .isEqualTo(
                                    new Reading<>(
                                            1L,
                                            totals.epoch(),
                                            1,
                                            new Position(
                                                    rig.log.head().log(), keys.indexOf(key) + 1L),
                                            Duration.ZERO)));
        }
    }

    @Test
    void runningADefinitionTwiceIsRefusedAndCountsNothingTwice() { // P28
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> totals = rig.projections.run(rig.log, COUNTING);
            assertThatThrownBy(() -> rig.projections.run(rig.log, COUNTING))
                    .isInstanceOf(BadDefinition.class);
            totals.atLeast(rig.log.append(new Step("a", 1)), SOON);
            assertThat(totals.read("a").state()).isEqualTo(1);
            assertThat(totals.read("a").version()).isEqualTo(1);
        }
    }

    @Test
    void aBatchIsOneWriteForEachKeyOneCommitAndStillADifferenceForEachEvent() { // X11
        try (Rig rig = new Rig(directory)) {
            LiveDeltaProjection<String, Long, Long> totals = rig.projections.run(rig.log, COUNTING);
            totals.atLeast(rig.log.append(new Step("k0", 0)), SOON);
            rig.database.perform(session -> {
                session.update("CREATE TABLE writes (key_bytes BLOB)");
                for (String kind : List.of("INSERT", "UPDATE")) {
                    session.update(
                            "CREATE TRIGGER counted_"
                                    + kind
                                    + " AFTER "
                                    + kind
                                    + " ON projection_states BEGIN INSERT INTO writes VALUES"
                                    + " (new.key_bytes); END");
                }
            });
            long revision = rig.timeline.revision().now().number();
            try (var updates = follow(totals, "k3")) {
                Position last =
                        rig.log.appendAll(
                                IntStream.range(0, 1000)
                                        .mapToObj(i -> new Step("k" + i % 10, 1))
                                        .toList());
                totals.atLeast(last, SOON);
                assertThat(deltas(100, updates)).endsWith(98L, 99L, 100L);
            }
            assertThat(rig.timeline.revision().now().number()).isEqualTo(revision + 1);
            List<Long> writes =
                    rig.database.read(session ->
                            session.query(
                                    "SELECT count(*) FROM writes GROUP BY key_bytes",
                                    row -> row.integer(1)));
            assertThat(writes).hasSize(10).containsOnly(1L);
        }
    }

    @Test
    void aPausedFoldLagsByWhatWaitsAndTheAgeOfTheOldest() { // X13
        CountDownLatch go = new CountDownLatch(1);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Long> paused =
                    rig.projections.run(
                            rig.log,
                            Projection.of("paused", Step.class)
                                    .key(String.class, Step::key)
                                    .state(Long.class, 0L)
                                    .fold((total, step) -> {
                                        Waits.await(go);
                                        return total + step.value();
                                    }));
            assertThat(paused.lag()).isEqualTo(new Lag(0, Duration.ZERO));
            rig.log.append(new Step("a", 1));
            java.time.Instant oldest = rig.log.read(rig.log.start(), 1).getFirst().time();
            rig.log.appendAll(
                    IntStream.range(1, 5000).mapToObj(i -> new Step("k" + i % 9, 1)).toList());
            Lag lag = paused.lag();
            assertThat(lag.events()).isEqualTo(5000);
            assertThat(lag.age())
                    .isPositive()
                    .isLessThanOrEqualTo(Duration.between(oldest, java.time.Instant.now()));
            go.countDown();
            assertThat(paused.atLeast(rig.log.head(), SOON).lag())
                    .isEqualTo(new Lag(0, Duration.ZERO));
        }
    }
}
