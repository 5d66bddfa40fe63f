package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Each commit moves departures from one airport to another; whoever reads sees all of them. */
class ConcurrentReadersTest {
    private static final int AIRPORTS = 50;
    private static final long EACH = 100;

    private final Timeline timeline = Timeline.startingAt("readers", new Revision(0));
    private final Facts airports = new Facts(timeline, "airports");
    private final Facts delays = new Facts(timeline, "delays");
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void readersSeeWholeCommitsInOrderAndClientsEndEqual() throws Exception { // laws V4, V5
        for (int i = 0; i < AIRPORTS; i++) {
            airports.fill("k" + i, Row.of("iata", "k" + i));
            delays.fill("k" + i, Row.of("departures", EACH));
        }
        Select joined =
                Select.from(airports)
                        .join(delays, text("iata"))
                        .orderBy(integer("departures").descending());
        try (Views views = new Views(timeline);
                TableView<Row> view = views.table(joined);
                TableView<Row> windowed = views.table(joined);
                ValueView<Long> sum = views.value(joined, Aggregate.sum(integer("departures")));
                Client<Row> whole = new Client<>(view);
                Client<Row> part = new Client<>(windowed);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> work = new ArrayList<>();
            work.add(threads.submit(repeated(() -> check(view.window().rows()))));
            work.add(threads.submit(repeated(() -> checkPinned(view, sum))));
            work.add(threads.submit(scrolling(windowed)));
            work.add(threads.submit(follows(whole)));
            work.add(threads.submit(follows(part)));
            Random random = Seed.random("ConcurrentReaders");
            for (int commit = 0; commit < 3_000; commit++) {
                shift("k" + random.nextInt(AIRPORTS), "k" + random.nextInt(AIRPORTS));
            }
            stop.set(true);
            for (Future<Integer> each : work) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(whole.caughtUp()).isEqualTo(view.window());
            assertThat(part.caughtUp()).isEqualTo(windowed.window());
        }
    }

    private void shift(String from, String to) {
        if (!from.equals(to)) {
            timeline.transact(
                    "test",
                    tx -> {
                        tx.put(delays, from, plus(from, -1));
                        tx.put(delays, to, plus(to, 1));
                    });
        }
    }

    private Row plus(String key, int more) {
        return Row.of("departures", delays.require(key).integer("departures") + more);
    }

    private Callable<Integer> repeated(Runnable check) {
        return () -> {
            int times = 0;
            do {
                check.run();
                times++;
            } while (!stop.get());
            return times;
        };
    }

    private static void check(List<Row> rows) {
        long[] departures = rows.stream().mapToLong(row -> row.integer("departures")).toArray();
        assertThat(departures).hasSize(AIRPORTS);
        long sum = 0;
        for (int i = 0; i < departures.length; i++) {
            sum += departures[i];
            assertThat(i == 0 || departures[i - 1] >= departures[i]).isTrue();
        }
        assertThat(sum).isEqualTo(AIRPORTS * EACH);
    }

    /** The view and its source at one pinned revision tell the same. */
    private void checkPinned(TableView<Row> view, ValueView<Long> sum) {
        try (Pin pin = timeline.pin()) {
            Tracking.within(
                    new ReadingFrame(pin),
                    () -> {
                        Row busiest = view.row(0).orElseThrow();
                        Row source = delays.require(busiest.text("iata"));
                        assertThat(busiest.value("departures"))
                                .isEqualTo(source.value("departures"));
                        assertThat(sum.now()).isEqualTo(AIRPORTS * EACH);
                        return null;
                    });
        }
    }

    private Callable<Integer> scrolling(TableView<Row> view) {
        Random random = new Random(7);
        return repeated(() -> {
            view.viewport(random.nextInt(AIRPORTS), random.nextInt(20));
            LockSupport.parkNanos(100_000);
        });
    }

    private Callable<Integer> follows(Client<Row> client) {
        return repeated(client::caughtUp);
    }
}
