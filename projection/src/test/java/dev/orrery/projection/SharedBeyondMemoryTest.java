package dev.orrery.projection;

import static dev.orrery.projection.Nodes.LONG_LEASE;
import static dev.orrery.projection.Nodes.SHORT_LEASE;
import static dev.orrery.projection.Nodes.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Condition;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Pin;
import dev.orrery.core.Versioned;
import dev.orrery.projection.Nodes.Node;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Projections whose keys are mostly not in memory, of which several processes show the same. //
 * laws P15, P16, C65
 */
@Timeout(180) // seconds: a fault shows as a failure, not as a build that hangs
class SharedBeyondMemoryTest {
    private static final int KEYS = 100;
    private static final int IN_MEMORY = 8;

    @TempDir Path directory;

    private Nodes nodes;

    @BeforeEach
    void open() {
        nodes = new Nodes(directory);
    }

    private Node node(Duration lease) {
        return node(lease, _ -> {});
    }

    private Node node(Duration lease, Consumer<Step> beforeEach) {
        return nodes.node(lease, beforeEach, traces -> traces.keysInMemory(IN_MEMORY));
    }

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

    private static Map<String, Trace> all(Node node, long revision) {
        Versioned<String, Trace> versioned = Beyond.versioned(node.traces);
        return versioned.selectAt(Condition.all(), revision).stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Map<String, Trace> allNow(Node node) {
        try (Pin now = node.timeline.pin()) {
            return all(node, now.revision().number());
        }
    }

    private static void keepsFew(Node node) {
        assertThat(Beyond.keysInMemory(node.traces)).isLessThanOrEqualTo(IN_MEMORY);
    }

    @Test
    void neitherTheOneThatFoldsNorTheOtherKeepsMoreThanTheDefinitionSays() {
        List<Step> events = new ArrayList<>();
        try (Node holder = node(LONG_LEASE).folding();
                Node other = node(LONG_LEASE)) {
            for (int value = 0; value < 5; value++) {
                holder.log.appendAll(round(value));
                events.addAll(round(value));
                for (Node node : List.of(holder, other)) {
                    node.traces.atLeast(holder.log.head(), SOON);
                    assertThat(allNow(node)).isEqualTo(plainFold(events));
                    for (int i = 0; i < KEYS; i++) {
                        assertThat(node.traces.require("k" + i).count()).isEqualTo(value + 1);
                    }
                    keepsFew(node);
                }
            }
            assertThat(other.folds).hasValue(0);
            other.traces.edit("k7", Trace.NONE);
            other.traces.rebuild().await(SOON);
            Waits.until(() -> holder.traces.epoch().equals(other.traces.epoch()));
            for (Node node : List.of(holder, other)) {
                assertThat(allNow(node)).isEqualTo(plainFold(events));
                keepsFew(node);
            }
        }
    }

    /** Whoever opens while others fold sees one moment too. */
    @Test
    void whoPinsAMomentSeesItWhateverIsStoredElsewhere() {
        try (Node holder = node(LONG_LEASE).folding()) {
            holder.traces.atLeast(holder.log.appendAll(round(0)), SOON);
            try (Node other = node(LONG_LEASE);
                    Pin here = holder.timeline.pin();
                    Pin there = other.timeline.pin()) {
                for (int value = 1; value < 4; value++) {
                    holder.traces.atLeast(holder.log.appendAll(round(value)), SOON);
                    other.traces.atLeast(holder.log.head(), SOON);
                    other.traces.edit("k" + value, Trace.NONE);
                    Waits.until(() -> seesEdit(holder));
                    assertThat(all(holder, here.revision().number()))
                            .isEqualTo(plainFold(round(0)));
                    assertThat(all(other, there.revision().number()))
                            .isEqualTo(plainFold(round(0)));
                }
            }
        }
    }

    private static boolean seesEdit(Node node) {
        return IntStream.range(0, KEYS)
                .anyMatch(i -> node.traces.require("k" + i).equals(Trace.NONE));
    }

    // readers and writers at once

    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();

    private Thread reader(Node node, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Versioned<String, Trace> versioned = Beyond.versioned(node.traces);
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        while (!over.get()) {
                            try (Pin pin = node.timeline.pin()) {
                                bothAreEqual(versioned, pin.revision().number(), random);
                            }
                        }
                    } catch (Throwable thrown) {
                        broken.compareAndSet(null, thrown);
                        over.set(true);
                    }
                });
    }

    private static void bothAreEqual(
            Versioned<String, Trace> versioned, long revision, SplittableRandom random) {
        String key = "k" + random.nextInt(KEYS);
        assertThat(versioned.findAt("left-" + key, revision))
                .isPresent()
                .isEqualTo(versioned.findAt("right-" + key, revision));
    }

    /**
     * Every event is of two keys, so their states are equal at each revision, in each process;
     * which of them folds changes all the time, and everything is folded anew in between.
     */
    @Test
    void atEachRevisionReadersOfAnyProcessSeeTheSameOfBothKeysOfAnEvent()
            throws InterruptedException {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println("-Dorrery.seed=" + seed);
        Nodes.Definition pairs =
                _ ->
                        Projection.of("pairs", Step.class)
                                .keys(
                                        String.class,
                                        step ->
                                                List.of(
                                                        "left-" + step.key(),
                                                        "right-" + step.key()))
                                .state(Trace.class, Trace.NONE)
                                .fold(Trace::then)
                                .keysInMemory(IN_MEMORY);
        SplittableRandom random = new SplittableRandom(seed);
        List<Step> events = new ArrayList<>(round(0));
        try (Node still = nodes.node(LONG_LEASE, _ -> {}, pairs)) {
            still.traces.atLeast(still.log.appendAll(round(0)), SOON);
            for (int life = 0; life < 6 && !over.get(); life++) {
                over.set(false);
                List<Thread> readers = new ArrayList<>();
                try (Node other = nodes.node(LONG_LEASE, _ -> {}, pairs)) {
                    readers.add(reader(still, random.nextLong()));
                    readers.add(reader(other, random.nextLong()));
                    for (int i = 0; i < 60 && !over.get(); i++) {
                        List<Step> steps =
                                random.ints(1 + random.nextInt(5), 0, KEYS)
                                        .mapToObj(key -> new Step("k" + key, random.nextInt(100)))
                                        .toList();
                        still.log.appendAll(steps);
                        events.addAll(steps);
                        if (i == 30) {
                            other.traces.rebuild().await(SOON); // from then on it folds
                        }
                    }
                    other.traces.atLeast(other.log.head(), SOON);
                    still.traces.atLeast(other.log.head(), SOON);
                    over.set(true);
                    for (Thread reader : readers) {
                        reader.join();
                    }
                    assertThat(broken.get()).isNull();
                    plainFold(events)
                            .forEach((key, state) -> {
                                assertThat(other.traces.find("left-" + key)).contains(state);
                                assertThat(still.traces.find("right-" + key)).contains(state);
                            });
                }
                over.set(false);
            }
        }
    }

    @Test
    void whoLostItsLeaseShowsWhatTheOtherStored() {
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean pausing = new AtomicBoolean();
        List<Step> events = new ArrayList<>(round(0));
        try (Node slow =
                node(
                                SHORT_LEASE,
                                _ -> {
                                    if (pausing.getAndSet(false)) {
                                        paused.countDown();
                                        Waits.await(go);
                                    }
                                })
                        .folding()) {
            slow.traces.atLeast(slow.log.appendAll(round(0)), SOON);
            pausing.set(true);
            slow.log.appendAll(round(1));
            events.addAll(round(1));
            Waits.await(paused);
            try (Node other = node(SHORT_LEASE);
                    Pin pin = slow.timeline.pin()) {
                other.log.appendAll(round(2));
                events.addAll(round(2));
                other.traces.atLeast(other.log.head(), SOON);
                assertThat(allNow(slow))
                        .as("what it shows is of one moment while another one folds")
                        .isEqualTo(plainFold(round(0)));
                go.countDown();
                Waits.until(slow::standsBy);
                slow.traces.atLeast(other.log.head(), SOON);
                assertThat(allNow(slow)).isEqualTo(plainFold(events));
                assertThat(all(slow, pin.revision().number())).isEqualTo(plainFold(round(0)));
            }
            slow.log.appendAll(round(3));
            events.addAll(round(3));
            slow.traces.atLeast(slow.log.head(), SOON);
            assertThat(allNow(slow)).isEqualTo(plainFold(events));
            keepsFew(slow);
        }
    }

    // more than is kept

    @Test
    void whoMissedMoreThanIsKeptShowsWhatIsStored() {
        showsWhatIsStored(traces -> traces);
    }

    @Test
    void whoMissedMoreThanIsKeptShowsWhatIsStoredAlsoOfKeysThatAreNotInMemory() {
        showsWhatIsStored(traces -> traces.keysInMemory(IN_MEMORY));
    }

    private void showsWhatIsStored(Nodes.Definition definition) {
        Nodes.Definition removing =
                traces -> definition.of(traces.removeWhen(trace -> trace.last().contains(-1)));
        try (Node holder = nodes.opened(1, removing);
                Node late = nodes.opened(0, removing)) {
            holder.projections.start();
            holder.folding();
            holder.traces.atLeast(holder.log.appendAll(round(0)), SOON);
            try (Node other = nodes.opened(1, removing);
                    Pin before = other.timeline.pin()) {
                List<Step> events = new ArrayList<>(round(0));
                for (int value = 1; value < 5; value++) {
                    holder.traces.atLeast(holder.log.appendAll(round(value)), SOON);
                    events.addAll(round(value));
                }
                holder.traces.atLeast(holder.log.append(new Step("k3", -1)), SOON);
                other.projections.start();
                late.projections.start();
                Map<String, Trace> expected = plainFold(events);
                expected.remove("k3");
                for (Node node : List.of(holder, other, late)) {
                    node.traces.atLeast(holder.log.head(), SOON);
                    assertThat(allNow(node)).isEqualTo(expected);
                    assertThat(node.traces.find("k3")).isEmpty();
                }
                assertThat(all(other, before.revision().number())).isEqualTo(plainFold(round(0)));
                assertThat(other.folds.get() + late.folds.get()).isZero();
            }
        }
    }

    // connections that are lost

    private static void endMoments(Node node) {
        List<String> ended =
                node.database.read(session ->
                        session.query(
                                "SELECT pid::text, pg_terminate_backend(pid) FROM pg_stat_activity"
                                        + " WHERE state = 'idle in transaction' AND pid <>"
                                        + " pg_backend_pid()",
                                row -> row.text(1)));
        assertThat(ended).isNotEmpty();
        Waits.until(() -> Collections.disjoint(ended, connections(node)));
    }

    private static List<String> connections(Node node) {
        return node.database.read(session ->
                session.query("SELECT pid::text FROM pg_stat_activity", row -> row.text(1)));
    }

    private static boolean readsAll(Node node) {
        try {
            IntStream.range(0, KEYS).forEach(i -> node.traces.require("k" + i));
            return true;
        } catch (Unavailable e) {
            return false;
        }
    }

    @Test
    void aConnectionLostWhileNothingHappensIsReplaced() {
        try (Node holder = node(SHORT_LEASE).folding();
                Node other = node(SHORT_LEASE)) {
            holder.log.appendAll(round(0));
            for (Node node : List.of(holder, other)) {
                node.traces.atLeast(holder.log.head(), SOON);
            }
            endMoments(other);
            Waits.until(() -> readsAll(holder) && readsAll(other));
            holder.log.appendAll(round(1));
            List<Step> events = new ArrayList<>(round(0));
            events.addAll(round(1));
            for (Node node : List.of(holder, other)) {
                node.traces.atLeast(holder.log.head(), SOON);
                assertThat(allNow(node)).isEqualTo(plainFold(events));
            }
        }
    }

    /** It was not overtaken, so what it shows is what is stored. */
    @Test
    void whoLostTheConnectionWhileItFoldsGoesOn() {
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean pausing = new AtomicBoolean();
        try (Node holder =
                        node(
                                        LONG_LEASE,
                                        _ -> {
                                            if (pausing.getAndSet(false)) {
                                                paused.countDown();
                                                Waits.await(go);
                                            }
                                        })
                                .folding();
                Node other = node(LONG_LEASE)) {
            List<Step> events = new ArrayList<>(round(0));
            other.traces.atLeast(holder.log.appendAll(round(0)), SOON);
            holder.traces.atLeast(holder.log.head(), SOON);
            pausing.set(true);
            events.addAll(round(1));
            holder.log.appendAll(round(1));
            Waits.await(paused);
            endMoments(holder);
            go.countDown();
            holder.traces.atLeast(holder.log.head(), SOON);
            assertThat(allNow(holder)).isEqualTo(plainFold(events));
            keepsFew(holder);
        }
    }

    @Test
    void whoLostTheConnectionBeforeItFoldsGoesOn() {
        try (Node holder = node(LONG_LEASE).folding()) {
            List<Step> events = new ArrayList<>(round(0));
            holder.traces.atLeast(holder.log.appendAll(round(0)), SOON);
            endMoments(holder);
            events.addAll(round(1));
            holder.traces.atLeast(holder.log.appendAll(round(1)), SOON);
            assertThat(allNow(holder)).isEqualTo(plainFold(events));
            keepsFew(holder);
        }
    }

    /** What a key had before is not known then, and views would be wrong. */
    @Test
    void whoLostTheConnectionAndThenMissedAStepSaysSo() {
        try (Node holder = nodes.node(LONG_LEASE).folding();
                Node other = node(LONG_LEASE)) {
            other.traces.atLeast(holder.log.appendAll(round(0)), SOON);
            endMoments(other);
            holder.log.appendAll(round(1));
            assertThatThrownBy(() -> other.traces.atLeast(holder.log.head(), SOON))
                    .isInstanceOf(Unavailable.class)
                    .hasCauseInstanceOf(Conflict.class);
            assertThat(holder.traces.atLeast(holder.log.head(), SOON).count()).isEqualTo(KEYS);
        }
    }
}
