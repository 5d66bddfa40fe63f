package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acceptance: inputs whose bytes are limited. A text of 23 bytes or less takes one more. */
// laws C60, Q41
class AcceptanceBytesTest {
    private static final String TEN = "123456789"; // and one byte that tells its length

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, String> x =
            queries.defineInput("x", String.class, String.class).maximumBytes(1_000).create();

    @TempDir Path directory;

    @AfterEach
    void close() {
        queries.close();
    }

    /** Keys of ten bytes and values of ten: twenty each. */
    private static String key(int number) {
        return "key " + (10_000 + number);
    }

    private void fill(int bytes) {
        assertThat(bytes % 10).isZero();
        timeline.commit(() -> {
            IntStream.range(0, bytes / 20).forEach(i -> x.set(key(i), TEN));
            if (bytes % 20 != 0) {
                x.set("", TEN.substring(1)); // ten together
            }
        });
    }

    @Test
    @DisplayName("B7: a write beyond the limit is refused, and nothing is as if it had been made")
    void aWriteBeyondTheLimitIsRefused() {
        fill(990);
        Revision before = timeline.now();
        Query<String, Integer> length =
                queries.query(
                        "length", String.class, Integer.class, key -> x.require(key).length());
        assertThat(length.of(key(0))).isEqualTo(9);
        try (var events = queries.events().subscribe()) {
            String longer = TEN + "x".repeat(50);
            LimitExceeded limit =
                    catchThrowableOfType(LimitExceeded.class, () -> x.set(key(0), longer));
            assertThat(limit.limit()).isEqualTo("bytes of x");
            assertThat(limit.allowed()).isEqualTo(1_000);
            assertThat(limit.asked()).isEqualTo(990 - 10 + 2 + longer.length());
            assertThat(x.require(key(0))).isEqualTo(TEN);
            assertThat(timeline.now()).isEqualTo(before);
            assertThat(length.of(key(0))).isEqualTo(9);
            assertThat(length.statistics().computed()).isEqualTo(1);
            assertThat(EventsTest.told(events)).isEmpty();
        }
        x.set(key(0), TEN + "x".repeat(10));
        assertThat(length.of(key(0))).isEqualTo(19);
    }

    @Test
    @DisplayName("B7: a batch beyond the limit is refused whole, other inputs included")
    void aBatchBeyondTheLimitIsRefusedWhole() {
        fill(900);
        Input<String, String> other = queries.input("other", String.class, String.class);
        Revision before = timeline.now();
        assertThatThrownBy(() ->
                        timeline.commit(() -> {
                            other.set("a", "b");
                            x.remove(key(0));
                            IntStream.range(100, 107).forEach(i -> x.set(key(i), TEN));
                        }))
                .isInstanceOf(LimitExceeded.class);
        assertThat(timeline.now()).isEqualTo(before);
        assertThat(other.find("a")).isEmpty();
        assertThat(x.find(key(0))).isPresent();
        timeline.commit(() -> {
            x.remove(key(0)); // what goes makes room for what comes, in one commit
            IntStream.range(100, 106).forEach(i -> x.set(key(i), TEN));
        });
        assertThat(x.count()).isEqualTo(50);
        assertThatThrownBy(() -> x.set("", "")).isInstanceOf(LimitExceeded.class);
        x.removeAll(IntStream.range(1, 45).mapToObj(AcceptanceBytesTest::key).toList());
        fill(800);
    }

