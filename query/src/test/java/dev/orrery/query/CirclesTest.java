package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random graphs that close and open circles while several threads ask, half of the bodies reading
 * their children side by side: who reaches a circle fails, nobody else does, and nobody waits for
 * ever. Law Q12.
 */
@Timeout(120)
class CirclesTest {
    private static final int NODES = 7;

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, List<Integer>> edges =
            queries.input("edges", Integer.class, Type.listOf(Integer.class));
    private final Definition<Integer, Integer> height =
            (Definition<Integer, Integer>)
                    queries.recursive("height", Integer.class, Integer.class, this::height);
    private final Map<Long, List<List<Integer>>> states = new ConcurrentHashMap<>();
    private final AtomicReference<Throwable> broken = new AtomicReference<>();
    private volatile boolean over;

    private int height(Query<Integer, Integer> self, int node) {
        List<Integer> children = edges.find(node).orElse(List.of());
        if (node % 2 == 1) {
            return Parallel.map(children, self).stream().mapToInt(h -> h + 1).max().orElse(0);
        }
        int height = 0;
        for (int child : children) {
            height = Math.max(height, 1 + self.of(child));
        }
        return height;
    }

    @Test
    void whoReachesACircleFailsAndNobodyWaitsForEver() {
        Seeds.of(4).forEach(seed -> Seeds.run(seed, () -> run(new Random(seed))));
    }

    /**
     * Two readers of the old revision and two of the new one, in a ring: each waits for the next.
     * Two of these waits only hope to share a result, so nothing is a circle of any one revision.
     */
    @Test
    void waitsForResultsOfAnotherRevisionMakeNoCircle() throws Exception {
        SingleInput<Integer> mode = queries.input("mode", Integer.class);
        mode.set(1);
        Map<String, Gate> gates = new HashMap<>();
        Map<String, SingleQuery<Integer>> ring = new ConcurrentHashMap<>();
        ring(ring, gates, mode, "a", 1, "b", 20);
        ring(ring, gates, mode, "b", 1, "c", 0);
        ring(ring, gates, mode, "c", 2, "d", 100);
        ring(ring, gates, mode, "d", 2, "a", 0);
        Map<String, Reader> readers = new HashMap<>();
        for (String name : List.of("a", "b", "c", "d")) {
            if (name.equals("c")) {
                mode.set(2);
            }
            readers.put(name, new Reader(ring.get(name)));
            await(gates.get(name).reached());
        }
        for (String name : List.of("b", "d", "c")) {
            gates.get(name).open().countDown();
            awaitWaiting(readers.get(name).thread);
        }
        gates.get("a").open().countDown();
        assertThat(readers.get("a").answer()).isEqualTo(100);
        assertThat(readers.get("b").answer()).isEqualTo(100);
        assertThat(readers.get("c").answer()).isEqualTo(20);
        assertThat(readers.get("d").answer()).isEqualTo(20);
    }

    /**
     * Of two parts that run side by side one waits in hope, the other for who reads them both: the
     * second makes a circle, whatever becomes of the first.
     */
    @Test
    void aCircleIsFoundBesideAWaitInHope() throws Exception {
        List<Thread> parts = new CopyOnWriteArrayList<>();
        CountDownLatch first = new CountDownLatch(1);
        Queries divided =
                new Queries(
                        Timeline.startingAt("divided", new Revision(0)),
                        part -> {
                            boolean isFirst = parts.isEmpty();
                            Thread thread =
                                    Thread.ofVirtual()
                                            .unstarted(() -> {
                                                if (!isFirst) {
                                                    await(first);
                                                }
                                                part.run();
                                            });
                            parts.add(thread);
                            return thread;
                        });
        SingleInput<Integer> mode = divided.input("mode", Integer.class);
        mode.set(1);
        Map<String, Gate> gates = Map.of("x", new Gate(), "h", new Gate());
        Map<String, SingleQuery<Integer>> named = new ConcurrentHashMap<>();
        named.put(
                "h",
                divided.query(
                        "h",
                        Integer.class,
                        () -> {
                            if (mode.require() == 2) {
                                return 0;
                            }
                            gates.get("h").pass();
                            return named.get("x").now();
                        }));
        named.put(
                "x",
                divided.query(
                        "x",
                        Integer.class,
                        () -> {
                            if (mode.require() == 1) {
                                return 1;
                            }
                            gates.get("x").pass();
                            return named.get("w").now();
                        }));
        named.put(
                "w",
                divided.query(
                        "w",
                        Integer.class,
                        () -> {
                            Supplier<Integer> reader =
                                    () -> {
                                        first.countDown();
                                        return named.get("x").now();
                                    };
                            return Parallel.all(List.of(reader, named.get("h")::now)).getFirst();
                        }));
        Reader old = new Reader(named.get("h"));
        await(gates.get("h").reached());
        mode.set(2);
        Reader one = new Reader(named.get("x"));
        await(gates.get("x").reached());
        Reader other = new Reader(named.get("w"));
        awaitSize(parts, 2);
        for (Thread part : parts) {
            awaitWaiting(part);
        }
        gates.get("h").open().countDown();
        awaitWaiting(old.thread);
        gates.get("x").open().countDown();
        for (Reader reader : List.of(one, other)) {
            assertThatThrownBy(reader::answer)
                    .hasCauseInstanceOf(OrreryException.Cycle.class)
                    .hasMessageContaining("x");
        }
        assertThat(old.answer()).isEqualTo(1);
    }

