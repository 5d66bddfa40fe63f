package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Commit;
import dev.orrery.core.CommitHook;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.Order;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Opening views while commits go on. */
class OpeningTest { // law V6
    private final Timeline timeline = Timeline.startingAt("opening", new Revision(0));
    private final Facts airports = new Facts(timeline, "airports");
    private final Facts delays = new Facts(timeline, "delays");
    private final Order busiest = integer("departures").descending();
    private final Select board = Select.from(airports).join(delays, text("iata")).orderBy(busiest);

    /** A relation that stops whoever first makes a row of it until it is let go on. */
    private static final class Slow extends LocalRelation<String, Row> {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        private Slow(Timeline timeline) {
            super(timeline, "slow");
            restore("a", Row.of("n", 1));
        }

        @Override
        public Row toRow(String key, Row value) {
            if (reached.getCount() > 0) {
                reached.countDown();
                awaited(goOn);
            }
            return value;
        }

        private void put(String key, int n) {
            timeline().transact("test", tx -> tx.put(this, key, Row.of("n", n)));
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void commitsDuringTheBuildAreNeitherWaitedForNorLostNorDoubled() throws Exception {
        Slow slow = new Slow(timeline);
        try (Views views = new Views(timeline)) {
            AtomicReference<TableView<Row>> opened = new AtomicReference<>();
            AtomicReference<ValueView<Long>> summed = new AtomicReference<>();
            Select select = Select.from(slow).orderBy(integer("n").ascending());
            Thread opener =
                    Thread.startVirtualThread(() -> {
                        opened.set(views.table(select));
                        summed.set(views.value(select, Aggregate.sum(integer("n"))));
                    });
            awaited(slow.reached);
            slow.put("a", 7); // these commits end while the build stands still
            slow.put("b", 5);
            slow.put("b", 6);
            slow.put("c", 1);
            timeline.transact("test", tx -> tx.remove(slow, "c"));
            slow.goOn.countDown();
            assertThat(opener.join(Duration.ofSeconds(30))).isTrue();
            assertThat(opened.get().rows(0, 9)).containsExactly(Row.of("n", 6), Row.of("n", 7));
            assertThat(summed.get().now()).isEqualTo(13);
            slow.put("d", 1);
            assertThat(opened.get().rows(0, 9)).hasSize(3);
            assertThat(summed.get().now()).isEqualTo(14);
        }
    }

    @Test
    void openingWaitsForTheEndOfACommitItCouldOnlySeeHalfOf() throws Exception {
        Slow slow = new Slow(timeline);
        CountDownLatch derived = new CountDownLatch(1);
        CountDownLatch publish = new CountDownLatch(1);
        CommitHook stopping =
                new CommitHook() {
                    @Override
                    public void mark(Commit commit) {
                        derived.countDown();
                        awaited(publish);
                    }
                };
        timeline.attach(stopping).close();
        try (Views views = new Views(timeline)) {
            AtomicReference<TableView<Row>> opened = new AtomicReference<>();
            Thread opener =
                    Thread.ofPlatform().start(() -> opened.set(views.table(Select.from(slow))));
            awaited(slow.reached);
            Thread writer = Thread.ofPlatform().start(() -> slow.put("b", 2));
            awaited(derived);
            slow.goOn.countDown();
            while (opener.isAlive() && opener.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            publish.countDown();
            assertThat(opener.join(Duration.ofSeconds(30))).isTrue();
            assertThat(writer.join(Duration.ofSeconds(30))).isTrue();
            assertThat(opened.get().rows(0, 9)).hasSize(2);
        }
    }

    @Test
    void aFeedBegunWhileACommitIsToldDoesNotTellItTwice() { // law V5
        AtomicReference<Client<Row>> client = new AtomicReference<>();
        AtomicReference<TableView<Row>> view = new AtomicReference<>();
        CommitHook beginning =
                new CommitHook() {
                    @Override
                    public void published(Commit commit) { // before the view tells of it
                        if (view.get() != null && client.get() == null) {
                            client.set(new Client<>(view.get()));
                            client.get().caughtUp();
                        }
                    }
                };
        timeline.attach(beginning).close();
        try (Views views = new Views(timeline)) {
            view.set(views.table(Select.from(airports)));
            airports.put("SFO", Row.of("iata", "SFO"));
            assertThat(client.get().caughtUp()).isEqualTo(view.get().window());
            airports.put("LAX", Row.of("iata", "LAX"));
            assertThat(client.get().caughtUp()).isEqualTo(view.get().window());
            assertThat(client.get().wholes).isEqualTo(1);
        }
    }

    @Test
    void viewsOpenedUnderFireEqualRecomputation() throws Exception {
        Random random = Seed.random("Opening");
        for (int i = 0; i < 500; i++) {
            write(random);
        }
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Random own = new Random(random.nextLong());
            writers.add(
                    Thread.startVirtualThread(() -> {
                        while (!stop.get()) {
                            write(own);
                        }
                    }));
        }
        try (Views views = new Views(timeline)) {
            List<TableView<Row>> opened = new ArrayList<>();
            List<ValueView<Long>> sums = new ArrayList<>();
            for (int i = 1; i <= 40; i++) { // each another question, so that each is built
                opened.add(views.table(board.limit(10_000 + i)));
                sums.add(
                        views.value(
                                board.where(integer("departures").gt(-i)),
                                Aggregate.sum(integer("departures"))));
            }
            stop.set(true);
            for (Thread writer : writers) {
                assertThat(writer.join(Duration.ofSeconds(30))).isTrue();
            }
            List<Row> expected = rows();
            long sum = expected.stream().mapToLong(row -> row.integer("departures")).sum();
            assertThat(opened)
                    .allSatisfy(view -> assertThat(view.rows(0, 9_999)).isEqualTo(expected));
            assertThat(sums).allSatisfy(value -> assertThat(value.now()).isEqualTo(sum));
        }
    }

    private void write(Random random) {
        String key = "k" + random.nextInt(200);
        timeline.transact(
                "test",
                tx -> {
                    if (random.nextInt(4) == 0) {
                        tx.remove(airports, key);
                    } else {
                        tx.put(airports, key, Row.of("iata", key, "name", random.nextInt(9)));
                    }
                    tx.put(delays, key, Row.of("departures", random.nextInt(50)));
                });
    }

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Row airport : airports.list()) {
            delays.find(airport.text("iata")).ifPresent(delay -> rows.add(airport.merge(delay)));
        }
        rows.sort(
                Order.comparator(List.of(busiest))
                        .thenComparing(Comparator.comparing(row -> row.text("iata"))));
        return rows;
    }

    @Test
    void aBuildThatFailsLeavesNothingBehind() { // law V8
        Facts odd = new Facts(timeline, "odd");
        odd.put("a", Row.of("n", "text"));
        try (Views views = new Views(timeline)) {
            Select select = Select.from(odd);
            assertThatThrownBy(() -> views.value(select, Aggregate.sum(integer("n"))))
                    .isInstanceOf(UserFailure.class);
            assertThat(views.size()).isZero();
            odd.put("a", Row.of("n", 4));
            assertThat(views.value(select, Aggregate.sum(integer("n"))).now()).isEqualTo(4);
        }
    }
}
