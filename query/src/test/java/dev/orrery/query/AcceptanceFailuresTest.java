package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Failures that are values, that pass, and that are handled; results that are run again. */
class AcceptanceFailuresTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final List<String> ran = new ArrayList<>();
    private final Input<String, Integer> x = queries.input("x", String.class, Integer.class);
    private int outside = 1;

    /** A failure of the business. */
    private static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int value;

        TooLarge(int value) {
            super("too large");
            this.value = value;
        }
    }

    private final Query<String, Integer> checked =
            queries.define("checked", String.class, Integer.class)
                    .failing(TooLarge.class)
                    .as(this::checked);
    private final Query<String, Integer> reader =
            queries.query("reader", String.class, Integer.class, this::reader);
    private final Query<String, Integer> flaky =
            queries.query("flaky", String.class, Integer.class, this::flaky);
    private final Query<String, String> careful =
            queries.query("careful", String.class, String.class, this::careful);
    private final Query<String, Integer> clock =
            queries.define("clock", String.class, Integer.class).untracked().as(this::clock);
    private final Query<String, Boolean> early =
            queries.query("early", String.class, Boolean.class, this::early);

    private int checked(String key) {
        ran.add("checked");
        int value = x.find(key).orElse(0);
        if (value > 10) {
            throw new TooLarge(value);
        }
        return value;
    }

    private int reader(String key) {
        ran.add("reader");
        return 2 * checked.of(key);
    }

    private int flaky(String key) {
        ran.add("flaky");
        if (outside < 0) {
            throw new IllegalStateException("down");
        }
        return outside;
    }

    /** Goes on when one of its children fails, and tells which. */
    private String careful(String keys) {
        ran.add("careful");
        StringBuilder all = new StringBuilder();
        for (String key : keys.split("")) {
            switch (checked.outcome(key)) {
                case Outcome.Value<Integer>(Integer value) -> all.append(value).append(' ');
                case Outcome.Failed<Integer>(UserFailure failure) ->
                        all.append(failure.getCause().getMessage()).append(' ');
                case Outcome.Failed<Integer>(var failure) -> throw failure;
            }
        }
        return all.toString();
    }

    private int clock(String zone) {
        ran.add("clock");
        return outside + x.find(zone).orElse(0);
    }

    private boolean early(String zone) {
        ran.add("early");
        return clock.of(zone) < 12;
    }

    @AfterEach
    void close() {
        queries.close();
    }

    private static void fails(Query<String, Integer> query, Class<? extends Throwable> cause) {
        assertThatThrownBy(() -> query.of("a"))
                .isInstanceOf(UserFailure.class)
                .hasCauseInstanceOf(cause);
    }

    @Test
    @DisplayName("D1: an unexpected failure is remembered for its revision and retried in the next")
    void anUnexpectedFailureIsRememberedForItsRevision() {
        outside = -1;
        fails(flaky, IllegalStateException.class);
        fails(flaky, IllegalStateException.class);
        assertThat(ran).containsExactly("flaky");
        outside = 42;
        x.set("unrelated", 1);
        assertThat(flaky.of("a")).isEqualTo(42);
        assertThat(ran).hasSize(2);
    }

    @Test
    @DisplayName("D9: a declared failure reaches the caller with its type and facts")
    void aDeclaredFailureReachesTheCaller() {
        x.set("a", 11);
        assertThatThrownBy(() -> reader.of("a"))
                .isInstanceOfSatisfying(
                        UserFailure.class,
                        failure -> {
                            assertThat(failure.where()).isEqualTo("checked");
                            assertThat(failure.key()).isEqualTo("a");
                            assertThat(failure.getCause())
                                    .isInstanceOfSatisfying(
                                            TooLarge.class,
                                            cause -> assertThat(cause.value).isEqualTo(11));
                        });
    }

    @Test
    void aDeclaredFailureIsAValueUntilWhatItReadChanges() {
        x.set("a", 11);
        fails(reader, TooLarge.class);
        x.set("unrelated", 1);
        fails(reader, TooLarge.class);
        fails(checked, TooLarge.class);
        assertThat(ran)
                .as("neither it nor its reader is retried")
                .containsExactly("reader", "checked");
        assertThat(reader.statistics().spared()).isZero();
        x.set("a", 12);
        fails(reader, TooLarge.class);
        assertThat(ran)
                .as("an equal failure spares its reader")
                .containsExactly("reader", "checked", "checked");
        x.set("a", 3);
        assertThat(reader.of("a")).isEqualTo(6);
    }

    @Test
    void aDeclaredFailureIsAdoptedBySnapshotsThatWrite() {
        x.set("a", 11);
        fails(reader, TooLarge.class);
        ran.clear();
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.commit(() -> x.set("unrelated", 1));
            snapshot.read(() -> {
                fails(reader, TooLarge.class);
                return 0;
            });
            assertThat(ran).isEmpty();
        }
    }

    @Test
    void aBodyThatCollectsOutcomesGoesOnWhenOneFails() {
        x.set("a", 1);
        x.set("b", 11);
        x.set("c", 3);
        assertThat(careful.of("abc")).isEqualTo("1 too large 3 ");
        ran.clear();
        x.set("b", 12);
        assertThat(careful.of("abc")).isEqualTo("1 too large 3 ");
        assertThat(ran).as("an equal failure cuts off").containsExactly("checked");
        x.set("b", 2);
        assertThat(careful.of("abc")).isEqualTo("1 2 3 ");
    }

    @Test
    @DisplayName("D10: a failure is shared, and retried at the next request once it is forgotten")
    void aForgottenFailureIsRetriedWithoutAnyChange() {
        outside = -1;
        fails(flaky, IllegalStateException.class);
        outside = 7;
        fails(flaky, IllegalStateException.class);
        flaky.forget("a");
        assertThat(flaky.of("a")).isEqualTo(7);
        assertThat(flaky.of("a")).isEqualTo(7);
        assertThat(ran).hasSize(2);
    }

    @Test
    void aForgottenResultRunsAgainAndAnEqualOneSparesItsReaders() {
        x.set("a", 3);
        assertThat(reader.of("a")).isEqualTo(6);
        ran.clear();
        Revision before = timeline.now();
        checked.forget("a");
        assertThat(timeline.now().number()).isEqualTo(before.number() + 1);
        assertThat(reader.of("a")).isEqualTo(6);
        assertThat(ran).containsExactly("checked");
        assertThat(reader.of("a")).isEqualTo(6);
        assertThat(ran).hasSize(1);
        checked.forget("never asked");
        assertThat(timeline.now().number()).isEqualTo(before.number() + 1);
    }

    @Test
    void aForgottenResultIsShownToItsWatchers() {
        try (Subscription<Integer> shown = flaky.watch("a")) {
            assertThat(shown.next()).isEqualTo(1);
            outside = 2;
            flaky.forget("a");
            assertThat(shown.next(Duration.ofSeconds(10))).contains(2);
        }
    }

    @Test
    void aSnapshotKeepsWhatWasBeforeTheForgetting() {
        assertThat(flaky.of("a")).isEqualTo(1);
        try (Snapshot snapshot = queries.snapshot()) {
            outside = 2;
            flaky.forget("a");
            assertThat(flaky.of("a")).isEqualTo(2);
            assertThat(snapshot.<Integer>read(() -> flaky.of("a"))).isEqualTo(1);
        }
    }

    @Test
    void severalResultsAreForgottenInOneCommitAndNoneInsideAQuery() {
        flaky.of("a");
        flaky.of("b");
        long before = timeline.published();
        timeline.commit(() -> {
            flaky.forget("a");
            flaky.forget("b");
        });
        assertThat(timeline.published()).isEqualTo(before + 1);
        outside = 5;
        assertThat(flaky.of("a") + flaky.of("b")).isEqualTo(10);
        Query<String, Integer> bad =
                queries.query(
                        "bad",
                        String.class,
                        Integer.class,
                        key -> {
                            flaky.forget(key);
                            return 1;
                        });
        fails(bad, Unsupported.class);
    }

    @Test
    void anUntrackedResultHoldsForItsRevisionAndAnEqualOneSparesItsReaders() {
        assertThat(early.of("utc")).isTrue();
        assertThat(early.of("utc")).isTrue();
        assertThat(ran).containsExactly("early", "clock");
        outside = 2;
        assertThat(clock.of("utc")).as("nothing was committed").isEqualTo(1);
        x.set("unrelated", 1);
        assertThat(early.of("utc")).isTrue();
        assertThat(ran)
                .as("once, though another value")
                .containsExactly("early", "clock", "clock", "early");
        x.set("unrelated", 2);
        assertThat(early.of("utc")).isTrue();
        assertThat(ran).as("an equal value").hasSize(5).endsWith("clock");
        try (Snapshot snapshot = queries.snapshot()) {
            outside = 20;
            x.set("unrelated", 3);
            assertThat(early.of("utc")).isFalse();
            assertThat(snapshot.<Boolean>read(() -> early.of("utc"))).isTrue();
        }
    }
}
