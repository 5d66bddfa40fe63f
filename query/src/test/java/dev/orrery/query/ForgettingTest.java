package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Results that are forgotten while they are computed. Law Q24. */
@Timeout(60)
class ForgettingTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        go.countDown();
        readers.shutdownNow();
        queries.close();
    }

    /** Runs once more; the first time not before it is let on. */
    private int run() {
        int run = runs.incrementAndGet();
        if (run == 1) {
            inside.countDown();
            await(go);
        }
        return run;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).as("somebody comes").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private <T> T letOn(Future<T> reader) throws Exception {
        go.countDown();
        return reader.get(20, TimeUnit.SECONDS);
    }

    @Test
    void whatIsForgottenWhileItRunsRunsAgain() throws Exception {
        SingleQuery<Integer> query = queries.query("slow", Integer.class, this::run);
        Future<Integer> reader = readers.submit(query::now);
        await(inside);
        query.forget();
        assertThat(letOn(reader)).isEqualTo(1);
        assertThat(query.now()).isEqualTo(2);
        assertThat(query.now()).isEqualTo(2);
    }

    @Test
    void whatIsForgottenTwiceWhileItRunsHoldsFromNeitherOn() throws Exception {
        SingleQuery<Integer> query = queries.query("slow", Integer.class, this::run);
        Future<Integer> reader = readers.submit(query::now);
        await(inside);
        query.forget();
        try (Snapshot between = queries.snapshot()) {
            query.forget();
            assertThat(letOn(reader)).isEqualTo(1);
            assertThat(between.read(query::now)).isEqualTo(2);
            assertThat(query.now()).isEqualTo(3);
        }
    }

    @Test
    void aCircleThatIsForgottenWhileItRunsRunsAgain() throws Exception {
        Query<String, Integer> circle =
                queries.define("circle", String.class, Integer.class)
                        .fixedPoint(_ -> 0)
                        .recursive((self, key) -> {
                            int before = self.of(key);
                            return before == 0 ? run() : before;
                        });
        Future<Integer> reader = readers.submit(() -> circle.of("a"));
        await(inside);
        circle.forget("a");
        int first = letOn(reader);
        assertThat(circle.of("a")).isGreaterThan(first);
    }
}
