package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads and one computation. */
@Timeout(60)
class AcceptanceSharingTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> slot =
            queries.input("slot", Integer.class, Integer.class);
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        readers.shutdownNow();
        queries.close();
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new OrreryException.Cancelled("the work", e);
        }
    }

    /** What so many readers get who begin together. */
    private <T> List<T> together(int count, Callable<T> read) throws Exception {
        return together(IntStream.range(0, count).mapToObj(_ -> read).toList());
    }

    private <T> List<T> together(List<Callable<T>> reads) throws Exception {
        List<T> answers = new ArrayList<>();
        for (Future<T> future : readers.invokeAll(reads)) {
            answers.add(future.get(20, TimeUnit.SECONDS));
        }
        return answers;
    }

    @Test
    @DisplayName("F1: ten readers of a slow query share one run")
    void tenReaders() throws Exception {
        SingleQuery<Integer> slow =
                queries.query(
                        "slow",
                        Integer.class,
                        () -> {
                            sleep(50);
                            return 42;
                        });
        assertThat(together(10, slow::now)).hasSize(10).containsOnly(42);
        assertThat(slow.statistics().computed()).isEqualTo(1);
    }

    @Test
    @DisplayName("F2: ten snapshots of one revision share one run")
    void tenSnapshots() throws Exception {
        slot.set(0, 42);
        Query<Integer, Integer> slow =
                queries.query(
                        "slow",
                        Integer.class,
                        Integer.class,
                        key -> {
                            sleep(50);
                            return 2 * slot.require(key);
                        });
        List<Integer> answers =
                together(
                        10,
                        () -> {
                            try (Snapshot snapshot = queries.snapshot()) {
                                return snapshot.read(() -> slow.of(0));
                            }
                        });
        assertThat(answers).hasSize(10).containsOnly(84);
        assertThat(slow.statistics().computed()).isEqualTo(1);
    }

    @Test
    @DisplayName("F3: snapshots of one revision share one failure")
    void oneFailure() throws Exception {
        SingleQuery<Integer> failing =
                queries.query(
                        "failing",
                        Integer.class,
                        () -> {
                            sleep(50);
                            throw new IllegalStateException("on purpose");
                        });
        List<Outcome<Integer>> outcomes =
                together(
                        5,
                        () -> {
                            try (Snapshot snapshot = queries.snapshot()) {
                                return snapshot.read(failing::outcome);
                            }
                        });
        assertThat(outcomes)
                .hasSize(5)
                .allSatisfy(outcome ->
                        assertThat(outcome)
                                .isInstanceOfSatisfying(
                                        Outcome.Failed.class,
                                        failed ->
                                                assertThat(failed.failure())
                                                        .isInstanceOf(UserFailure.class)
                                                        .hasRootCauseMessage("on purpose")));
        assertThat(failing.statistics().computed()).isEqualTo(1);
    }

    @Test
    @DisplayName("F8: two runtimes with the same names and keys share nothing")
    void twoRuntimes() {
        Timeline apart = Timeline.startingAt("apart", new Revision(0));
        try (Queries others = new Queries(apart, Thread.ofVirtual().factory())) {
            Query<Integer, Integer> here =
                    queries.query("twice", Integer.class, Integer.class, key -> 2 * key);
            Query<Integer, Integer> there =
                    others.query("twice", Integer.class, Integer.class, key -> 2 * key);
            assertThat(here.of(1)).isEqualTo(there.of(1));
            assertThat(here.statistics().computed()).isEqualTo(1);
            assertThat(there.statistics().computed()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("F9: readers of revisions that differ get a result each")
    void twoRevisions() throws Exception {
        slot.set(0, 1);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Query<Integer, Integer> query =
                queries.query(
                        "query",
                        Integer.class,
                        Integer.class,
                        key -> {
                            int value = slot.require(key);
                            inside.countDown();
                            try {
                                go.await();
                            } catch (InterruptedException e) {
                                throw new OrreryException.Cancelled("the latch", e);
                            }
                            return value;
                        });
        Future<Integer> older = readers.submit(() -> query.of(0));
        inside.await();
        slot.set(0, 2);
        Future<Integer> newer = readers.submit(() -> query.of(0));
        go.countDown();
        assertThat(older.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(newer.get(20, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(query.statistics().computed()).isEqualTo(2);
    }

    /** A thread that a body started by itself is outside: nothing of the query's is bound there. */
    @Test
    @DisplayName("F14: a query's reads from a thread of its own are an error")
    void aThreadOfItsOwn() throws Exception {
        slot.set(0, 1);
        AtomicReference<Callable<Integer>> leaked = new AtomicReference<>();
        Query<Integer, Integer> query =
                queries.query(
                        "query",
                        Integer.class,
                        Integer.class,
                        key -> {
                            Tracking.Frame frame = Tracking.frame();
                            leaked.set(() -> Tracking.within(frame, () -> slot.require(key)));
                            return slot.require(key);
                        });
        query.of(0);
        Future<Integer> stray = readers.submit(leaked.get());
        assertThatThrownBy(() -> stray.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(OrreryException.Unsupported.class);
    }

    @Test
    @DisplayName("F16: no wake-up is lost among readers and writers")
    void noLostWakeUp() throws Exception {
        readAndWrite(Duration.ofSeconds(1));
    }

    @Test
    @Tag("long")
    @DisplayName("F16: no wake-up is lost among readers and writers, for ten seconds")
    void noLostWakeUpForLong() throws Exception {
        readAndWrite(Duration.ofSeconds(10));
    }

    private void readAndWrite(Duration length) throws Exception {
        Query<Integer, Integer> chain =
                queries.recursive(
                        "chain",
                        Integer.class,
                        Integer.class,
                        (self, key) ->
                                key < 4
                                        ? slot.find(key).orElse(0)
                                        : self.of(key - 4) + self.of(key - 3));
        long end = System.nanoTime() + length.toNanos();
        List<Callable<Integer>> loops =
                IntStream.range(0, 8)
                        .<Callable<Integer>>mapToObj(i ->
                                () -> {
                                    Random random = new Random(i);
                                    int reads = 0;
                                    while (System.nanoTime() < end) {
                                        if (random.nextInt(4) == 0) {
                                            slot.set(random.nextInt(4), random.nextInt(10));
                                        } else {
                                            chain.of(random.nextInt(24));
                                            reads++;
                                        }
                                    }
                                    return reads;
                                })
                        .toList();
        // who were not woken would not come back: then this waits in vain
        assertThat(together(loops)).allSatisfy(reads -> assertThat(reads).isPositive());
        assertThat(chain.of(23)).isEqualTo(fromScratch(23));
    }

    private int fromScratch(int key) {
        return key < 4 ? slot.find(key).orElse(0) : fromScratch(key - 4) + fromScratch(key - 3);
    }
}
