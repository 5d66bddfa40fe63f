package dev.orrery.projection;

import static dev.orrery.projection.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large batches folded by several threads, and several folders of one projection. */
class PartitionsTest {
    private static final int EVENTS = 20_000;
    private static final int KEYS = 700;

    @TempDir Path directory;

    private static List<Step> steps() {
        SplittableRandom random = new SplittableRandom(11);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            steps.add(new Step("key-" + random.nextInt(KEYS), i));
        }
        return steps;
    }

    private static Map<String, Trace> plainFold(List<Step> steps) {
        Map<String, Trace> states = new HashMap<>();
        steps.forEach(step ->
                states.merge(step.key(), Trace.NONE.then(step), (before, _) -> before.then(step)));
        return states;
    }

    @Test
    void aKeyIsFoldedByOneThreadAtATimeInTheOrderOfItsEvents() {
        Set<String> underWay = ConcurrentHashMap.newKeySet();
        AtomicInteger collisions = new AtomicInteger();
        Projection<Step, String, Trace> watched =
                Projection.of("watched", Step.class)
                        .key(String.class, Step::key)
                        .state(Trace.class, Trace.NONE)
                        .fold((trace, step) -> {
                            if (!underWay.add(step.key())) {
                                collisions.incrementAndGet();
                            }
                            Thread.onSpinWait();
                            underWay.remove(step.key());
                            return trace.then(step);
                        });
        List<Step> steps = steps();
        try (Rig rig = new Rig(directory, Projections.Options.DEFAULT)) {
            rig.log.appendAll(steps);
            LiveProjection<String, Trace> traces = rig.projections.run(rig.log, watched);
            traces.atLeast(rig.log.head(), SOON);
            assertThat(collisions.get()).isZero();
            assertThat(traces.statistics().lastBatch()).isGreaterThan(EVENTS / 2);
            plainFold(steps)
                    .forEach((key, state) -> assertThat(traces.require(key)).isEqualTo(state));
        }
    }

    /** A folder that sleeps while another one folds on counts nothing twice. */
    @Test
    void whoWasOvertakenInItsSleepStoresNothingAndGoesOnFromWhatIsStored() {
        CountDownLatch asleep = new CountDownLatch(1);
        CountDownLatch wake = new CountDownLatch(1);
        Projection<Step, String, Trace> sleepy =
                Projection.of("traces", Step.class)
                        .key(String.class, Step::key)
                        .state(Trace.class, Trace.NONE)
                        .fold((trace, step) -> {
                            if (step.value() == 500) {
                                asleep.countDown();
                                await(wake);
                            }
                            return trace.then(step);
                        });
        List<Step> steps = steps().subList(0, 1000);
        try (Rig rig = new Rig(directory, Projections.Options.DEFAULT)) {
            rig.log.appendAll(steps);
            LiveProjection<String, Trace> slow = rig.projections.run(rig.log, sleepy);
            await(asleep);
            try (Projections others =
                    new Projections(
                            Timeline.startingAt("elsewhere", new Revision(0)),
                            rig.database,
                            Thread.ofVirtual().factory(),
                            InstantSource.system())) {
                others.start();
                LiveProjection<String, Trace> quick = others.run(rig.log, Rig.TRACES);
                quick.atLeast(rig.log.head(), SOON);
                List<Step> more = List.of(new Step("key-1", 1), new Step("key-2", 2));
                quick.atLeast(rig.log.appendAll(more), SOON);
                wake.countDown();
                slow.atLeast(rig.log.head(), SOON);
                List<Step> all = new ArrayList<>(steps);
                all.addAll(more);
                plainFold(all)
                        .forEach((key, state) -> {
                            assertThat(slow.require(key)).isEqualTo(state);
                            assertThat(slow.read(key).version()).isEqualTo(state.count());
                            assertThat(quick.read(key).version()).isEqualTo(state.count());
                        });
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(SOON.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
