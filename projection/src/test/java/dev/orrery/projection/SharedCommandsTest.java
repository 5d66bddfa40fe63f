package dev.orrery.projection;

import static dev.orrery.projection.Nodes.LONG_LEASE;
import static dev.orrery.projection.Nodes.SHORT_LEASE;
import static dev.orrery.projection.Nodes.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.projection.Nodes.Node;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands asked for where a projection is not folded. // law P16 */
@Timeout(180) // seconds: a fault shows as a failure, not as a build that hangs
class SharedCommandsTest {
    private static final int BAD = 13;

    @TempDir Path directory;

    private Nodes nodes;
    private final AtomicBoolean mended = new AtomicBoolean();

    @BeforeEach
    void open() {
        nodes = new Nodes(directory);
    }

    private Node node() {
        return nodes.node(
                LONG_LEASE,
                step -> {
                    if (step.value() == BAD && !mended.get()) {
                        throw new IllegalStateException("bad luck");
                    }
                },
                traces -> traces);
    }

    private static Trace plainFold(int... values) {
        Trace trace = Trace.NONE;
        for (int value : values) {
            trace = trace.then(new Step("k", value));
        }
        return trace;
    }

    private static List<Step> steps(int... values) {
        return IntStream.of(values).mapToObj(value -> new Step("k", value)).toList();
    }

    @Test
    void whatIsEditedWhereItIsNotFoldedIsFoldedOn() {
        try (Node holder = node().folding();
                Node other = node()) {
            other.traces.atLeast(holder.log.appendAll(steps(1, 2)), SOON);
            Trace edited = plainFold(7, 8, 9);
            other.traces.edit("k", edited);
            assertThat(other.traces.require("k")).isEqualTo(edited);
            Waits.until(() -> holder.traces.require("k").equals(edited)); // nothing else happens
            holder.traces.atLeast(holder.log.append(new Step("k", 3)), SOON);
            assertThat(holder.traces.require("k")).isEqualTo(plainFold(7, 8, 9, 3));
            assertThat(holder.traces.read("k").version()).isEqualTo(4);
            assertThat(other.folds).hasValue(0);
            assertThat(holder.isFolding()).isTrue();
        }
    }

    /** Many edits meet many batches: all of either are there at the end. */
    @Test
    void editsThatMeetBatchesAreNeitherLostNorRefused() {
        mended.set(true);
        try (Node holder = node().folding();
                Node other = node()) {
            holder.log.append(new Step("k", 0));
            Thread appending =
                    Thread.startVirtualThread(() -> {
                        for (int i = 1; i <= 200; i++) {
                            holder.log.append(new Step("k", i));
                        }
                    });
            for (int i = 0; i < 50; i++) {
                other.traces.edit("e" + i, plainFold(i));
                holder.traces.edit("h" + i, plainFold(i));
            }
            Waits.join(appending);
            for (Node node : List.of(holder, other)) {
                node.traces.atLeast(holder.log.head(), SOON);
                assertThat(node.traces.require("k").count()).isEqualTo(201);
                Waits.until(() -> node.traces.count() == 101);
                for (int i = 0; i < 50; i++) {
                    assertThat(node.traces.require("e" + i)).isEqualTo(plainFold(i));
                    assertThat(node.traces.require("h" + i)).isEqualTo(plainFold(i));
                }
            }
        }
    }

    @Test
    void aKeyThatWasParkedElsewhereIsSkippedOrRetriedFromAnywhere() {
        try (Node holder = node().folding();
                Node other = node()) {
            other.traces.atLeast(holder.log.appendAll(steps(1, BAD, 2, BAD, 3)), SOON);
            assertThat(other.traces.parked()).singleElement().matches(one -> one.events() == 4);
            assertThat(other.traces.waiting("k")).hasSize(4);
            assertThatThrownBy(() -> other.traces.skip("k")).hasMessageContaining("bad luck");
            assertThat(other.traces.require("k")).isEqualTo(plainFold(1, 2));
            Waits.until(() -> holder.traces.parked().stream().allMatch(one -> one.events() == 2));
            mended.set(true);
            other.traces.retry("k");
            assertThat(other.traces.require("k")).isEqualTo(plainFold(1, 2, BAD, 3));
            holder.traces.atLeast(holder.log.append(new Step("k", 4)), SOON);
            assertThat(holder.traces.require("k")).isEqualTo(plainFold(1, 2, BAD, 3, 4));
            assertThat(holder.traces.parked()).isEmpty();
            assertThatThrownBy(() -> holder.traces.retry("k")).isInstanceOf(Missing.class);
        }
    }

