package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int KEYS = 8;

    private final Timeline timeline = Timeline.startingAt("answers", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> numbers =
            queries.input("numbers", Integer.class, Integer.class);
    private final Query<Integer, Boolean> even =
            queries.query(
                    "even",
                    Integer.class,
                    Boolean.class,
                    key -> numbers.find(key).orElse(0) % 2 == 0);
    private final List<Subscription<?>> watches = new ArrayList<>();

    @AfterEach
    void close() {
        watches.forEach(Subscription::close);
        queries.close();
    }

    private void watchAll() {
        for (int key = 0; key < KEYS; key++) {
            Subscription<Boolean> watch = even.watch(key);
            watch.next();
            watches.add(watch);
        }
    }

    private static Answers.Answer await(Answers answers) {
        long began = System.nanoTime();
        Optional<Answers.Answer> answer = answers.poll();
        while (answer.isEmpty()) {
            assertThat(System.nanoTime() - began).isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(50_000);
            answer = answers.poll();
        }
        return answer.get();
    }

    private Answers answers() {
        return queries.answers(System::nanoTime, () -> {});
    }

    @Test
    void whatIsRememberedCountsUntilAMarkAndAgainWhenItIsAskedFor() { // law Q22
        assertThat(queries.remembered()).isZero();
        even.of(1);
        even.of(2);
        assertThat(queries.remembered()).isEqualTo(2);
        numbers.set(1, 5);
        assertThat(queries.remembered()).isEqualTo(1);
        assertThat(queries.untouched()).isEqualTo(1);
        even.of(1);
        numbers.set(9, 9);
        assertThat(queries.remembered()).isEqualTo(2);
        assertThat(queries.untouched()).isEqualTo(3);
        assertThat(even.perKey(10)).containsEntry(1, new PerKey(2, 1));
        assertThat(even.perKey(10)).containsEntry(2, new PerKey(1, 2));
    }

    @Test
    void aCommitThatNobodyHasToLookAtIsAnsweredAtOnce() { // law Q23
        watchAll();
        try (Answers answers = answers()) {
            assertThat(answers.poll()).isEmpty();
            numbers.set(KEYS + 1, 1);
            Answers.Answer answer = await(answers);
            assertThat(answer.last()).isEqualTo(new Revision(1));
            assertThat(answer.ran()).isZero();
            assertThat(answer.untouched()).isEqualTo(KEYS);
        }
    }

    @Test
    void anAnswerComesAfterTheRoundThatItsCommitsNeed() { // law Q23
        watchAll();
        try (Answers answers = answers()) {
            for (int i = 1; i <= 100; i++) {
                numbers.set(i % KEYS, i);
                Answers.Answer answer = await(answers);
                assertThat(answer.first()).isEqualTo(answer.last()).isEqualTo(new Revision(i));
                assertThat(answer.ran()).isEqualTo(1);
                assertThat(answer.untouched()).isEqualTo(KEYS - 1);
                assertThat(answer.roundNanos()).isPositive();
            }
        }
    }

    @Test
    void whoFollowsFromTheMiddleOfARoundIsWokenAtItsEnd() throws InterruptedException { // law Q23
        Semaphore woken = new Semaphore(0);
        CountDownLatch goOn = watchOneWhoseRoundWaits();
        try (Answers answers = queries.answers(System::nanoTime, woken::release)) {
            numbers.set(KEYS + 1, 1); // nobody has to look at it, and it is settled with the round
            woken.drainPermits();
            goOn.countDown();
            assertThat(woken.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(await(answers).last()).isEqualTo(new Revision(2));
        }
    }

    @Test
    void whoFollowsFromTheMiddleOfARoundIsToldItsTimeFromThenOn() throws InterruptedException {
        AtomicLong now = new AtomicLong(1_000); // law Q23
        CountDownLatch goOn = watchOneWhoseRoundWaits();
        try (Answers answers = queries.answers(now::get, () -> {})) {
            numbers.set(KEYS + 1, 1);
            now.addAndGet(5);
            goOn.countDown();
            assertThat(await(answers).roundNanos()).isEqualTo(5);
        }
    }

    /** A watch whose round is under way when this returns and ends after the latch has opened. */
    private CountDownLatch watchOneWhoseRoundWaits() throws InterruptedException {
        CountDownLatch inRound = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Query<Integer, Integer> slow =
                queries.query(
                        "slow",
                        Integer.class,
                        Integer.class,
                        key -> {
                            int number = numbers.find(key).orElse(0);
                            if (number > 0) {
                                inRound.countDown();
                                await(goOn);
                            }
                            return number;
                        });
        watches.add(slow.watch(1));
        numbers.set(1, 1);
        inRound.await();
        return goOn;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyCommitIsOfOneSpanWhateverTheirRate() throws InterruptedException { // law Q23
        watchAll();
        int commits = 2_000;
        try (Answers answers = answers()) {
            Thread writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 1; i <= commits; i++) {
                                    numbers.set(i % KEYS, i);
                                }
                            });
            long last = 0;
            while (last < commits) {
                Answers.Answer answer = await(answers);
                assertThat(answer.first().number()).isEqualTo(last + 1);
                assertThat(answer.untouched()).isBetween(0L, (long) KEYS - 1);
                last = answer.last().number();
            }
            writer.join();
        }
    }

    /**
     * Several commits of one span close some of the results while readers ask for them again: those
     * that were closed do not count, although they are open when the last commit comes.
     */
    @Test
    void aResultThatASpanVisitedIsNotUntouchedThoughItIsThereAgain() { // law Q22
        SplittableRandom random = new SplittableRandom(Long.getLong("orrery.seed", 5L));
        for (int key = 0; key < KEYS; key++) {
            even.of(key);
        }
        Answers following = answers();
        for (int round = 0; round < 50; round++) {
            queries.engine().remembered.span().end(); // the next commit begins a span
            boolean[] visited = new boolean[KEYS];
            for (int commit = 0; commit < 5; commit++) {
                int key = random.nextInt(KEYS);
                visited[key] = true;
                numbers.set(key, random.nextInt());
                even.of(key);
            }
            int left = 0;
            for (boolean was : visited) {
                left += was ? 0 : 1;
            }
            assertThat(queries.engine().remembered.span().untouched()).isEqualTo(left);
        }
        following.close();
    }

    /** Whatever threads do meanwhile, the count is that of the open results in the end. */
    @Test
    void theCountIsThatOfTheOpenResultsWhateverThreadsDo() throws InterruptedException { // law Q22
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            boolean writes = i < 2;
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int step = 0; step < 3_000; step++) {
                                    int key = random.nextInt(KEYS);
                                    if (writes) {
                                        numbers.set(key, random.nextInt());
                                    } else {
                                        even.of(key);
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long open = 0;
        for (Node node : queries.engine().definitions.get("even").nodes()) {
            Memo memo = node.memo;
            open += memo != null && memo.isOpen() ? 1 : 0;
        }
        assertThat(queries.remembered()).as("seed " + seed).isEqualTo(open);
    }
}
