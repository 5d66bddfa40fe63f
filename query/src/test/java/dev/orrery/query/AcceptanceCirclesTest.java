package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Cycle;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Circles, causes of failures, and a run that is taken over. */
@Timeout(60)
class AcceptanceCirclesTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> slot =
            queries.input("slot", Integer.class, Integer.class);

    @AfterEach
    void close() {
        queries.close();
    }

    private static List<String> path(Query<String, Integer> query, String key) {
        return catchThrowableOfType(Cycle.class, () -> query.of(key)).path().stream()
                .map(Cycle.Step::toString)
                .toList();
    }

    /** a → b → c → a, unless the slot is set. */
    private Query<String, Integer> ring() {
        return queries.recursive(
                "ring",
                String.class,
                Integer.class,
                (self, key) ->
                        slot.find(0)
                                .orElseGet(() ->
                                        self.of(
                                                switch (key) {
                                                    case "a" -> "b";
                                                    case "b" -> "c";
                                                    default -> "a";
                                                })));
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    @DisplayName("E1: a query that asks for itself fails, and does not wait")
    void itself() {
        Query<String, Integer> self =
                queries.recursive(
                        "self", String.class, Integer.class, (query, key) -> query.of(key));
        assertThat(path(self, "a")).containsExactly("self(a)");
    }

    /** The first member is not repeated at the end of the path. */
    @Test
    @DisplayName("E2: a circle names its members in order, with their keys")
    void aRing() {
        assertThat(path(ring(), "a")).containsExactly("ring(a)", "ring(b)", "ring(c)");
    }

    @Test
    @DisplayName("E3: a circle ends when its cause does")
    void theCauseEnds() {
        Query<String, Integer> ring = ring();
        assertThatThrownBy(() -> ring.of("a")).isInstanceOf(Cycle.class);
        slot.set(0, 7);
        assertThat(ring.of("a")).isEqualTo(7);
        assertThat(ring.of("b")).isEqualTo(7);
    }

    @Test
    @DisplayName("E7: a circle is the same for every member, whoever asked first")
    void whoeverAsked() {
        Query<String, Integer> ring = ring();
        List<String> fromB = path(ring, "b");
        assertThat(path(ring, "a")).isEqualTo(fromB);
        slot.set(1, 1); // another revision, in which another member is asked first
        assertThat(path(ring, "c")).isEqualTo(fromB);
        assertThat(path(ring, "b")).isEqualTo(fromB);
    }

    @Test
    @DisplayName("D2: a reader that does not handle a failure fails with the same cause")
    void theCauseOfAChild() {
        Query<Integer, Integer> child =
                queries.query(
                        "child",
                        Integer.class,
                        Integer.class,
                        key -> {
                            throw new IllegalStateException("of the child");
                        });
        Query<Integer, Integer> parent =
                queries.query("parent", Integer.class, Integer.class, child::of);
        assertThatThrownBy(() -> parent.of(1))
                .isInstanceOf(UserFailure.class)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("of the child");
    }

    /** Java's payload is the throwable itself, and an error is one too. */
    @Test
    @DisplayName("D3: an error without a message is a failure as any other")
    void anError() {
        Query<Integer, Integer> failing =
                queries.query(
                        "failing",
                        Integer.class,
                        Integer.class,
                        key -> {
                            throw new AssertionError();
                        });
        assertThatThrownBy(() -> failing.of(1))
                .isInstanceOf(UserFailure.class)
                .hasCauseInstanceOf(AssertionError.class);
    }

    @Test
    @DisplayName("D6: a reader that handles a failure is right again when the failure is gone")
    void handledAndGone() {
        Query<Integer, Integer> child =
                queries.query(
                        "child",
                        Integer.class,
                        Integer.class,
                        key -> {
                            int value = slot.require(key);
                            if (value == 5) {
                                throw new IllegalStateException("five");
                            }
                            return value;
                        });
        Query<Integer, Integer> parent =
                queries.query(
                        "parent",
                        Integer.class,
                        Integer.class,
                        key ->
                                child.outcome(key) instanceof Outcome.Value<Integer>(Integer value)
                                        ? value
                                        : -1);
        slot.set(0, 5);
        assertThat(parent.of(0)).isEqualTo(-1);
        slot.set(0, 6);
        assertThat(parent.of(0)).isEqualTo(6);
    }

    @Test
    @DisplayName("F4: when who computes is cancelled, followers on other snapshots take over")
    void takenOver() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        SingleQuery<Integer> slow =
                queries.query(
                        "slow",
                        Integer.class,
                        () -> {
                            if (runs.incrementAndGet() == 1) {
                                inside.countDown();
                                try {
                                    never.await();
                                } catch (InterruptedException e) {
                                    throw new Cancelled("the latch", e);
                                }
                            }
                            return 42;
                        });
        AtomicInteger answered = new AtomicInteger();
        Thread leader =
                Thread.ofVirtual()
                        .start(() -> assertThatThrownBy(slow::now).isInstanceOf(Cancelled.class));
        inside.await();
        List<Thread> followers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            followers.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                try (Snapshot snapshot = queries.snapshot()) {
                                    if (snapshot.read(slow::now) == 42) {
                                        answered.incrementAndGet();
                                    }
                                }
                            }));
        }
        for (Thread follower : followers) {
            while (!isWaiting(follower)) {
                Thread.onSpinWait();
            }
        }
        leader.interrupt();
        for (Thread follower : followers) {
            follower.join();
        }
        assertThat(answered).hasValue(3);
        assertThat(runs.get()).isBetween(2, 5);
    }

    private static boolean isWaiting(Thread thread) {
        Thread.State state = thread.getState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }
}
