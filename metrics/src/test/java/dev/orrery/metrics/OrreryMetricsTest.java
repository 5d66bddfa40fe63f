package dev.orrery.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.Attachment;
import dev.orrery.channel.Channel;
import dev.orrery.channel.Connection;
import dev.orrery.channel.Principal;
import dev.orrery.log.EventLog;
import dev.orrery.projection.Effect;
import dev.orrery.projection.Fault;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.query.Query;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a registry reads of an Orrery at work. */
class OrreryMetricsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    record Paid(String order, long cents) {}

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Orrery orrery =
            Orrery.configure().access((who, action, what) -> Access.allowed()).open();
    private final EventLog<Paid> payments = orrery.log("payments", Paid.class);

    private LiveProjection<String, Long> sums() {
        return orrery.projection(
                payments,
                Projection.of("sums", Paid.class)
                        .key(String.class, Paid::order)
                        .state(Long.class, 0L)
                        .fold((sum, paid) -> {
                            if (paid.cents() < 0) {
                                throw new IllegalStateException("negative");
                            }
                            return sum + paid.cents();
                        }));
    }

    /** The value a scrape sees; NaN without such a meter. */
    private double read(String name, String... tags) {
        return registry.find(name).tags(tags).meters().stream()
                .flatMap(meter -> values(meter))
                .findFirst()
                .orElse(Double.NaN);
    }

    private static Stream<Double> values(Meter meter) {
        return java.util.stream.StreamSupport.stream(meter.measure().spliterator(), false)
                .filter(measurement -> measurement.getStatistic() != Statistic.MAX)
                .map(measurement -> measurement.getValue());
    }

    /** Waits until a scrape sees a value: what it sees may be a moment old. */
    private void awaits(double value, String name, String... tags) {
        long began = System.nanoTime();
        while (read(name, tags) != value) {
            assertThat(System.nanoTime() - began)
                    .as("%s is %s, not %s", name, read(name, tags), value)
                    .isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void pausedFoldLagsByWhatWaitsAndByTheAgeOfTheOldestAndCatchesUp() throws Exception { // X13
        CountDownLatch go = new CountDownLatch(1);
        try (orrery;
                OrreryMetrics metrics = new OrreryMetrics(orrery)) {
            LiveProjection<String, Long> slow =
                    orrery.projection(
                            payments,
                            Projection.of("slow", Paid.class)
                                    .key(String.class, Paid::order)
                                    .state(Long.class, 0L)
                                    .fold((sum, paid) -> {
                                        await(go);
                                        return sum + paid.cents();
                                    }));
            metrics.bindTo(registry);
            orrery.start();
            payments.appendAll(
                    IntStream.range(0, 5_000).mapToObj(i -> new Paid("o" + i % 7, i)).toList());
            awaits(5_000, "orrery.log.head", "log", "payments");
            awaits(5_000, "orrery.projection.lag", "projection", "slow", "log", "payments");
            assertThat(read("orrery.projection.lag.age", "projection", "slow")).isPositive();
            assertThat(registry.get("orrery.projection.lag.age").timeGauge().baseTimeUnit())
                    .isEqualTo(TimeUnit.SECONDS);
            assertThat(read("orrery.projection.position", "projection", "slow")).isZero();
            go.countDown();
            slow.atLeast(payments.head(), LIMIT);
            awaits(0, "orrery.projection.lag", "projection", "slow");
            awaits(0, "orrery.projection.lag.age", "projection", "slow");
            awaits(5_000, "orrery.projection.position", "projection", "slow");
            assertThat(registry.get("orrery.projection.batch").summary().totalAmount())
                    .isEqualTo(5_000);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void parkedKeysEffectsQueriesAndCommitsAreCounted() {
        try (orrery;
                OrreryMetrics metrics = new OrreryMetrics(orrery, Tags.of("app", "shop"))) {
            LiveProjection<String, Long> sums = sums();
            Query<String, Long> doubled =
                    orrery.query(
                            "doubled",
                            String.class,
                            Long.class,
                            order -> 2 * sums.find(order).orElse(0L));
            orrery.effect(
                    payments,
                    Effect.of("mail", Paid.class)
                            .key(String.class, Paid::order)
                            .perform(attempt -> {
                                if (attempt.event().cents() < 0) {
                                    throw new IllegalStateException("negative");
                                }
                            })
                            .onFault(_ -> Fault.park()));
            metrics.bindTo(registry);
            orrery.start();
            payments.appendAll(List.of(new Paid("a", 1), new Paid("b", -1), new Paid("b", 2)));
            orrery.settle(LIMIT);
            assertThat(doubled.of("a")).isEqualTo(2);
            assertThat(doubled.of("a")).isEqualTo(2);

            awaits(1, "orrery.projection.parked", "projection", "sums", "app", "shop");
            awaits(1, "orrery.projection.up", "projection", "sums");
            awaits(3, "orrery.projection.events", "projection", "sums");
            awaits(3, "orrery.projection.retries", "projection", "sums");
            awaits(1, "orrery.projection.batches", "projection", "sums");
            awaits(1, "orrery.effect.done", "effect", "mail", "log", "payments");
            awaits(1, "orrery.effect.faults", "effect", "mail");
            awaits(1, "orrery.effect.parked", "effect", "mail");
            awaits(2, "orrery.effect.waiting", "effect", "mail");
            awaits(0, "orrery.effect.retrying", "effect", "mail");
            awaits(3, "orrery.effect.position", "effect", "mail");
            awaits(0, "orrery.effect.lag", "effect", "mail");
            awaits(1, "orrery.effect.up", "effect", "mail");
            awaits(1, "orrery.query.computed", "query", "doubled");
            awaits(1, "orrery.query.hits", "query", "doubled");
            assertThat(orrery.totals().commits()).isPositive();
            awaits((double) orrery.totals().commits(), "orrery.commits");
        }
        long began = System.nanoTime();
        while (!Double.isNaN(read("orrery.effect.up", "effect", "mail"))) {
            assertThat(System.nanoTime() - began).isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(read("orrery.effect.done", "effect", "mail")).isEqualTo(1);
    }

    @Test
    void subscribersAndResetsOfChannelsAreCounted() {
        try (orrery;
                OrreryMetrics metrics = new OrreryMetrics(orrery)) {
            sums();
            metrics.bindTo(registry);
            orrery.start();
            talk();
            awaits(0, "orrery.channel.subscribers");
            try (Connection session = orrery.channels().connect(Principal.ANONYMOUS);
                    Attachment talk = session.attach("talk");
                    Attachment again = session.attach("talk", Optional.of("another-life:3"))) {
                awaits(1, "orrery.channel.connections");
                awaits(2, "orrery.channel.subscribers");
                awaits(1, "orrery.channel.resets");
                for (int i = 0; i < 1_000; i++) { // more than is held for one who does not read
                    talk().publish("m" + i);
                }
                talk.next();
                awaits(1, "orrery.channel.gaps");
                assertThat(again.channel()).isEqualTo("talk");
            }
            awaits(0, "orrery.channel.subscribers");
        }
    }

    private Channel<String> talk() {
        return orrery.channels().channel("talk", String.class, 2);
    }

    @Test
    void whatIsDefinedLaterIsFoundWhenAnyMeterIsRead() {
        try (orrery;
                OrreryMetrics metrics = new OrreryMetrics(orrery)) {
            metrics.bindTo(registry);
            orrery.start();
            assertThat(registry.find("orrery.projection.lag").gauge()).isNull();
            sums().atLeast(payments.append(new Paid("a", 1)), LIMIT);
            read("orrery.channel.connections");
            awaitsMeter("orrery.projection.lag");
            awaits(0, "orrery.projection.lag", "projection", "sums");
        }
    }

    private void awaitsMeter(String name) {
        long began = System.nanoTime();
        while (registry.find(name).meters().isEmpty()) {
            assertThat(System.nanoTime() - began).isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(1_000_000);
            read("orrery.channel.connections");
        }
    }

    @Test
    void namesAreLowerCaseWithDotsAndEveryMeterSaysWhatItIs() {
        try (orrery;
                OrreryMetrics metrics = new OrreryMetrics(orrery)) {
            sums().atLeast(payments.start(), LIMIT);
            orrery.effect("mail", payments, _ -> {});
            orrery.query("one", String.class, Long.class, _ -> 1L);
            metrics.bindTo(registry);
            Pattern convention = Pattern.compile("orrery(\\.[a-z]+)+");
            assertThat(registry.getMeters()).hasSizeGreaterThan(25);
            for (Meter meter : registry.getMeters()) {
                assertThat(meter.getId().getName()).matches(convention);
                assertThat(meter.getId().getDescription()).as(meter.getId().getName()).isNotBlank();
                assertThat(meter.getId().getTags())
                        .extracting(Tag::getKey)
                        .isSubsetOf("log", "projection", "effect", "query");
            }
        }
    }
}