    private static void awaitSize(List<Thread> threads, int size) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (threads.size() < size) {
            assertThat(System.nanoTime()).as("parts begin").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** A place a body stops at until it is let on. */
    private record Gate(CountDownLatch reached, CountDownLatch open) {
        Gate() {
            this(new CountDownLatch(1), new CountDownLatch(1));
        }

        void pass() {
            reached.countDown();
            await(open);
        }
    }

    /**
     * Adds a query that in one mode stops at its gate and reads the next, in the other is a number.
     */
    private void ring(
            Map<String, SingleQuery<Integer>> ring,
            Map<String, Gate> gates,
            SingleInput<Integer> mode,
            String name,
            int readingMode,
            String next,
            int otherwise) {
        Gate gate = new Gate();
        gates.put(name, gate);
        ring.put(
                name,
                queries.query(
                        name,
                        Integer.class,
                        () -> {
                            if (mode.require() != readingMode) {
                                return otherwise;
                            }
                            gate.pass();
                            return ring.get(next).now();
                        }));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until a thread waits for a flight. */
    private static void awaitWaiting(Thread thread) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!isWaiting(thread)) {
            assertThat(System.nanoTime()).as("waits for a flight").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static boolean isWaiting(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame ->
                        frame.getClassName().equals(Flight.class.getName())
                                && frame.getMethodName().equals("await"));
    }

    /** A thread that asks once. */
    private static final class Reader {
        private final FutureTask<Integer> asked;
        private final Thread thread;

        Reader(SingleQuery<Integer> query) {
            asked = new FutureTask<>(query::now);
            thread = Thread.ofPlatform().daemon().start(asked);
        }

        int answer() throws Exception {
            return asked.get(20, TimeUnit.SECONDS);
        }
    }

    private void run(Random random) throws Throwable {
        over = false;
        List<List<Integer>> state = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            state.add(edges.find(i).orElse(List.of()));
        }
        states.put(timeline.published(), List.copyOf(state));
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(start(new Random(random.nextLong())));
        }
        long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
        while (System.nanoTime() < end && broken.get() == null) {
            change(random, state);
            java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(200_000));
        }
        over = true;
        for (Thread reader : readers) {
            assertThat(reader.join(Duration.ofSeconds(20))).as("law Q12: stuck").isTrue();
        }
        if (broken.get() != null) {
            throw broken.get();
        }
        new Sweep(queries.engine()).check(timeline.published());
    }

    private void change(Random random, List<List<Integer>> state) {
        int node = random.nextInt(NODES);
        List<Integer> children = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            children.add(random.nextInt(NODES));
        }
        state.set(node, List.copyOf(children));
        states.put(timeline.published() + 1, List.copyOf(state));
        edges.set(node, state.get(node));
    }

    private Thread start(Random random) {
        return Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        while (!over) {
                            check(random.nextInt(NODES));
                        }
                    } catch (Throwable thrown) {
                        broken.compareAndSet(null, thrown);
                    }
                });
    }

    private void check(int node) {
        Definition.Bound<Integer> bound = height.bound(node);
        List<List<Integer>> state = states.get(bound.revision());
        int expected = height(node, state, new HashSet<>());
        switch (bound.outcome()) {
            case Outcome.Value<Integer>(Integer value) ->
                    assertThat(value).as("height(%s) of %s", node, state).isEqualTo(expected);
            case Outcome.Failed<Integer>(OrreryException failure) -> {
                assertThat(failure).isInstanceOf(OrreryException.Cycle.class);
                assertThat(expected).as("%s in %s", failure, state).isNegative();
                assertCircle(((OrreryException.Cycle) failure).path(), state);
            }
        }
    }

    /** Each member of the path reads the next one, and the last the first. */
    private static void assertCircle(
            List<OrreryException.Cycle.Step> path, List<List<Integer>> state) {
        for (int i = 0; i < path.size(); i++) {
            int reader = (Integer) path.get(i).key();
            int read = (Integer) path.get((i + 1) % path.size()).key();
            assertThat(state.get(reader)).as("%s in %s", path, state).contains(read);
        }
    }

    /** The height of a node, negative when it reaches a circle. */
    private static int height(int node, List<List<Integer>> state, Set<Integer> above) {
        if (!above.add(node)) {
            return -1;
        }
        int height = 0;
        for (int child : state.get(node)) {
            int below = height(child, state, above);
            if (below < 0) {
                return -1;
            }
            height = Math.max(height, 1 + below);
        }
        above.remove(node);
        return height;
    }
}
