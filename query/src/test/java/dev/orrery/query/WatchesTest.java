package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watched queries: the current value, then the latest, each true at one revision. Law Q17. */
@Timeout(60)
class WatchesTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final AtomicInteger threads = new AtomicInteger();
    private final Queries queries =
            new Queries(
                    timeline,
                    work -> {
                        threads.incrementAndGet();
                        return Thread.ofVirtual().unstarted(work);
                    });
    private final SingleInput<Integer> number = queries.input("number", Integer.class);
    private final SingleInput<Integer> other = queries.input("other", Integer.class);
    private final SingleQuery<Integer> tens =
            queries.query("tens", Integer.class, () -> number.find().orElse(0) / 10);

    @AfterEach
    void close() {
        queries.close();
    }

    @Test
    void theCurrentValueComesFirstThenTheLatest() {
        number.set(10);
        try (Subscription<Integer> watch = tens.watch()) {
            assertThat(watch.next(LONG)).contains(1);
            number.set(20);
            assertThat(watch.next(LONG)).contains(2);
            for (int value = 30; value <= 900; value += 10) {
                number.set(value);
            }
            int last = 0;
            while (last != 90) {
                last = watch.next(LONG).orElseThrow();
            }
            assertThat(watch.next(SHORT)).isEmpty();
        }
    }

    @Test
    void anEqualValueIsNotShown() {
        number.set(10);
        try (Subscription<Integer> watch = tens.watch()) {
            assertThat(watch.next(LONG)).contains(1);
            number.set(11);
            other.set(1);
            assertThat(watch.next(SHORT)).isEmpty();
            number.set(20);
            assertThat(watch.next(LONG)).contains(2);
        }
    }

    @Test
    void aFailureIsThrownAndTheWatchStaysUsable() {
        SingleQuery<Integer> inverse =
                queries.query("inverse", Integer.class, () -> 100 / number.require());
        number.set(5);
        try (Subscription<Integer> watch = inverse.watch();
                Subscription<Outcome<Integer>> outcomes = inverse.watchOutcome()) {
            assertThat(watch.next(LONG)).contains(20);
            assertThat(outcomes.next(LONG)).contains(new Outcome.Value<>(20));
            number.set(0);
            assertThatThrownBy(() -> watch.next(LONG))
                    .isInstanceOf(OrreryException.UserFailure.class)
                    .hasCauseInstanceOf(ArithmeticException.class);
            assertThat(outcomes.next(LONG).orElseThrow()).isInstanceOf(Outcome.Failed.class);
            other.set(1);
            assertThat(watch.next(SHORT)).as("the same failure again").isEmpty();
            number.set(4);
            assertThat(watch.next(LONG)).contains(25);
            assertThat(outcomes.next(LONG)).contains(new Outcome.Value<>(25));
        }
    }

    @Test
    void aWatchNeverShowsAMixOfRevisions() {
        Input<Integer, Integer> parts = queries.input("parts", Integer.class, Integer.class);
        Query<Integer, Integer> part =
                queries.query(
                        "part", Integer.class, Integer.class, key -> parts.find(key).orElse(0));
        SingleQuery<List<Integer>> all =
                queries.query(
                        "all",
                        dev.orrery.core.Type.listOf(Integer.class),
                        () -> List.of(part.of(0), part.of(1), part.of(2)));
        Random random = new Random(Seeds.of(1).findFirst().orElseThrow());
        try (Subscription<List<Integer>> watch = all.watch()) {
            for (int i = 0; i < 500; i++) {
                int value = i;
                timeline.commit(() -> {
                    for (int key = 0; key < 3; key++) {
                        parts.set(key, value);
                    }
                });
                if (random.nextInt(4) == 0) {
                    watch.next(Duration.ZERO).ifPresent(WatchesTest::assertOneMoment);
                }
            }
            List<Integer> last;
            do {
                last = watch.next(LONG).orElseThrow();
                assertOneMoment(last);
            } while (last.get(0) != 499);
        }
    }

    private static void assertOneMoment(List<Integer> shown) {
        assertThat(shown).allMatch(part -> part.equals(shown.get(0)));
    }

    @Test
    void aWatcherWhoComesLaterSeesNothingOlderThanItsComing() {
        try (Subscription<Integer> early = tens.watch()) {
            for (int i = 1; i < 200; i++) {
                number.set(i * 10);
                try (Subscription<Integer> late = tens.watch()) {
                    assertThat(late.next(LONG)).contains(i);
                }
            }
            int last = 0;
            while (last != 199) {
                last = early.next(LONG).orElseThrow();
            }
        }
    }

    @Test
    void noThreadIsStartedBeforeTheFirstWatchAndOneServesAll() {
        tens.now();
        assertThat(threads).hasValue(0);
        List<Subscription<Integer>> watches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            watches.add(tens.watch());
        }
        assertThat(threads).hasValue(1);
        watches.forEach(Subscription::close);
    }

    @Test
    void anUnwatchedResultIsNotComputed() {
        try (Subscription<Integer> watch = tens.watch()) {
            assertThat(watch.next(LONG)).isPresent();
        }
        long computed = tens.statistics().computed();
        number.set(70);
        try (Subscription<Outcome<Integer>> elsewhere =
                queries.query("elsewhere", Integer.class, number::require).watchOutcome()) {
            assertThat(elsewhere.next(LONG)).isPresent();
            number.set(80);
            assertThat(elsewhere.next(LONG)).contains(new Outcome.Value<>(80));
        }
        assertThat(tens.statistics().computed()).isEqualTo(computed);
    }

    @Test
    void closingTheRuntimeEndsEveryWait() throws Exception {
        Subscription<Integer> watch = tens.watch();
        assertThat(watch.next(LONG)).isEqualTo(Optional.of(0));
        Thread closer = Thread.ofVirtual().start(queries::close);
        assertThatThrownBy(watch::next).isInstanceOf(OrreryException.Closed.class);
        closer.join();
        assertThatThrownBy(tens::watch).isInstanceOf(OrreryException.Closed.class);
    }
}
