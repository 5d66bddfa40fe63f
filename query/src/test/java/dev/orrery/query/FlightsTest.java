package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One computation for all who ask, circles, cancellation. Laws Q10, Q12 and Q13. */
@Timeout(60)
class FlightsTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        readers.shutdownNow();
        queries.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came");
            }
        } catch (InterruptedException e) {
            throw new OrreryException.Cancelled("the latch", e);
        }
    }

    /** Waits until a reader of a query waits for somebody's flight. */
    private static void awaitWaiter(Thread thread) {
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void manyReadersShareOneRun() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        SingleQuery<Integer> slow =
                queries.query(
                        "slow",
                        Integer.class,
                        () -> {
                            inside.countDown();
                            await(go);
                            return runs.incrementAndGet();
                        });
        List<Future<Integer>> answers = new ArrayList<>();
        answers.add(readers.submit(slow::now));
        await(inside);
        for (int i = 0; i < 9; i++) {
            answers.add(readers.submit(slow::now));
        }
        go.countDown();
        for (Future<Integer> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void aWriteDuringARunDoesNotRestartIt() throws Exception { // law Q3
        SingleInput<Integer> number = queries.input("number", Integer.class);
        number.set(1);
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        SingleQuery<Integer> slow =
                queries.query(
                        "slow",
                        Integer.class,
                        () -> {
                            int first = number.require();
                            runs.incrementAndGet();
                            inside.countDown();
                            await(go);
                            return first * 10 + number.require();
                        });
        Future<Integer> answer = readers.submit(slow::now);
        await(inside);
        number.set(2);
        go.countDown();
        assertThat(answer.get(20, TimeUnit.SECONDS)).as("all at its revision").isEqualTo(11);
        assertThat(runs).hasValue(1);
        assertThat(slow.now()).as("born closed").isEqualTo(22);
    }

    /** A query whose run waits inside, with what lets it go on. */
    private final class Held {
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);
        final AtomicInteger runs = new AtomicInteger();
        final SingleQuery<Integer> query;

        Held(SingleInput<Integer> number) {
            query =
                    queries.query(
                            "held",
                            Integer.class,
                            () -> {
                                int value = number.require();
                                if (runs.incrementAndGet() == 1) {
                                    inside.countDown();
                                    await(go);
                                }
                                return value;
                            });
        }
    }

    @Test
    void aReaderOfANewerRevisionSharesARunWithTheSameFacts() throws Exception {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        SingleInput<Integer> other = queries.input("other", Integer.class);
        number.set(1);
        Held held = new Held(number);
        Future<Integer> older = readers.submit(held.query::now);
        await(held.inside);
        other.set(1);
        AtomicReference<Integer> newer = new AtomicReference<>();
        Thread waiting = Thread.ofVirtual().start(() -> newer.set(held.query.now()));
        awaitWaiter(waiting);
        held.go.countDown();
        assertThat(older.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        waiting.join(Duration.ofSeconds(20));
        assertThat(newer.get()).isEqualTo(1);
        assertThat(held.runs).hasValue(1);
    }

    @Test
    void aReaderOfANewerRevisionRunsAgainWhenTheFactsDiffer() throws Exception {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        number.set(1);
        Held held = new Held(number);
        Future<Integer> older = readers.submit(held.query::now);
        await(held.inside);
        number.set(2);
        AtomicReference<Integer> newer = new AtomicReference<>();
        Thread waiting = Thread.ofVirtual().start(() -> newer.set(held.query.now()));
        awaitWaiter(waiting);
        held.go.countDown();
        assertThat(older.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        waiting.join(Duration.ofSeconds(20));
        assertThat(newer.get()).isEqualTo(2);
        assertThat(held.runs).hasValue(2);
    }

    @Test
    void aMarkDuringVerificationIsNotLost() throws Exception {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        SingleInput<Integer> late = queries.input("late", Integer.class);
        number.set(1);
        late.set(1);
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        SingleQuery<Boolean> even =
                queries.query(
                        "even",
                        Boolean.class,
                        () -> {
                            if (runs.incrementAndGet() == 2) {
                                inside.countDown();
                                await(go);
                            }
                            return number.require() % 2 == 0;
                        });
        SingleQuery<String> above =
                queries.query("above", String.class, () -> even.now() + " " + late.require());
        assertThat(above.now()).isEqualTo("false 1");
        number.set(3);
        Future<String> verifying = readers.submit(above::now);
        await(inside);
        late.set(2);
        go.countDown();
        assertThat(verifying.get(20, TimeUnit.SECONDS)).as("at its revision").isEqualTo("false 1");
        assertThat(above.now()).isEqualTo("false 2");
        new Sweep(queries.engine()).check(timeline.published());
    }

    @Test
    void anEqualValueOfOtherReadsDoesNotJoinItsPredecessor() {
        Input<String, Integer> numbers = queries.input("numbers", String.class, Integer.class);
        SingleInput<String> which = queries.input("which", String.class);
        timeline.commit(() -> {
            numbers.set("a", 1);
            numbers.set("b", 1);
            which.set("a");
        });
        SingleQuery<Integer> query =
                queries.query("query", Integer.class, () -> numbers.require(which.require()));
        SingleQuery<Integer> above = queries.query("above", Integer.class, query::now);
        assertThat(above.now()).isEqualTo(1);
        which.set("b");
        assertThat(above.now()).isEqualTo(1);
        assertThat(above.explain().verdict()).isEqualTo(Explanation.Verdict.SPARED);
        Definition<?, ?> definition = queries.engine().definitions.get("query");
        assertThat(definition.nodes())
                .singleElement()
                .satisfies(node -> assertThat(node.memo.from).isEqualTo(timeline.published()));
    }

    @Test
    void anOlderReaderNextToANewerOneOnOneNode() throws Exception {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        number.set(1);
        Held held = new Held(number);
        try (Snapshot old = queries.snapshot()) {
            Future<Integer> older = readers.submit(() -> old.read(held.query::now));
            await(held.inside);
            number.set(2);
            AtomicReference<Integer> newer = new AtomicReference<>();
            Thread waiting = Thread.ofVirtual().start(() -> newer.set(held.query.now()));
            awaitWaiter(waiting);
            held.go.countDown();
            waiting.join(Duration.ofSeconds(20));
            assertThat(older.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(newer.get()).isEqualTo(2);
            assertThat(old.read(held.query::now)).as("kept as past").isEqualTo(1);
            assertThat(held.runs).hasValue(2);
        }
    }

    @Test
    void aQueryInsideACommitAnswersWithWhatIsPublished() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        number.set(1);
        SingleQuery<Integer> twice =
                queries.query("twice", Integer.class, () -> number.require() * 2);
        timeline.commit(() -> {
            number.set(5);
            assertThat(number.require()).isEqualTo(5);
            assertThat(twice.now()).isEqualTo(2);
        });
        assertThat(twice.now()).isEqualTo(10);
    }

    @Test
    void aValueThatReturnsDoesNotBridgeTheGap() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        SingleQuery<Integer> same = queries.query("same", Integer.class, number::require);
        number.set(1);
        same.now();
        number.set(2);
        try (Snapshot between = queries.snapshot()) {
            number.set(1);
            assertThat(same.now()).isEqualTo(1);
            assertThat(between.read(same::now)).isEqualTo(2);
        }
    }

    @Test
    void anOlderReaderLeavesTheLiveLineAlone() {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        number.set(1);
        SingleQuery<Integer> twice =
                queries.query("twice", Integer.class, () -> number.require() * 2);
        SingleQuery<Integer> above = queries.query("above", Integer.class, () -> twice.now() + 1);
        try (Snapshot old = queries.snapshot()) {
            number.set(2);
            assertThat(above.now()).isEqualTo(5);
            assertThat(old.read(above::now)).isEqualTo(3);
            assertThat(above.now()).isEqualTo(5);
            assertThat(twice.statistics().computed()).isEqualTo(2);
        }
        assertThat(queries.engine().retired).as("past memos go with their pin").isEmpty();
    }

    @Test
    void aQueryThatReachesItselfSaysOverWhichPath() {
        List<Query<Integer, Integer>> ring = new ArrayList<>();
        for (String name : List.of("c", "a", "b")) {
            ring.add(
                    queries.query(
                            name,
                            Integer.class,
                            Integer.class,
                            key -> ring.get((ring.indexOf(find(ring, name)) + 1) % 3).of(key)));
        }
        for (Query<Integer, Integer> member : ring) {
            assertThatThrownBy(() -> member.of(7))
                    .isInstanceOfSatisfying(
                            OrreryException.Cycle.class,
                            cycle ->
                                    assertThat(cycle.path())
                                            .extracting(OrreryException.Cycle.Step::toString)
                                            .containsExactly("a(7)", "b(7)", "c(7)"));
        }
    }

    private static Query<Integer, Integer> find(List<Query<Integer, Integer>> ring, String name) {
        return ring.stream().filter(query -> query.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aMemberThatHandlesTheCircleIsPartOfItAllTheSame() {
        Query<Integer, Integer> self =
                queries.recursive(
                        "self",
                        Integer.class,
                        Integer.class,
                        (me, key) -> me.outcome(key) instanceof Outcome.Failed ? -1 : 1);
        assertThatThrownBy(() -> self.of(1)).isInstanceOf(OrreryException.Cycle.class);
    }

    @Test
    void aCircleEndsWhenItsCauseDoes() {
        SingleInput<Boolean> round = queries.input("round", Boolean.class);
        Query<Integer, Integer> query =
                queries.recursive(
                        "query",
                        Integer.class,
                        Integer.class,
                        (self, key) -> round.require() ? self.of((key + 1) % 3) : key);
        round.set(true);
        assertThatThrownBy(() -> query.of(0)).isInstanceOf(OrreryException.Cycle.class);
        round.set(false);
        assertThat(query.of(0)).isZero();
        assertThat(query.of(2)).isEqualTo(2);
    }

    @Test
    void aCircleAcrossThreadsIsAnErrorAndNeverADeadlock() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        AtomicReference<Query<Integer, Integer>> right = new AtomicReference<>();
        Query<Integer, Integer> left =
                queries.query(
                        "left",
                        Integer.class,
                        Integer.class,
                        key -> {
                            both.countDown();
                            await(both);
                            return right.get().of(key);
                        });
        right.set(
                queries.query(
                        "right",
                        Integer.class,
                        Integer.class,
                        key -> {
                            both.countDown();
                            await(both);
                            return left.of(key);
                        }));
        Future<Outcome<Integer>> one = readers.submit(() -> left.outcome(1));
        Future<Outcome<Integer>> other = readers.submit(() -> right.get().outcome(1));
        for (Future<Outcome<Integer>> each : List.of(one, other)) {
            assertThat(each.get(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed ->
                                    assertThat(((OrreryException.Cycle) failed.failure()).path())
                                            .extracting(OrreryException.Cycle.Step::toString)
                                            .containsExactly("left(1)", "right(1)"));
        }
    }

    @Test
    void aCancelledRunLeavesNoTraceAndAWaiterTakesOver() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        SingleQuery<String> query =
                queries.query(
                        "query",
                        String.class,
                        () -> {
                            if (runs.incrementAndGet() == 1) {
                                inside.countDown();
                                await(never);
                            }
                            return "done";
                        });
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread first =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                query.now();
                            } catch (RuntimeException e) {
                                thrown.set(e);
                                flag.set(Thread.currentThread().isInterrupted());
                            }
                        });
        await(inside);
        AtomicReference<String> answer = new AtomicReference<>();
        Thread second = Thread.ofVirtual().start(() -> answer.set(query.now()));
        awaitWaiter(second);
        first.interrupt();
        first.join(Duration.ofSeconds(20));
        second.join(Duration.ofSeconds(20));
        assertThat(thrown.get()).isInstanceOf(OrreryException.Cancelled.class);
        assertThat(flag.get()).as("interrupt restored").isTrue();
        assertThat(answer.get()).isEqualTo("done");
        assertThat(runs).hasValue(2);
        assertThat(query.statistics().computed()).isEqualTo(1);
        new Sweep(queries.engine()).check(timeline.published());
    }

    @Test
    void anInterruptedWaiterLeavesAndTheRunGoesOn() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        SingleQuery<String> query =
                queries.query(
                        "query",
                        String.class,
                        () -> {
                            inside.countDown();
                            await(go);
                            return "done";
                        });
        Future<String> leader = readers.submit(query::now);
        await(inside);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiter =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                query.now();
                            } catch (RuntimeException e) {
                                thrown.set(e);
                            }
                        });
        awaitWaiter(waiter);
        waiter.interrupt();
        waiter.join(Duration.ofSeconds(20));
        assertThat(thrown.get()).isInstanceOf(OrreryException.Cancelled.class);
        go.countDown();
        assertThat(leader.get(20, TimeUnit.SECONDS)).isEqualTo("done");
    }

    @Test
    void aBodyThatSwallowsAnInterruptMakesNoResult() {
        AtomicInteger runs = new AtomicInteger();
        SingleQuery<Integer> inner =
                queries.query(
                        "inner",
                        Integer.class,
                        () -> {
                            if (runs.incrementAndGet() == 1) {
                                throw new OrreryException.Cancelled("inside", null);
                            }
                            return 1;
                        });
        SingleQuery<Integer> outer =
                queries.query(
                        "outer",
                        Integer.class,
                        () -> {
                            try {
                                return inner.now();
                            } catch (OrreryException.Cancelled swallowed) {
                                return -1;
                            }
                        });
        assertThatThrownBy(outer::now).isInstanceOf(OrreryException.Cancelled.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(outer.now()).isEqualTo(1);
    }

    @Test
    void aReadFromAThreadOfTheBodysOwnIsNotTaken() throws Exception {
        SingleInput<Integer> number = queries.input("number", Integer.class);
        number.set(1);
        AtomicReference<Callable<Integer>> leaked = new AtomicReference<>();
        SingleQuery<Integer> query =
                queries.query(
                        "query",
                        Integer.class,
                        () -> {
                            dev.orrery.core.Tracking.Frame frame = dev.orrery.core.Tracking.frame();
                            leaked.set(
                                    () -> dev.orrery.core.Tracking.within(frame, number::require));
                            return number.require();
                        });
        query.now();
        Future<Integer> stray = readers.submit(leaked.get());
        assertThatThrownBy(() -> stray.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(OrreryException.Unsupported.class);
    }
}
