package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Condition;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Update;
import dev.orrery.core.Versioned;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a projection does while most of its keys are not in memory. // laws P15, C65 */
class FewKeysInMemoryTest {
    private static final int KEYS = 100;
    private static final int IN_MEMORY = 8;
    private static final Projection<Step, String, Trace> FEW = Rig.TRACES.keysInMemory(IN_MEMORY);

    @TempDir Path directory;

    /** A step of each key, in order. */
    private static List<Step> round(int value) {
        return IntStream.range(0, KEYS).mapToObj(i -> new Step("k" + i, value)).toList();
    }

    private static Map<String, Trace> plainFold(List<Step> steps) {
        Map<String, Trace> states = new HashMap<>();
        steps.forEach(step ->
                states.merge(step.key(), Trace.NONE.then(step), (before, _) -> before.then(step)));
        return states;
    }

    private static Map<String, Trace> all(Versioned<String, Trace> versioned, long revision) {
        return versioned.selectAt(Condition.all(), revision).stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    // readers and writers at once

    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();

    private Thread reader(long seed, Consumer<SplittableRandom> look) {
        SplittableRandom random = new SplittableRandom(seed);
        return Thread.ofPlatform()
                .start(() -> { // which looks all the time, and would keep virtual ones from running
                    try {
                        while (!over.get()) {
                            look.accept(random);
                        }
                    } catch (Throwable thrown) {
                        broken.compareAndSet(null, thrown);
                        over.set(true);
                    }
                });
    }

    /**
     * Every event is of two keys, so their states are equal at each revision; readers compare them
     * while events are folded and everything is folded anew in between.
     */
    @Test
    void atEachRevisionReadersSeeTheSameOfBothKeysOfAnEvent() throws InterruptedException {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println("-Dorrery.seed=" + seed);
        Projection<Step, String, Trace> pairs =
                Projection.of("pairs", Step.class)
                        .keys(
                                String.class,
                                step -> List.of("left-" + step.key(), "right-" + step.key()))
                        .state(Trace.class, Trace.NONE)
                        .fold(Trace::then)
                        .keysInMemory(IN_MEMORY);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> live = rig.projections.run(rig.log, pairs);
            Versioned<String, Trace> versioned = Beyond.versioned(live);
            live.atLeast(rig.log.appendAll(round(0)), SOON);
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(
                        reader(
                                seed + i,
                                random -> {
                                    try (Pin pin = rig.timeline.pin()) {
                                        bothAreEqual(versioned, pin.revision().number(), random);
                                    }
                                }));
            }
            Map<String, Long> seen = new HashMap<>();
            readers.add(
                    reader(
                            seed + 3,
                            random -> {
                                String key = "left-k" + random.nextInt(KEYS);
                                long count = live.require(key).count();
                                assertThat(count)
                                        .isGreaterThanOrEqualTo(seen.getOrDefault(key, 1L));
                                seen.put(key, count);
                            }));
            SplittableRandom random = new SplittableRandom(seed - 1);
            List<Step> events = new ArrayList<>(round(0));
            for (int i = 0; i < 400 && !over.get(); i++) {
                List<Step> steps =
                        random.ints(1 + random.nextInt(5), 0, KEYS)
                                .mapToObj(key -> new Step("k" + key, random.nextInt(100)))
                                .toList();
                rig.log.appendAll(steps);
                events.addAll(steps);
                if (i % 100 == 50) {
                    live.rebuild().await(SOON);
                }
            }
            live.atLeast(rig.log.head(), SOON);
            over.set(true);
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(broken.get()).isNull();
            plainFold(events)
                    .forEach((key, state) -> {
                        assertThat(live.find("left-" + key)).contains(state);
                        assertThat(live.find("right-" + key)).contains(state);
                    });
        }
    }

    private static void bothAreEqual(
            Versioned<String, Trace> versioned, long revision, SplittableRandom random) {
        String key = "k" + random.nextInt(KEYS);
        assertThat(versioned.findAt("left-" + key, revision))
                .isPresent()
                .isEqualTo(versioned.findAt("right-" + key, revision));
        if (random.nextInt(10) == 0) {
            Map<String, Trace> all = all(versioned, revision);
            assertThat(all).hasSize(2 * KEYS);
            all.forEach((each, state) ->
                    assertThat(state).isEqualTo(all.get(each.replace("left", "right"))));
        }
    }

    // one thing after the other

    /** A state that lets something happen while one is being decoded. */
    record Slow(int value) {
        private static final AtomicReference<Runnable> MEANWHILE = new AtomicReference<>(() -> {});

        Slow {
            MEANWHILE.get().run();
        }
    }

    /** A step brings its keys to memory before it is stored: what is stored may be ahead of it. */
    @Test
    void whatWasBroughtToMemoryWhileAReaderReadTheStoreIsWhatItFinds() {
        Projection<Step, String, Slow> slow =
                Projection.of("slow", Step.class)
                        .key(String.class, Step::key)
                        .state(Slow.class, new Slow(0))
                        .fold((_, step) -> new Slow(step.value()));
        try (Rig rig = new Rig(directory)) {
            rig.projections.run(rig.log, slow).atLeast(rig.log.append(new Step("k", 2)), SOON);
            String log = rig.log.start().log();
            FoldTables.Opened opened = FoldTables.open(rig.database, null, "slow", log, 1);
            Epoch<String, Slow> epoch =
                    new Epoch<>(
                            opened.served(),
                            opened.tables().of(opened.served()),
                            log,
                            dev.orrery.core.Codec.of(String.class),
                            dev.orrery.core.Codec.of(Slow.class),
                            0,
                            false);
            epoch.load();
            assertThat(epoch.held("k").state()).isEqualTo(new Slow(2));
            Held<Slow> before = new Held<>(new Slow(1), 1, 1, 0);
            Slow.MEANWHILE.set(() -> epoch.hold("k", before));
            assertThat(epoch.held("k")).isSameAs(before);
        } finally {
            Slow.MEANWHILE.set(() -> {});
        }
    }

    @Test
    void whoFollowsAKeyThatIsNotInMemoryMissesNothing() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, FEW);
            traces.atLeast(rig.log.appendAll(round(1)), SOON);
            Cursor first = traces.states("k0").head();
            traces.atLeast(rig.log.appendAll(round(2)), SOON);
            traces.atLeast(rig.log.appendAll(round(3)), SOON);
            try (Subscription<Update<Trace, Trace>> missed = traces.states("k0").subscribe(first)) {
                assertThat(missed.next(SOON).orElseThrow()).isInstanceOf(Update.Delta.class);
                assertThat(missed.next(SOON).orElseThrow())
                        .isEqualTo(
                                new Update.Delta<>(
                                        new Cursor.Numbered(traces.epoch(), 3),
                                        traces.require("k0")));
                assertThat(missed.next(Duration.ZERO)).isEmpty();
            }
            assertThat(traces.read("k50").version()).isEqualTo(3);
            assertThat(traces.read("k50").position().number()).isEqualTo(2 * KEYS + 51);
        }
    }

    @Test
    void whatIsFoldedInlineReadsTheKeysOfAnAppendWithinItsTransaction() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.runInline(rig.log, FEW);
            List<Step> events = new ArrayList<>();
            for (int value = 0; value < 5; value++) {
                for (Step step : round(value)) {
                    rig.log.append(step);
                    events.add(step);
                }
            }
            assertThat(Beyond.keysInMemory(traces)).isLessThanOrEqualTo(IN_MEMORY);
            assertThat(all(Beyond.versioned(traces), rig.timeline.published()))
                    .isEqualTo(plainFold(events));
        }
    }

    @Test
    void anAppendThatIsRefusedLeavesWhatReadersSee() {
        Projection<Step, String, Trace> strict =
                Projection.of("strict", Step.class)
                        .key(String.class, Step::key)
                        .state(Trace.class, Trace.NONE)
                        .fold((trace, step) -> {
                            if (step.value() < 0) {
                                throw new IllegalStateException("negative");
                            }
                            return trace.then(step);
                        })
                        .onFault(_ -> Fault.stop())
                        .keysInMemory(IN_MEMORY);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.runInline(rig.log, strict);
            rig.log.appendAll(round(1));
            for (int i = 0; i < KEYS; i++) {
                List<Step> refused = List.of(new Step("k" + i, 2), new Step("k" + i, -1));
                assertThatThrownBy(() -> rig.log.appendAll(refused))
                        .isInstanceOf(dev.orrery.core.OrreryException.UserFailure.class);
            }
            rig.log.appendAll(round(3));
            List<Step> events = new ArrayList<>(round(1));
            events.addAll(round(3));
            assertThat(all(Beyond.versioned(traces), rig.timeline.published()))
                    .isEqualTo(plainFold(events));
            assertThat(Beyond.keysInMemory(traces)).isLessThanOrEqualTo(IN_MEMORY);
        }
    }

    /** What a key had before is gone from memory and overwritten in the store: it stops instead. */
    @Test
    void whoIsOvertakenWithinItsProcessStopsWhereItDoesNotKnowWhatWasBefore() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> slow = rig.projections.run(rig.log, FEW);
            slow.atLeast(rig.log.appendAll(round(1)), SOON);
            try (Projections others =
                    new Projections(
                            Timeline.startingAt("elsewhere", new Revision(0)),
                            rig.database,
                            Thread.ofVirtual().factory(),
                            InstantSource.system())) {
                others.start();
                LiveProjection<String, Trace> quick = others.run(rig.log, Rig.TRACES);
                quick.edit("k0", Trace.NONE.then(new Step("k0", 99)));
                quick.edit("k50", Trace.NONE.then(new Step("k50", 99)));
                quick.edit("k99", Trace.NONE.then(new Step("k99", 99)));
                rig.log.append(new Step("k1", 2));
                assertThatThrownBy(() -> slow.atLeast(rig.log.head(), SOON))
                        .isInstanceOf(Unavailable.class)
                        .hasCauseInstanceOf(Conflict.class);
            }
        }
    }

    /** An edit moves no position, so that of the removal is the newest of the key. */
    @Test
    void aKeyThatWasRemovedAndEditedIsNotForgotten() {
        Projection<Step, String, Trace> removing =
                Projection.of("removing", Step.class)
                        .key(String.class, Step::key)
                        .state(Trace.class, Trace.NONE)
                        .fold(Trace::then)
                        .removeWhen(trace -> trace.last().contains(0))
                        .keysInMemory(IN_MEMORY);
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, removing);
            rig.log.appendAll(List.of(new Step("x", 1), new Step("y", 1), new Step("x", 0)));
            traces.atLeast(rig.log.appendAll(List.of(new Step("y", 0))), SOON);
            Trace edited = new Trace(5, 5, List.of());
            traces.edit("x", edited);
            List<Step> many =
                    IntStream.range(0, 50_000).mapToObj(i -> new Step("k" + i % KEYS, 1)).toList();
            for (long events = 0; events <= Remembrance.EVENTS; events += many.size()) {
                traces.atLeast(rig.log.appendAll(many), SOON);
            }
            traces.atLeast(rig.log.append(new Step("k1", 1)), SOON);
            assertThat(traces.find("x")).contains(edited);
            assertThat(rowsOf(rig)).as("y is forgotten").isEqualTo(KEYS + 1);
        }
    }

    private static long rowsOf(Rig rig) {
        return rig.database.read(session ->
                session.find("SELECT count(*) FROM projection_states", row -> row.integer(1))
                        .orElseThrow());
    }

    record Before(long count, @Nullable Boolean even) {}

    record After(long count, boolean even) {}

    /** Of the states of another version those that decode are served until others are. */
    @Test
    void ofStatesThatStandStillThoseThatDecodeAreRead() {
        Projection<Step, String, Before> before =
                Projection.of("names", Step.class)
                        .key(String.class, Step::key)
                        .state(Before.class, new Before(0, null))
                        .fold((state, step) ->
                                new Before(state.count() + 1, step.value() % 2 == 0 ? true : null));
        CountDownLatch gate = new CountDownLatch(1);
        Projection<Step, String, After> after =
                Projection.of("names", Step.class)
                        .key(String.class, Step::key)
                        .state(After.class, new After(0, false))
                        .fold((state, step) -> {
                            awaitUninterruptibly(gate);
                            return new After(state.count() + 1, false);
                        })
                        .version(2)
                        .keysInMemory(IN_MEMORY);
        List<Step> steps = IntStream.range(0, KEYS).mapToObj(i -> new Step("k" + i, i)).toList();
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Before> names = rig.projections.run(rig.log, before);
            names.atLeast(rig.log.appendAll(steps), SOON);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, After> names = rig.projections.run(rig.log, after);
            try (Pin pin = rig.timeline.pin()) {
                assertThat(names.count()).isEqualTo(KEYS / 2);
                for (int i = 0; i < KEYS; i++) {
                    assertThat(names.find("k" + i).isPresent()).isEqualTo(i % 2 == 0);
                }
                gate.countDown();
                names.rebuilding().orElseThrow().await(SOON);
                for (int i = 0; i < KEYS; i++) {
                    assertThat(names.find("k" + i)).contains(new After(1, false));
                    assertThat(
                                    Beyond.versioned(names)
                                            .findAt("k" + i, pin.revision().number())
                                            .map(After::even))
                            .isEqualTo(i % 2 == 0 ? Optional.of(true) : Optional.empty());
                }
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