    /** However many write at once, never more is there than allowed. */
    @Test
    void writersTogetherKeepWithinTheLimit() throws Exception {
        AtomicBoolean refused = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Future<?>[] all = new Future<?>[4];
            for (int t = 0; t < all.length; t++) {
                int from = t;
                all[t] =
                        threads.submit(() -> {
                            for (int i = 0; i < 2_000; i++) {
                                try {
                                    x.set(key((7 * i + from) % 97), TEN);
                                    if (i % 3 == 0) {
                                        x.remove(key((5 * i + from) % 97));
                                    }
                                } catch (LimitExceeded full) {
                                    refused.set(true);
                                    x.remove(key((11 * i + from) % 97));
                                }
                            }
                        });
            }
            while (!java.util.Arrays.stream(all).allMatch(Future::isDone)) {
                assertThat(x.count()).isLessThanOrEqualTo(50);
            }
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(refused).isTrue();
        x.removeAll(x.keys());
        fill(1_000); // nothing was lost count of
        assertThatThrownBy(() -> x.set("", "")).isInstanceOf(LimitExceeded.class);
    }

    /** What is stored first must not be refused afterwards: so it is refused before. */
    @Test
    void aCommitThatIsStoredFirstIsRefusedBeforeIt() {
        AtomicBoolean stored = new AtomicBoolean();
        fill(900);
        assertThatThrownBy(() ->
                        timeline.transact(
                                "test",
                                transaction -> {
                                    transaction.persist("store", () -> stored.set(true));
                                    x.set("new", "x".repeat(200));
                                }))
                .isInstanceOf(LimitExceeded.class);
        assertThat(stored).isFalse();
        timeline.transact(
                "test",
                transaction -> {
                    transaction.persist(
                            "store",
                            () -> {
                                stored.set(true);
                                // somebody else, while this one is stored: its room is taken
                                assertThatThrownBy(() -> writeElsewhere(key(200)))
                                        .hasCauseInstanceOf(LimitExceeded.class);
                            });
                    IntStream.range(100, 105).forEach(i -> x.set(key(i), TEN));
                });
        assertThat(stored).isTrue();
        assertThat(x.count()).isEqualTo(50);
        assertThatThrownBy(() -> x.set("", "")).isInstanceOf(LimitExceeded.class);
        x.remove(key(0));
        x.set(key(1000), TEN);
    }

    private void writeElsewhere(String key) throws Exception {
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            thread.submit(() -> x.set(key, TEN)).get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatComesBackCountsAndASnapshotsOwnWritesDoNot() {
        try (Snapshot snapshot = queries.snapshot()) {
            fill(1_000);
            snapshot.commit(() -> x.setAll(Map.of("a", "x".repeat(2_000), key(1), TEN)));
            assertThat(snapshot.read(() -> x.require("a"))).hasSize(2_000);
        }
        try (Stored life = new Stored(600)) {
            IntStream.range(0, 30).forEach(i -> life.x.set(key(i), TEN));
            life.queries.save();
        }
        try (Stored life = new Stored(500)) {
            assertThat(life.x.count()).isEqualTo(30);
            assertThatThrownBy(() -> life.x.set(key(30), TEN)).isInstanceOf(LimitExceeded.class);
            life.x.set(key(0), TEN.replace('1', '2')); // it grows by nothing
            life.x.removeAll(IntStream.range(0, 6).mapToObj(AcceptanceBytesTest::key).toList());
            life.x.set(key(30), TEN);
        }
    }

    @Test
    void aLimitNeedsAStoredFormAndIsPositive() {
        assertThatThrownBy(() ->
                        queries.defineInput("y", String.class, Thread.class)
                                .maximumBytes(1)
                                .create())
                .isInstanceOf(BadDefinition.class);
        assertThatThrownBy(
                        () -> queries.defineInput("y", String.class, String.class).maximumBytes(0))
                .isInstanceOf(Invalid.class);
    }

    /** A process with a limited input that is kept. */
    private final class Stored implements AutoCloseable {
        final QueryStore store = QueryStore.open(directory);
        final Queries queries =
                new Queries(
                        Timeline.startingAt("life", store.revision()),
                        Thread.ofVirtual().factory(),
                        store);
        final Input<String, String> x;

        Stored(long bytes) {
            x = queries.defineInput("x", String.class, String.class).maximumBytes(bytes).create();
        }

        @Override
        public void close() {
            queries.close();
            store.close();
        }
    }
}
