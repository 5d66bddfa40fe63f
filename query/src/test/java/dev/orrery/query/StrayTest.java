package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that a body starts by itself. Law C62 of core. */
// law C62
@Timeout(60)
class StrayTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, Integer> x = queries.input("x", String.class, Integer.class);
    private final Query<String, Integer> below =
            queries.query("below", String.class, Integer.class, x::require);
    private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        queries.close();
    }

    private Object inAThread(boolean virtual, Callable<?> work) {
        Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
        Thread thread =
                builder.start(() -> {
                    try {
                        seen.add(work.call());
                    } catch (Exception e) {
                        seen.add(e);
                    }
                });
        try {
            thread.join();
            return seen.remove();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whatever it reads, and a hit too, is an error there and not a dependency that is missing. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("F14: what a thread reads that a body has started is an error")
    void aThreadThatABodyHasStartedCannotRead(boolean virtual) {
        x.set("a", 1);
        below.of("a");
        AtomicReference<List<Object>> got = new AtomicReference<>();
        SingleQuery<Integer> query =
                queries.query(
                        "query",
                        Integer.class,
                        () -> {
                            got.set(
                                    List.of(
                                            inAThread(virtual, () -> x.require("a")),
                                            inAThread(virtual, () -> x.list()),
                                            inAThread(virtual, () -> below.of("a")),
                                            inAThread(
                                                    virtual,
                                                    () -> timeline.commit(() -> x.set("a", 2)))));
                            return below.of("a");
                        });
        assertThat(query.now()).isEqualTo(1);
        assertThat(got.get()).hasSize(4).hasOnlyElementsOfType(Unsupported.class);
        assertThat(x.require("a")).isEqualTo(1);
    }

    @Test
    void aThreadStartedByAStartedThreadCannotReadEither() {
        x.set("a", 1);
        AtomicReference<Object> got = new AtomicReference<>();
        queries.query(
                        "query",
                        Integer.class,
                        () -> {
                            got.set(inAThread(true, () -> inAThread(false, () -> x.require("a"))));
                            return 1;
                        })
                .now();
        assertThat(got.get()).isInstanceOf(Unsupported.class);
    }

    /** A pool that a body happened to be the first to need serves everyone afterwards. */
    @Test
    void afterTheBodyItIsAThreadLikeAnyOther() throws Exception {
        x.set("a", 1);
        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            queries.query(
                            "query",
                            Integer.class,
                            () -> {
                                pool.execute(() -> seen.add("started")); // its thread is made here
                                return 1;
                            })
                    .now();
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("started");
            assertThat(pool.submit(() -> below.of("a")).get(20, TimeUnit.SECONDS)).isEqualTo(1);
            pool.submit(() -> x.set("a", 2)).get(20, TimeUnit.SECONDS);
            assertThat(pool.submit(() -> x.require("a")).get(20, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void itMayReadWhatIsSaidToBeUntracked() {
        x.set("a", 1);
        SingleQuery<Integer> query =
                queries.query(
                        "query",
                        Integer.class,
                        () ->
                                (Integer)
                                        inAThread(
                                                true,
                                                () -> Tracking.untracked(() -> x.require("a"))));
        assertThat(query.now()).isEqualTo(1);
        assertThat(query.explain().reads()).isEmpty();
    }

    /** The runtime's own threads, though made while a body runs, are where they should be. */
    @Test
    void threadsOfTheRuntimeAreNoneOfThese() {
        x.set("a", 1);
        Query<Integer, Integer> deep =
                queries.recursive(
                        "deep",
                        Integer.class,
                        Integer.class,
                        (self, n) -> n == 0 ? x.require("a") : self.of(n - 1));
        assertThat(deep.of(1_000)).isEqualTo(1);
        SingleQuery<Integer> side =
                queries.query(
                        "side",
                        Integer.class,
                        () ->
                                Parallel.<Integer>all(
                                                List.of(() -> x.require("a"), () -> below.of("a")))
                                        .size());
        assertThat(side.now()).isEqualTo(2);
    }
}
