package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However deep, no stack overflows, and one that is full leaves no trace. Laws Q13 and Q19. */
@Timeout(120)
class DepthTest {
    private static final int NARROW = 256 * 1024;
    private static final int LENGTH = 10;

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final SingleInput<Integer> ground = queries.input("ground", Integer.class);
    private final Query<Integer, Integer> chain =
            queries.recursive(
                    "chain",
                    Integer.class,
                    Integer.class,
                    (self, n) -> n == 0 ? ground.require() / 10 : self.of(n - 1) + 1);

    DepthTest() {
        ground.set(0);
    }

    @AfterEach
    void close() {
        queries.close();
    }

    private static void onANarrowStack(Runnable work) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread narrow = new Thread(null, work, "narrow", NARROW);
        narrow.setUncaughtExceptionHandler((_, e) -> thrown.set(e));
        narrow.start();
        narrow.join();
        if (thrown.get() != null) {
            throw new AssertionError(thrown.get());
        }
    }

    /** Runs, re-runs and verifies a chain, and counts what was done. */
    private void runAndVerify(int length) {
        assertThat(chain.of(length)).isEqualTo(length);
        ground.set(10);
        assertThat(chain.of(length)).as("re-executed").isEqualTo(length + 1);
        assertThat(chain.statistics().computed()).isEqualTo(2L * length + 2);
        ground.set(11);
        assertThat(chain.of(length)).as("verified").isEqualTo(length + 1);
        assertThat(chain.statistics().spared()).isEqualTo(length);
        assertThat(chain.statistics().computed()).isEqualTo(2L * length + 3);
    }

    @Test
    void aChainOfAHundredThousandDoesNotOverflow() {
        runAndVerify(100_000);
        new Sweep(queries.engine()).check(timeline.published());
    }

    @Test
    void aLongChainFitsANarrowStack() throws Exception {
        onANarrowStack(() -> runAndVerify(10_000));
        new Sweep(queries.engine()).check(timeline.published());
    }

    /** Interpreted frames are the largest: each hop of a cold start looks like this. */
    @Test
    void aLongChainFitsStacksOfInterpretedFrames() throws Exception {
        assertThat(inAnInterpreter("-Xss512k")).isZero();
    }

    @Test
    @Tag("long")
    void aChainOfAHundredThousandFitsStacksOfInterpretedFrames() throws Exception {
        assertThat(inAnInterpreter("-Dlength=100000")).isZero();
    }

    /** A caller whose own stack is nearly full, at each depth at which something may overflow. */
    @Test
    void aStackThatIsFullInTheMachineryLeavesNoTrace() throws Exception {
        assertThat(inAnInterpreter("-DatEveryDepth")).isZero();
    }

    private static int inAnInterpreter(String option) throws Exception {
        Process child =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-Xint",
                                option,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Interpreted.class.getName())
                        .inheritIO()
                        .start();
        if (!child.waitFor(100, TimeUnit.SECONDS)) {
            child.destroyForcibly();
            throw new AssertionError("the child does not end");
        }
        return child.exitValue();
    }

    /** What runs in a machine of its own, where every frame is as large as it can be. */
    static final class Interpreted {
        private Interpreted() {}

        public static void main(String[] arguments) throws Exception {
            if (System.getProperty("atEveryDepth") != null) {
                onANarrowStack(new DepthTest()::readAtEveryDepth);
                return;
            }
            int length = Integer.getInteger("length", 5_000);
            new DepthTest().runAndVerify(length);
            onANarrowStack(() -> new DepthTest().runAndVerify(length));
        }
    }

    private void readAtEveryDepth() {
        int deepest = deepest(0);
        int overflows = 0;
        int rounds = 0;
        for (int depth = deepest - 250; depth < deepest; depth++) {
            ground.set(5 * ++rounds); // every other change is one of the chain's value
            try {
                assertThat(readAt(depth)).isEqualTo(LENGTH + rounds / 2);
            } catch (StackOverflowError expected) {
                overflows++;
            }
            assertThat(chain.of(LENGTH)).isEqualTo(LENGTH + rounds / 2);
            new Sweep(queries.engine()).check(timeline.published());
            assertThat(timeline.horizon()).as("what is held").isEqualTo(timeline.published());
        }
        assertThat(overflows).as("of %d reads", rounds).isBetween(20, rounds - 20);
    }

    @SuppressWarnings("InfiniteRecursion") // ends where the stack does
    private static int deepest(int depth) {
        try {
            return deepest(depth + 1);
        } catch (StackOverflowError full) {
            return depth;
        }
    }

    private int readAt(int depth) {
        return depth == 0 ? chain.of(LENGTH) : readAt(depth - 1);
    }

    @Test
    void aBodyThatOverflowsTheStackFailsAfterAnotherTry() {
        SingleQuery<Integer> endless = queries.query("endless", Integer.class, () -> forEver(0));
        assertThatThrownBy(endless::now)
                .isInstanceOf(OrreryException.UserFailure.class)
                .hasCauseInstanceOf(StackOverflowError.class);
    }

    private static int forEver(int depth) {
        return depth < 0 ? 0 : forEver(depth + 1) + 1;
    }

    /** A body that recurses itself, between one query and the next. */
    @Test
    void aBodyThatUsesMuchOfTheStackGoesOnInAnother() throws Exception {
        Query<Integer, Integer> heavy =
                queries.recursive(
                        "heavy",
                        Integer.class,
                        Integer.class,
                        (self, n) -> n == 0 ? 0 : after(200, () -> self.of(n - 1)) + 1);
        onANarrowStack(() -> assertThat(heavy.of(300)).isEqualTo(300));
        assertThat(heavy.statistics().computed()).isEqualTo(301);
        new Sweep(queries.engine()).check(timeline.published());
    }

    private static int after(int frames, java.util.function.IntSupplier next) {
        return frames == 0 ? next.getAsInt() : after(frames - 1, next);
    }
}
