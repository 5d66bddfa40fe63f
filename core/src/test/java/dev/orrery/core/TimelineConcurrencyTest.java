package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writers and pinned readers at once, and what is kept for whom. Laws C2 to C5 and C11. */
@Timeout(60)
class TimelineConcurrencyTest {
    private static final int ACCOUNTS = 16;
    private static final int EACH = 100;

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final TimelineNumbers accounts = new TimelineNumbers(timeline);
    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private final AtomicBoolean over = new AtomicBoolean();

    /** Opens when a thread has failed. */
    private final CountDownLatch stopped = new CountDownLatch(1);

    private interface Work {
        void step(Random random);
    }

    private Thread start(long seed, Work work) {
        Random random = new Random(seed);
        return Thread.ofPlatform()
                .start(() -> {
                    try {
                        while (!over.get()) {
                            work.step(random);
                        }
                    } catch (Throwable thrown) {
                        broken.compareAndSet(null, thrown);
                        over.set(true);
                        stopped.countDown();
                    }
                });
    }

    private void run(List<Thread> threads, long millis) throws InterruptedException {
        stopped.await(millis, TimeUnit.MILLISECONDS);
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(broken.get()).isNull();
    }

    private static long seed() {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println("-Dorrery.seed=" + seed);
        return seed;
    }

    /** Sets both accounts of a pair, so that a transfer needs no reading under a lock. */
    private void transfer(Random random) {
        int low = random.nextInt(ACCOUNTS / 2) * 2;
        int amount = random.nextInt(EACH);
        timeline.commit(() -> {
            accounts.set("" + low, EACH - amount);
            accounts.set("" + (low + 1), EACH + amount);
        });
    }

    @Test
    void transfersKeepTheirSumAtEveryPin() throws InterruptedException {
        timeline.commit(() -> {
            for (int i = 0; i < ACCOUNTS; i++) {
                accounts.set("" + i, EACH);
            }
        });
        long seed = seed();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(start(seed + i, this::transfer));
            threads.add(start(seed + 10 + i, _ -> sumAtAPin()));
        }
        threads.add(start(seed + 20, this::sumsAtOldPins));
        threads.add(start(seed + 30, this::sumsInManyReadings));
        threads.add(start(seed + 31, this::sumsInManyReadings));
        run(threads, 1_000);
        assertThat(timeline.horizon()).as("nobody reads").isEqualTo(timeline.published());
    }

    private void sumAtAPin() {
        try (Pin pin = timeline.pin()) {
            assertSum(pin.revision().number());
        }
    }

    private void sumsAtOldPins(Random random) {
        List<Pin> pins = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            pins.add(timeline.pin());
            java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(500_000));
        }
        pins.forEach(pin -> assertSum(pin.revision().number()));
        pins.forEach(Pin::close);
    }

    /** Of which there are more at once than have a place. */
    private void sumsInManyReadings(Random random) {
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            readings.add(timeline.read());
            java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(100_000));
        }
        readings.forEach(reading -> assertSum(reading.revision()));
        readings.forEach(Reading::close);
    }

    private void assertSum(long revision) {
        int one = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
            one += accounts.findAt("" + i, revision).orElseThrow();
        }
        int all =
                accounts.selectAt(Condition.all(), revision).stream()
                        .mapToInt(entry -> entry.getValue())
                        .sum();
        assertThat(one).isEqualTo(ACCOUNTS * EACH);
        assertThat(all).isEqualTo(ACCOUNTS * EACH);
    }

    /**
     * Two writers whose batches share a key and agree on it with what is there half of the time: a
     * write that changes nothing is part of its batch all the same.
     */
    @Test
    void aWriteWithoutEffectIsPartOfItsBatchAllTheSame() throws InterruptedException {
        accounts.set("left", 0);
        accounts.set("right", 0);
        long seed = seed();
        List<Thread> threads = new ArrayList<>();
        threads.add(start(seed, this::writePair));
        threads.add(start(seed + 1, this::writePair));
        threads.add(start(seed + 2, this::writeLeft));
        run(threads, 700);
    }

    /** Sees its own batch whole in the revision it made, whoever else writes. */
    private void writePair(Random random) {
        int left = random.nextInt(2);
        int right = random.nextInt(1_000);
        try (Pin hold = timeline.pin()) {
            Revision made =
                    timeline.commit(() -> {
                        accounts.set("left", left);
                        accounts.set("right", right);
                    });
            long at = made.number();
            if (accounts.findAt("right", at).orElseThrow() == right
                    && accounts.changedAt("right") >= at
                    && accounts.nextChange("right", at - 1) == at) {
                assertThat(accounts.findAt("left", at))
                        .as("at %s, held %s", made, hold)
                        .contains(left);
            }
        }
    }

    private void writeLeft(Random random) {
        accounts.set("left", random.nextInt(2));
    }

    @Test
    void commitsOfOneThreadKeepTheirOrder() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String key = "" + i;
            int[] next = {0};
            threads.add(
                    start(
                            i,
                            _ -> {
                                accounts.set(key, ++next[0]);
                                assertThat(accounts.find(key)).contains(next[0]);
                            }));
        }
        run(threads, 300);
    }

    @Test
    void versionsAreKeptForPinsAndCutWhenTheyClose() {
        accounts.set("a", 0);
        Pin first = timeline.pin();
        for (int i = 1; i <= 10; i++) {
            accounts.set("a", i);
        }
        Pin second = timeline.pin();
        for (int i = 11; i <= 20; i++) {
            accounts.set("a", i);
        }
        assertThat(accounts.findAt("a", first.revision().number())).contains(0);
        assertThat(accounts.findAt("a", second.revision().number())).contains(10);
        assertThat(timeline.isPinned(0, second.revision().number())).isTrue();
        first.close();
        first.close();
        assertThat(timeline.isPinned(0, second.revision().number())).isFalse();
        assertThat(length("a")).isEqualTo(11);
        assertThat(accounts.findAt("a", second.revision().number())).contains(10);
        second.close();
        assertThat(length("a")).isEqualTo(1);
        assertThat(accounts.find("a")).contains(20);
        assertThatThrownBy(() -> accounts.findAt("a", 3)).hasMessageContaining("law C4");
    }

    @Test
    void chainsStayShortWithoutPins() {
        for (int i = 0; i < 100; i++) {
            accounts.set("a", i);
        }
        assertThat(length("a")).isEqualTo(1);
    }

    @Test
    void aRemovedKeyLeavesNothingBehind() {
        accounts.set("a", 1);
        try (Pin pin = timeline.pin()) {
            accounts.remove("a");
            assertThat(accounts.findAt("a", pin.revision().number())).contains(1);
            assertThat(accounts.find("a")).isEmpty();
        }
        accounts.remove("never there");
        accounts.set("b", 1);
        assertThat(accounts.changedAt("a")).isZero();
        assertThat(accounts.owns(new Cell<>(accounts, "a", java.util.Optional.empty()))).isFalse();
        assertThat(accounts.selectAt(Condition.all(), timeline.published())).hasSize(1);
    }

    private int length(String key) {
        int length = 0;
        for (Version<Integer> v = accounts.cell(key).head(); v != null; v = v.older) {
            length++;
        }
        return length;
    }
}
