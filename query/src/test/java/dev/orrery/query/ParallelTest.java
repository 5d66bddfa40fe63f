package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads side by side. Law Q39. */
@Timeout(60)
class ParallelTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> x = queries.input("x", Integer.class, Integer.class);
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        readers.shutdownNow();
        queries.close();
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new OrreryException.Cancelled("the barrier", e);
        } catch (Exception e) {
            throw new AssertionError("not side by side", e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new OrreryException.Cancelled("the latch", e);
        }
    }

    /** Each body waits until all of them run. */
    @Test
    @DisplayName("F13: reads side by side are recorded, each once and in the order of asking")
    void childrenRunAtTheSameTimeAndAreRecordedInOrder() {
        int children = 16;
        CyclicBarrier all = new CyclicBarrier(children);
        AtomicInteger runs = new AtomicInteger();
        Query<Integer, Integer> child =
                queries.query(
                        "child",
                        Integer.class,
                        Integer.class,
                        key -> {
                            if (runs.incrementAndGet() <= children) {
                                await(all);
                            }
                            return x.find(key).orElse(0);
                        });
        SingleQuery<Integer> sum =
                queries.query(
                        "sum",
                        Integer.class,
                        () ->
                                Parallel.map(IntStream.range(0, children).boxed().toList(), child)
                                        .stream()
                                        .mapToInt(Integer::intValue)
                                        .sum());
        assertThat(sum.now()).isZero();
        assertThat(runs).hasValue(children);
        assertThat(sum.explain().reads())
                .isEqualTo(IntStream.range(0, children).mapToObj(i -> "child(" + i + ")").toList());
        x.set(3, 4);
        assertThat(sum.now()).isEqualTo(4);
        assertThat(runs).hasValue(children + 1);
    }

    @Test
    @DisplayName("F12: functions side by side have their reads apart, and the body has all of them")
    void functionsAreRecordedApartAndMerged() {
        Query<Integer, Integer> a = queries.query("a", Integer.class, Integer.class, x::require);
        Query<Integer, Integer> b =
                queries.query("b", Integer.class, Integer.class, key -> 10 * a.of(key));
        CyclicBarrier both = new CyclicBarrier(2);
        AtomicInteger runs = new AtomicInteger();
        SingleQuery<Integer> sum =
                queries.query(
                        "sum",
                        Integer.class,
                        () -> {
                            boolean first = runs.incrementAndGet() == 1;
                            List<Integer> parts =
                                    Parallel.<Integer>all(
                                            List.of(
                                                    () -> {
                                                        if (first) {
                                                            await(both);
                                                        }
                                                        return b.of(1) + x.require(2);
                                                    },
                                                    () -> {
                                                        if (first) {
                                                            await(both);
                                                        }
                                                        return a.of(1) + x.require(3);
                                                    }));
                            return parts.getFirst() + parts.getLast();
                        });
        timeline.commit(() -> IntStream.rangeClosed(1, 3).forEach(key -> x.set(key, 1)));
        assertThat(sum.now()).isEqualTo(13);
        assertThat(sum.explain().reads()).containsExactly("b(1)", "x(2)", "a(1)", "x(3)");
        assertThat(b.explain(1).reads()).containsExactly("a(1)");
        x.set(1, 2);
        assertThat(sum.now()).isEqualTo(24);
        x.set(3, 5);
        assertThat(sum.now()).isEqualTo(28);
        assertThat(runs).hasValue(3);
    }

    @Test
    @DisplayName("E5: the same key twice side by side is no circle, and one run")
    void theSameKeyTwice() {
        AtomicInteger runs = new AtomicInteger();
        Query<Integer, Integer> child =
                queries.query(
                        "child", Integer.class, Integer.class, key -> 7 * runs.incrementAndGet());
        SingleQuery<List<Integer>> both =
                queries.query(
                        "both",
                        Type.listOf(Integer.class),
                        () -> Parallel.map(List.of(1, 1, 1), child));
        assertThat(both.now()).containsExactly(7, 7, 7);
        SingleQuery<List<Integer>> functions =
                queries.query(
                        "functions",
                        Type.listOf(Integer.class),
                        () -> Parallel.<Integer>all(List.of(() -> child.of(2), () -> child.of(2))));
        assertThat(functions.now()).containsExactly(14, 14);
        assertThat(runs).hasValue(2);
    }

    /** The second child fails at once, the first after it: still the first one's is thrown. */
    @Test
    void theFirstFailureInTheOrderOfAskingIsThrownAndAllRunToTheirEnd() {
        CountDownLatch failed = new CountDownLatch(1);
        AtomicInteger ended = new AtomicInteger();
        Query<Integer, Integer> child =
                queries.query(
                        "child",
                        Integer.class,
                        Integer.class,
                        key -> {
                            if (key == 0) {
                                await(failed);
                            }
                            failed.countDown();
                            ended.incrementAndGet();
                            if (key < 2) {
                                throw new IllegalStateException("no " + key);
                            }
                            return x.find(key).orElse(0);
                        });
        SingleQuery<List<Integer>> all =
                queries.query(
                        "all",
                        Type.listOf(Integer.class),
                        () -> Parallel.map(List.of(0, 1, 2), child));
        OrreryException.UserFailure failure =
                catchThrowableOfType(OrreryException.UserFailure.class, all::now);
        assertThat(failure.where()).isEqualTo("child");
        assertThat(failure.key()).isEqualTo(0);
        assertThat(ended).hasValue(3);
        SingleQuery<Integer> values =
                queries.query(
                        "values",
                        Integer.class,
                        () ->
                                (int)
                                        Parallel.outcomes(List.of(0, 1, 2), child).stream()
                                                .filter(Outcome.Value.class::isInstance)
                                                .count());
        assertThat(values.now()).isEqualTo(1);
    }

    /** A part reads what its whole is computing, over another query. */
    @Test
    void aCircleThroughAPartIsAnErrorWithItsPath() {
        AtomicReference<SingleQuery<Integer>> top = new AtomicReference<>();
        Query<Integer, Integer> child =
                queries.query(
                        "child",
                        Integer.class,
                        Integer.class,
                        key -> key == 3 ? top.get().now() : key);
        top.set(
                queries.query(
                        "top", Integer.class, () -> Parallel.map(List.of(1, 2, 3), child).size()));
        OrreryException.Cycle cycle =
                catchThrowableOfType(OrreryException.Cycle.class, top.get()::now);
        assertThat(cycle.path()).hasToString("[child(3), top(" + NoKey.ONE + ")]");
        assertThat(child.outcome(3)).isEqualTo(top.get().outcome());
        assertThat(child.of(1)).isEqualTo(1);
    }

    /** Two parts of one body that need each other, each in its own thread. */
    @Test
    void aCircleBetweenPartsIsAnErrorAndNeverADeadlock() {
        CyclicBarrier inside = new CyclicBarrier(2);
        AtomicInteger runs = new AtomicInteger();
        Query<Integer, Integer> child =
                queries.recursive(
                        "child",
                        Integer.class,
                        Integer.class,
                        (self, key) -> {
                            if (runs.incrementAndGet() <= 2) {
                                await(inside);
                            }
                            return self.of(1 - key);
                        });
        SingleQuery<Integer> top =
                queries.query(
                        "top", Integer.class, () -> Parallel.map(List.of(0, 1), child).getFirst());
        OrreryException.Cycle cycle = catchThrowableOfType(OrreryException.Cycle.class, top::now);
        assertThat(cycle.path()).hasToString("[child(0), child(1)]");
    }

    @Test
    void aCircleThroughPartsConvergesWhereItHasAnInitialValue() {
        AtomicReference<Query<Integer, Integer>> step = new AtomicReference<>();
        step.set(
                queries.define("step", Integer.class, Integer.class)
                        .fixedPoint(_ -> 0)
                        .as(key ->
                                Parallel.map(List.of(key, 1 - key), step.get()).stream()
                                        .mapToInt(each -> Math.min(5, each + 1))
                                        .max()
                                        .orElse(0)));
        assertThat(step.get().of(0)).isEqualTo(5);
        assertThat(step.get().of(1)).isEqualTo(5);
    }

    /** All parts wait for ever; the reader is interrupted. */
    @Test
    void anInterruptStopsAllPartsAndLeavesNoTrace() throws Exception {
        int children = 8;
        CountDownLatch inside = new CountDownLatch(children);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger stopped = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        Query<Integer, Integer> child =
                queries.query(
                        "child",
                        Integer.class,
                        Integer.class,
                        key -> {
                            if (runs.incrementAndGet() > children) {
                                return key;
                            }
                            inside.countDown();
                            try {
                                never.await();
                            } catch (InterruptedException e) {
                                stopped.incrementAndGet();
                                throw new OrreryException.Cancelled("never", e);
                            }
                            return key;
                        });
        SingleQuery<Integer> top =
                queries.query(
                        "top",
                        Integer.class,
                        () ->
                                Parallel.map(IntStream.range(0, children).boxed().toList(), child)
                                        .size());
        Future<Integer> reader = readers.submit(top::now);
        await(inside);
        reader.cancel(true);
        assertThat(top.now()).isEqualTo(children); // when all have given up
        assertThat(stopped).hasValue(children);
        assertThat(runs).hasValue(2 * children);
        new Sweep(queries.engine()).check(timeline.published());
    }

    @Test
    void allPartsAreOfTheRevisionOfTheirWhole() {
        x.set(1, 1);
        x.set(2, 1);
        Query<Integer, Integer> child =
                queries.query("child", Integer.class, Integer.class, x::require);
        try (Snapshot snapshot = queries.snapshot()) {
            timeline.commit(() -> {
                x.set(1, 2);
                x.set(2, 2);
            });
            List<Integer> then = snapshot.read(() -> Parallel.map(List.of(1, 2), child));
            assertThat(then).containsExactly(1, 1);
            assertThat(
                            snapshot.read(() ->
                                    Parallel.<Integer>all(
                                            List.of(() -> x.require(1), () -> child.of(2)))))
                    .containsExactly(1, 1);
        }
        assertThat(Parallel.map(List.of(1, 2), child)).containsExactly(2, 2);
    }

    /** What is there already is taken without a thread. */
    @Test
    void hitsNeedNoThreads() {
        AtomicInteger threads = new AtomicInteger();
        Queries counting =
                new Queries(
                        timeline,
                        body -> {
                            threads.incrementAndGet();
                            return Thread.ofVirtual().unstarted(body);
                        });
        try (counting) {
            Query<Integer, Integer> child =
                    counting.query("child", Integer.class, Integer.class, key -> key);
            List<Integer> keys = IntStream.range(0, 1000).boxed().toList();
            threads.set(0);
            assertThat(Parallel.map(keys, child)).isEqualTo(keys);
            assertThat(threads.get()).isBetween(2, 128);
            int before = threads.get();
            assertThat(Parallel.map(keys, child)).isEqualTo(keys);
            assertThat(threads).hasValue(before);
            assertThat(child.statistics().computed()).isEqualTo(1000);
        }
    }

    @Test
    void anotherThreadThanTheBodysIsRefused() throws Exception {
        Query<Integer, Integer> child =
                queries.query("child", Integer.class, Integer.class, key -> key);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        queries.query(
                        "top",
                        Integer.class,
                        () -> {
                            var frame = dev.orrery.core.Tracking.frame();
                            Thread stray =
                                    Thread.ofVirtual()
                                            .start(() -> {
                                                try {
                                                    dev.orrery.core.Tracking.within(
                                                            frame,
                                                            () -> Parallel.map(List.of(1), child));
                                                } catch (Throwable e) {
                                                    thrown.set(e);
                                                }
                                            });
                            try {
                                stray.join();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            return 1;
                        })
                .now();
        assertThat(thrown.get()).isInstanceOf(OrreryException.Unsupported.class);
    }

    /** A thousand trees whose bodies all sleep: none is computed twice, whoever else reads them. */
    @Test
    void aThousandTreesAreComputedOnceEach() throws Exception {
        List<AtomicInteger> runs = new ArrayList<>();
        IntStream.range(0, 1000).forEach(_ -> runs.add(new AtomicInteger()));
        Query<Integer, Integer> leaf =
                queries.query("leaf", Integer.class, Integer.class, key -> x.find(key).orElse(0));
        Query<Integer, Integer> tree =
                queries.query(
                        "tree",
                        Integer.class,
                        Integer.class,
                        key -> {
                            runs.get(key).incrementAndGet();
                            return leaf.of(key) + leaf.of(key + 1000);
                        });
        List<Integer> keys = IntStream.range(0, 1000).boxed().toList();
        List<Future<List<Integer>>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(readers.submit(() -> Parallel.map(keys, tree)));
        }
        for (Future<List<Integer>> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS)).hasSize(1000).containsOnly(0);
        }
        assertThat(runs).allSatisfy(each -> assertThat(each).hasValue(1));
    }

    /** Each level is read side by side with itself, far beyond what a stack holds. */
    @Test
    void partsOfPartsGoAsDeepAsTheyLike() {
        Query<Integer, Integer> depth =
                queries.recursive(
                        "depth",
                        Integer.class,
                        Integer.class,
                        (self, key) ->
                                key < 2
                                        ? key
                                        : Parallel.map(List.of(key - 1, key - 2), self).getFirst()
                                                + 1);
        assertThat(depth.of(2000)).isEqualTo(2000);
        assertThat(depth.statistics().computed()).isEqualTo(2001);
    }

    @Test
    void nothingToReadIsAnEmptyList() {
        Query<Integer, Integer> child =
                queries.query("child", Integer.class, Integer.class, key -> key);
        assertThat(Parallel.map(List.of(), child)).isEmpty();
        assertThatThrownBy(() -> Parallel.<Integer>all(List.of(() -> child.of(null))))
                .isInstanceOf(NullPointerException.class);
    }
}
