package dev.orrery.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.log.EventLog;
import dev.orrery.log.EventLogs;
import dev.orrery.log.NewEvent;
import dev.orrery.projection.Rig.Step;
import dev.orrery.sql.Database;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Effects in a PostgreSQL that several processes share. */
@Timeout(120) // seconds: a fault shows as a failure, not as a build that hangs
class EffectsOnPostgresTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofMillis(300);
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    @TempDir Path directory;

    /** One process's worth. */
    private final class Node implements AutoCloseable {
        final Database database = Database.open(RealPostgres.of(directory), THREADS);
        final EventLog<Step> log =
                new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                        .open("steps", Step.class);
        final List<Integer> done = new CopyOnWriteArrayList<>();
        final Effects effects;
        final LiveEffect<String> mail;

        Node(InstantSource clock, Effect.Body<Step> body, Duration lease) {
            effects = new Effects(database, THREADS, clock, lease);
            mail =
                    effects.run(
                            log,
                            Effect.of("mail", Step.class)
                                    .key(String.class, Step::key)
                                    .perform(attempt -> {
                                        body.perform(attempt);
                                        done.add(attempt.event().value());
                                    })
                                    .onFault(_ -> Fault.park()));
            effects.start();
        }

        boolean isWorking() {
            return mail.status() instanceof EffectStatus.Working;
        }

        boolean standsBy() {
            return mail.status() instanceof EffectStatus.StandingBy;
        }

        @Override
        public void close() {
            effects.close();
            database.close();
        }
    }

    private static List<Step> steps(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> new Step("k" + i % 3, i)).toList();
    }

    private static List<Integer> values(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void oneWorksWhileTheOtherStandsByAndTakesOverAtItsEnd() { // law F6
        try (Node second = standby()) {
            try (Node first = first(second)) {
                first.mail.atLeast(first.log.appendAll(steps(1, 40)), SOON);
                second.mail.atLeast(second.log.appendAll(steps(41, 50)), SOON);
                assertThat(first.done).isEqualTo(values(1, 50));
                assertThat(second.done).isEmpty();
                assertThat(second.mail.lag().isNone()).isTrue();
                assertThatThrownBy(() -> second.mail.retry("k1")).isInstanceOf(Unavailable.class);
            }
            second.mail.atLeast(second.log.appendAll(steps(51, 60)), SOON);
            assertThat(second.done).isEqualTo(values(51, 60));
            assertThat(second.isWorking()).isTrue();
        }
    }

    /** Opened first, so that it is closed last; it is at work only once it finds nobody else. */
    private Node standby() {
        return new Node(InstantSource.system(), _ -> {}, Duration.ofSeconds(3));
    }

    private Node first(Node standby) {
        Waits.until(standby::isWorking);
        // the one that stands by from here on is taken over by a clock an hour ahead
        Node first =
                new Node(
                        InstantSource.offset(InstantSource.system(), Duration.ofHours(1)),
                        _ -> {},
                        Duration.ofSeconds(3));
        Waits.until(() -> first.isWorking() && standby.standsBy());
        return first;
    }

    @Test
    void whoPausesLongerThanItsLeaseIsTakenOverAndItsLatePositionIsRefused() { // law F6
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Node slow =
                new Node(
                        InstantSource.system(),
                        attempt -> {
                            if (attempt.event().value() == 5) {
                                paused.countDown();
                                go.await();
                            }
                        },
                        LEASE)) {
            Waits.until(slow::isWorking);
            slow.log.appendAll(steps(1, 10));
            Waits.await(paused);
            try (Node other =
                    new Node(
                            InstantSource.offset(InstantSource.system(), Duration.ofHours(1)),
                            _ -> {},
                            LEASE)) {
                other.mail.atLeast(other.log.head(), SOON);
                assertThat(other.done).isEqualTo(values(5, 10));
                go.countDown();
                Waits.until(slow::standsBy);
                assertThat(slow.done).as("what it had under way").endsWith(5);
                assertThat(slow.mail.position()).isEqualTo(other.log.head());
                other.mail.atLeast(other.log.appendAll(steps(11, 12)), SOON);
                assertThat(other.done).isEqualTo(values(5, 12));
            }
            slow.mail.atLeast(slow.log.appendAll(steps(13, 14)), SOON);
            assertThat(slow.done).endsWith(13, 14).doesNotContain(6, 11, 12);
        }
    }

    /** The position may be the same before and after a take-over; the fence is not. */
    @Test
    void whoWasTakenOverBeforeThePositionMovedStoresNothing() { // law F6
        CountDownLatch slowPaused = new CountDownLatch(1);
        CountDownLatch slowGoes = new CountDownLatch(1);
        CountDownLatch otherPaused = new CountDownLatch(1);
        CountDownLatch otherGoes = new CountDownLatch(1);
        try (Node slow =
                new Node(InstantSource.system(), pausing(1, slowPaused, slowGoes), LEASE)) {
            Waits.until(slow::isWorking);
            slow.log.append(new Step("k1", 1));
            Waits.await(slowPaused);
            try (Node other =
                    new Node(
                            InstantSource.offset(InstantSource.system(), Duration.ofHours(1)),
                            pausing(1, otherPaused, otherGoes),
                            LEASE)) {
                Waits.await(otherPaused);
                slowGoes.countDown();
                Waits.until(slow::standsBy);
                assertThat(other.mail.position()).isEqualTo(other.log.start());
                assertThat(slow.mail.position()).isEqualTo(slow.log.start());
                otherGoes.countDown();
                other.mail.atLeast(other.log.append(new Step("k1", 2)), SOON);
                assertThat(other.done).containsExactly(1, 2);
            }
        }
    }

    private static Effect.Body<Step> pausing(int value, CountDownLatch paused, CountDownLatch go) {
        return attempt -> {
            if (attempt.event().value() == value) {
                paused.countDown();
                go.await();
            }
        };
    }

    @Test
    void lostConnectionsStopNoEffectAndLeaveNothingOut() { // laws F1, F3, F7
        AtomicInteger attempts = new AtomicInteger();
        try (Node alone =
                new Node(
                        InstantSource.system(),
                        _ -> {
                            if (attempts.incrementAndGet() % 13 == 0) {
                                RealPostgres.endConnections();
                            }
                        },
                        LEASE)) {
            Waits.until(alone::isWorking);
            for (Step step : steps(1, 200)) {
                Cuts.append(alone.log, List.of(NewEvent.of(step).withId("e" + step.value())));
            }
            Waits.until(() -> Cuts.isGranted(() -> alone.mail.lag().isNone()));
            for (int key = 0; key < 3; key++) {
                int of = key;
                assertThat(alone.done.stream().filter(value -> value % 3 == of).distinct())
                        .isEqualTo(values(1, 200).stream().filter(v -> v % 3 == of).toList());
            }
        }
    }

    @Test
    void whatWaitsIsThereForWhoeverTakesOver() { // law F6, F3
        Effect.Body<Step> refusing =
                attempt -> {
                    if (attempt.event().value() == 2) {
                        throw new IllegalStateException("refused");
                    }
                };
        try (Node first = new Node(InstantSource.system(), refusing, LEASE)) {
            Waits.until(first::isWorking);
            first.mail.atLeast(first.log.appendAll(steps(1, 9)), SOON);
            assertThat(first.done).containsExactly(1, 3, 4, 6, 7, 9);
        }
        try (Node second = new Node(InstantSource.system(), _ -> {}, LEASE)) {
            assertThat(second.mail.parked()).singleElement().matches(one -> one.events() == 3);
            Waits.until(second::isWorking);
            second.mail.retry("k2");
            Waits.until(() -> second.done.size() == 3);
            assertThat(second.done).containsExactly(2, 5, 8);
        }
    }
}