    @Test
    void whatIsRebuiltWhereItIsNotFoldedIsServedEverywhereAndUndone() {
        try (Node holder = node().folding();
                Node other = node()) {
            other.traces.atLeast(holder.log.appendAll(steps(1, 2, 3)), SOON);
            String before = holder.traces.epoch();
            holder.traces.edit("k", plainFold(9));
            Waits.until(() -> other.traces.require("k").equals(plainFold(9)));
            other.traces.rebuild().await(SOON);
            assertThat(other.traces.require("k")).isEqualTo(plainFold(1, 2, 3));
            Waits.until(() -> holder.traces.require("k").equals(plainFold(1, 2, 3)));
            assertThat(holder.traces.epoch()).isEqualTo(other.traces.epoch()).isNotEqualTo(before);
            Waits.until(holder::standsBy);
            holder.traces.atLeast(other.log.append(new Step("k", 4)), SOON);
            assertThat(holder.traces.require("k")).isEqualTo(plainFold(1, 2, 3, 4));
            holder.traces.undoRebuild().await(SOON);
            assertThat(holder.traces.epoch()).isEqualTo(before);
            assertThat(holder.traces.require("k")).isEqualTo(plainFold(9, 4));
            other.traces.atLeast(other.log.append(new Step("k", 5)), SOON);
            Waits.until(() -> other.traces.require("k").equals(plainFold(9, 4, 5)));
            assertThat(other.traces.epoch()).isEqualTo(before);
            assertThat(holder.isFolding()).isTrue();
        }
    }

    /** The one that folds goes on while another one folds everything anew beside it. */
    @Test
    void duringARebuildElsewhereEventsAreFoldedAndSeen() throws InterruptedException {
        CountDownLatch half = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Node holder = node().folding();
                Node other =
                        nodes.node(
                                LONG_LEASE,
                                step -> {
                                    if (step.value() == 3) {
                                        half.countDown();
                                        Waits.await(go);
                                    }
                                },
                                traces -> traces)) {
            other.traces.atLeast(holder.log.appendAll(steps(1, 2, 3, 4)), SOON);
            Rebuild rebuild = other.traces.rebuild();
            Thread asked = Thread.startVirtualThread(() -> holder.traces.rebuild().await(SOON));
            holder.traces.atLeast(holder.log.append(new Step("k", 5)), SOON);
            assertThat(holder.traces.require("k")).isEqualTo(plainFold(1, 2, 3, 4, 5));
            go.countDown();
            rebuild.await(SOON);
            assertThat(asked.join(SOON)).as("whoever asks too waits for the same").isTrue();
            assertThat(other.traces.require("k")).isEqualTo(plainFold(1, 2, 3, 4, 5));
            Waits.until(() -> holder.traces.epoch().equals(other.traces.epoch()));
            assertThat(holder.traces.require("k")).isEqualTo(plainFold(1, 2, 3, 4, 5));
        }
    }

    @Test
    void aRebuildWhoseProcessPausesIsTakenOver() {
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean pausing = new AtomicBoolean();
        try (Node holder = nodes.node(SHORT_LEASE).folding();
                Node other =
                        nodes.node(
                                SHORT_LEASE,
                                _ -> {
                                    if (pausing.getAndSet(false)) {
                                        paused.countDown();
                                        Waits.await(go);
                                    }
                                },
                                traces -> traces)) {
            other.traces.atLeast(holder.log.appendAll(steps(1, 2, 3, 4)), SOON);
            String before = holder.traces.epoch();
            pausing.set(true);
            Rebuild rebuild = other.traces.rebuild();
            Waits.await(paused);
            Waits.until(() -> !holder.traces.epoch().equals(before));
            assertThat(holder.traces.require("k")).isEqualTo(plainFold(1, 2, 3, 4));
            go.countDown();
            rebuild.await(SOON);
            Waits.until(() -> other.traces.epoch().equals(holder.traces.epoch()));
            other.traces.atLeast(holder.log.append(new Step("k", 5)), SOON);
            assertThat(other.traces.require("k")).isEqualTo(plainFold(1, 2, 3, 4, 5));
        }
    }

    @Test
    void anotherVersionIsBuiltBesideTheOneThatOthersFoldOn() {
        try (Node old = node().folding()) {
            old.traces.atLeast(old.log.appendAll(steps(1, 2, 3)), SOON);
            try (Node first = nodes.node(LONG_LEASE, _ -> {}, traces -> traces.version(2));
                    Node second = nodes.node(LONG_LEASE, _ -> {}, traces -> traces.version(2))) {
                List<Node> all = new ArrayList<>(List.of(old, first, second));
                Waits.until(() -> first.isFolding() != second.isFolding());
                for (Node node : all) {
                    node.traces.atLeast(old.log.append(new Step("k", 4)), SOON);
                    node.traces.atLeast(old.log.head(), SOON);
                }
                for (Node node : all) {
                    node.traces.atLeast(old.log.head(), SOON);
                    assertThat(node.traces.require("k")).isEqualTo(plainFold(1, 2, 3, 4, 4, 4));
                }
                assertThat(first.folds.get() + second.folds.get()).isEqualTo(6);
                assertThat(old.folds).hasValue(6);
                assertThat(old.isFolding()).isTrue();
            }
        }
    }
}
