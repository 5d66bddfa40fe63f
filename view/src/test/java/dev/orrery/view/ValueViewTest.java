package dev.orrery.view;

import static dev.orrery.core.Column.decimal;
import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.number;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Update;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ValueViewTest {
    private record Ratio(long minutes, long flights) {}

    private final Timeline timeline = Timeline.startingAt("value", new Revision(0));
    private final Facts delays = new Facts(timeline, "delays");
    private final Views views = new Views(timeline);
    private final Select all = Select.from(delays);

    @AfterEach
    void close() {
        views.close();
    }

    private void delay(String key, long flights, long minutes) {
        delays.put(key, Row.of("state", key, "flights", flights, "minutes", minutes));
    }

    @Test
    void whatWasDoneToKeepAValueUpIsCounted() { // law V10
        delay("CA", 2, 30);
        Facts airports = new Facts(timeline, "airports");
        try (ValueView<Long> flights = views.value(all, Aggregate.sum(integer("flights")))) {
            delay("CA", 3, 31);
            delay("CA", 3, 32);
            airports.put("SFO", Row.of("name", "San Francisco"));
            assertThat(flights.upkeep()).isEqualTo(new Upkeep(2, 1, 1, 0));
        }
    }

    @Test
    void countsSumsAndMeansFollowEveryChange() { // law V7
        delay("CA", 2, 30);
        try (ValueView<Long> count = views.value(all, Aggregate.count());
                ValueView<Long> sum = views.value(all, Aggregate.sum(integer("flights")));
                ValueView<Optional<Double>> mean =
                        views.value(all, Aggregate.average(integer("minutes")))) {
            delay("NV", 3, 40);
            assertThat(count.now()).isEqualTo(2);
            assertThat(sum.now()).isEqualTo(5);
            assertThat(mean.now()).contains(35.0);
            delay("NV", 5, 41);
            delays.remove("CA");
            assertThat(count.now()).isEqualTo(1);
            assertThat(sum.now()).isEqualTo(5);
            assertThat(mean.now()).contains(41.0);
            delays.remove("NV");
            assertThat(mean.now()).isEmpty();
            assertThat(sum.now()).isZero();
        }
    }

    @Test
    void binaryFractionsLeaveNoTraceWhenTheyLeave() { // law V7
        delays.put("small", Row.of("x", 0.1, "d", new BigDecimal("0.10")));
        try (ValueView<Double> sum = views.value(all, Aggregate.sum(number("x")));
                ValueView<BigDecimal> exact = views.value(all, Aggregate.sum(decimal("d")))) {
            delays.put("huge", Row.of("x", 1e300, "d", new BigDecimal("5")));
            delays.put("odd", Row.of("x", Double.NaN));
            assertThat(sum.now()).isNaN();
            assertThat(exact.now()).isEqualByComparingTo("5.1");
            delays.remove("odd");
            delays.put("up", Row.of("x", Double.POSITIVE_INFINITY));
            assertThat(sum.now()).isInfinite();
            delays.remove("up");
            delays.remove("huge");
            assertThat(sum.now()).isEqualTo(0.1);
        }
    }

    @Test
    void aCustomAggregateMayKeepMoreThanItsValue() {
        Aggregate<Double> mean =
                Aggregate.of(
                        new Ratio(0, 0),
                        (kept, row) ->
                                new Ratio(
                                        kept.minutes + row.integer("minutes"),
                                        kept.flights + row.integer("flights")),
                        (kept, row) ->
                                new Ratio(
                                        kept.minutes - row.integer("minutes"),
                                        kept.flights - row.integer("flights")),
                        kept -> kept.flights == 0 ? 0.0 : (double) kept.minutes / kept.flights);
        delay("CA", 2, 30);
        try (ValueView<Double> value = views.value(all, mean)) {
            delay("NV", 8, 40);
            assertThat(value.now()).isEqualTo(7.0);
        }
    }

    @Test
    void watchersSeeTheLatestAndReadersOfTheFeedEveryValue() {
        try (ValueView<Long> count = views.value(all, Aggregate.count());
                Subscription<Long> watch = count.watch();
                Subscription<Update<Long, Long>> feed = count.feed().subscribe()) {
            assertThat(watch.next()).isZero();
            assertThat(feed.next())
                    .isInstanceOfSatisfying(
                            Update.Whole.class, whole -> assertThat(whole.state()).isEqualTo(0L));
            delay("CA", 1, 1);
            delay("CA", 2, 2); // the same count
            delay("NV", 1, 1);
            assertThat(watch.next()).isEqualTo(2);
            assertThat(watch.next(Duration.ZERO)).isEmpty();
            assertThat(feed.nextBatch(10, Duration.ZERO))
                    .extracting(update -> ((Update.Delta<Long, Long>) update).change())
                    .containsExactly(1L, 2L);
        }
    }

    @Test
    void aFailingAggregateKeepsItsLastValueAndTheCommitGoesOn() { // law V8
        Aggregate<Long> touchy =
                Aggregate.of(
                        0L,
                        (n, row) -> n + 100 / row.integer("flights"),
                        (n, row) -> n - 100 / row.integer("flights"));
        delay("CA", 2, 1);
        try (ValueView<Long> value = views.value(all, touchy);
                ValueView<Long> count = views.value(all, Aggregate.count());
                Subscription<Long> watch = value.watch()) {
            watch.next();
            delay("NV", 0, 1);
            assertThat(delays.find("NV")).isPresent();
            assertThat(count.now()).isEqualTo(2);
            assertThat(watch.next(Duration.ZERO)).contains(50L);
            assertThat(value.now()).isEqualTo(50);
            assertThat(value.failure())
                    .hasValueSatisfying(failure -> {
                        assertThat(failure).isInstanceOf(UserFailure.class);
                        assertThat(failure.key()).isEqualTo("NV");
                        assertThat(failure).hasCauseInstanceOf(ArithmeticException.class);
                    });
            assertThatThrownBy(() -> views.value(all, touchy)).isInstanceOf(UserFailure.class);
            delay("NV", 1, 1);
            assertThat(value.now()).isEqualTo(50);
            try (ValueView<Long> again = views.value(all, touchy)) {
                assertThat(again.now()).isEqualTo(150);
                assertThat(again.failure()).isEmpty();
            }
        }
    }

    @Test
    void anErrorOfAUsersFunctionDoesNotLeaveHalfACommit() { // law V8
        Aggregate<Long> broken =
                Aggregate.of(
                        0L,
                        (_, _) -> {
                            throw new AssertionError("broken");
                        },
                        (n, _) -> n);
        try (ValueView<Long> value = views.value(all, broken)) {
            delay("CA", 1, 1);
            assertThat(delays.count()).isEqualTo(1);
            assertThat(value.failure()).isPresent();
        }
    }

    @Test
    void aSumThatDoesNotFitFails() {
        delay("CA", Long.MAX_VALUE, 1);
        try (ValueView<Long> sum = views.value(all, Aggregate.sum(integer("flights")))) {
            delay("NV", 1, 1);
            assertThat(sum.failure()).isPresent();
            assertThat(sum.now()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void whatHasNoMeaningIsRefused() {
        assertThatThrownBy(() -> views.value(all.limit(3), Aggregate.count()))
                .isInstanceOf(Unsupported.class);
    }

    @Test
    void conditionsBoundAnAggregate() {
        delay("CA", 1, 1);
        delay("NV", 1, 1);
        try (ValueView<Long> count =
                views.value(all.where(text("state").eq("CA")), Aggregate.count())) {
            assertThat(count.now()).isEqualTo(1);
            assertThat(count.visited()).isZero();
        }
    }
}
