package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Results that are asked for with a time limit, and runs that have one. Law Q40. */
@Timeout(60)
class AsksTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final SingleInput<Integer> x = queries.input("x", Integer.class);

    /** What the slow body stops at, and what it tells. */
    private final Semaphore inside = new Semaphore(0);

    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Query<Integer, Integer> slow =
            queries.query("slow", Integer.class, Integer.class, this::slow);

    private int slow(int key) {
        runs.incrementAndGet();
        inside.release();
        try {
            go.await();
        } catch (InterruptedException e) {
            stopped.countDown();
            throw new OrreryException.Cancelled("the latch", e);
        }
        return key + x.find().orElse(0);
    }

    @AfterEach
    void close() {
        go.countDown();
        queries.close();
    }

    /** A thread that asks once. */
    private static final class Asker {
        final AtomicReference<Object> answer = new AtomicReference<>();
        final Thread thread;

        Asker(java.util.function.Supplier<Object> ask) {
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                try {
                                    answer.set(ask.get());
                                } catch (Throwable e) {
                                    answer.set(e);
                                }
                            });
        }

        void awaitWaitingIn(Class<?> where) {
            long patience = System.nanoTime() + LONG.toNanos();
            while (Arrays.stream(thread.getStackTrace())
                    .noneMatch(frame ->
                            frame.getClassName().startsWith(where.getName())
                                    && frame.getMethodName().equals("await"))) {
                assertThat(System.nanoTime()).as("waits").isLessThan(patience);
                Thread.onSpinWait();
            }
        }

        Object answer() throws InterruptedException {
            assertThat(thread.join(LONG)).isTrue();
            return answer.get();
        }
    }

    @Test
    void whoGivesUpLeavesTheWorkToThoseWhoWait() throws Exception {
        Asker patient = new Asker(() -> slow.ask(1, LONG));
        inside.acquire();
        TimedOut timedOut = catchThrowableOfType(TimedOut.class, () -> slow.ask(1, SHORT));
        assertThat(timedOut.waitedFor()).isEqualTo("slow(1)");
        assertThat(timedOut.after()).isEqualTo(SHORT);
        go.countDown();
        assertThat(patient.answer()).isEqualTo(1);
        assertThat(runs).hasValue(1);
        assertThat(stopped.getCount()).isEqualTo(1);
    }

    @Test
    void theLastToGiveUpStopsTheWorkAndNothingIsLeftOfIt() throws Exception {
        assertThatThrownBy(() -> slow.ask(1, SHORT)).isInstanceOf(TimedOut.class);
        assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        go.countDown();
        assertThat(slow.ask(1, LONG)).isEqualTo(1);
        assertThat(runs).hasValue(2);
        assertThat(slow.statistics().computed()).isEqualTo(1);
        new Sweep(queries.engine()).check(timeline.published());
    }

    /**
     * A plain reader waits for what was asked for; who asked gives up, and it is not begun again.
     */
    @Test
    void aPlainReaderWhoWaitsKeepsTheWorkGoing() throws Exception {
        Asker asker = new Asker(() -> slow.ask(1, LONG));
        inside.acquire();
        Asker reader = new Asker(() -> slow.of(1));
        reader.awaitWaitingIn(Flight.class);
        asker.thread.interrupt();
        assertThat(asker.answer()).isInstanceOf(OrreryException.Cancelled.class);
        go.countDown();
        assertThat(reader.answer()).isEqualTo(1);
        assertThat(runs).hasValue(1);
    }

    @Test
    void whoAsksAtANewerRevisionSharesWhatIsStillTrue() throws Exception {
        x.set(5);
        Asker before = new Asker(() -> slow.ask(1, LONG));
        inside.acquire();
        queries.input("other", Integer.class).set(1);
        Asker after = new Asker(() -> slow.ask(1, LONG));
        after.awaitWaitingIn(Asks.class);
        go.countDown();
        assertThat(before.answer()).isEqualTo(6);
        assertThat(after.answer()).isEqualTo(6);
        assertThat(runs).hasValue(1);
    }

    @Test
    void whatIsThereIsGivenAtOnceAndNoTimeBeginsNothing() {
        assertThatThrownBy(() -> slow.ask(1, Duration.ZERO)).isInstanceOf(TimedOut.class);
        assertThat(runs).hasValue(0);
        go.countDown();
        assertThat(slow.of(1)).isEqualTo(1);
        assertThat(slow.ask(1, Duration.ZERO)).isEqualTo(1);
        assertThat(runs).hasValue(1);
    }

    @Test
    void aFailureIsThrownAsByAnyOtherRead() {
        SingleQuery<Integer> bad =
                queries.query("bad", Integer.class, () -> Integer.parseInt("nothing"));
        UserFailure failure = catchThrowableOfType(UserFailure.class, () -> bad.ask(LONG));
        assertThat(failure).hasCauseInstanceOf(NumberFormatException.class);
        assertThat(bad.statistics().computed()).isEqualTo(1);
    }

    @Test
    void aBodyDoesNotDependOnTheTime() {
        SingleQuery<Integer> hasty = queries.query("hasty", Integer.class, () -> slow.ask(1, LONG));
        assertThatThrownBy(hasty::now).hasCauseInstanceOf(OrreryException.Unsupported.class);
        assertThat(runs).hasValue(0);
    }

    @Test
    void anAskOfAClosedRuntimeIsRefused() {
        queries.close();
        assertThatThrownBy(() -> slow.ask(1, LONG)).isInstanceOf(OrreryException.Closed.class);
    }

    // runs with a limit

    @Test
    void aRunThatTakesTooLongFailsForItsRevisionAndIsTriedInTheNext() {
        AtomicInteger tries = new AtomicInteger();
        SingleQuery<Integer> limited =
                limited(() -> {
                    if (tries.incrementAndGet() == 1) {
                        return slow.of(1);
                    }
                    return x.require();
                });
        UserFailure failure = catchThrowableOfType(UserFailure.class, limited::now);
        assertThat(failure.where()).isEqualTo("limited");
        assertThat(failure).hasCauseInstanceOf(TimedOut.class);
        assertThatThrownBy(limited::now).isSameAs(failure);
        assertThat(tries).hasValue(1);
        assertThat(stopped.getCount()).isZero();
        x.set(3);
        assertThat(limited.now()).isEqualTo(3);
        x.set(4);
        assertThat(limited.now()).isEqualTo(4);
        new Sweep(queries.engine()).check(timeline.published());
    }

    /** Whatever it returns: a body that was stopped half way knows half. */
    @Test
    void aBodyThatSwallowsTheInterruptOfItsLimitFailsAllTheSame() {
        SingleQuery<Integer> limited =
                limited(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException swallowed) {
                        return 0;
                    }
                    return 1;
                });
        assertThatThrownBy(limited::now).hasCauseInstanceOf(TimedOut.class);
    }

    /** Though every failure is declared: this one does not follow from what was read. */
    @Test
    void aDeclaredFailureIsNotWhatALimitIs() {
        AtomicInteger tries = new AtomicInteger();
        Query<Integer, Integer> limited =
                queries.define("limited", Integer.class, Integer.class)
                        .failing(Exception.class)
                        .timeout(SHORT)
                        .as(key -> tries.incrementAndGet() == 1 ? slow.of(key) : key);
        assertThatThrownBy(() -> limited.of(7)).hasCauseInstanceOf(TimedOut.class);
        x.set(1);
        assertThat(limited.of(7)).isEqualTo(7);
    }

    /** The run ends in time, so nothing is different. */
    @Test
    void aRunWithinItsLimitIsLikeAnyOther() {
        Query<Integer, Integer> limited =
                queries.define("limited", Integer.class, Integer.class)
                        .timeout(LONG)
                        .as(key -> key + x.require());
        x.set(1);
        assertThat(limited.of(7)).isEqualTo(8);
        x.set(2);
        assertThat(limited.of(7)).isEqualTo(9);
        assertThat(limited.of(7)).isEqualTo(9);
        assertThat(limited.statistics().computed()).isEqualTo(2);
    }

    private SingleQuery<Integer> limited(java.util.function.Supplier<Integer> body) {
        return queries.define(
                        "limited",
                        dev.orrery.core.Type.of(NoKey.class),
                        dev.orrery.core.Type.of(Integer.class))
                .timeout(SHORT)
                .as(_ -> body.get())
                .with(NoKey.ONE);
    }
}
