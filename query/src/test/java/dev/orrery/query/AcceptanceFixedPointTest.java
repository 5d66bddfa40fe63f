package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Circles that have a value: compared with plain computations of the same. Law Q26. */
class AcceptanceFixedPointTest {
    private static final int SIZE = 9;
    private static final int FAR = 1_000_000;
    private static final Set<Integer> UNKNOWN = Set.of();

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, List<Integer>> edges =
            queries.input("edges", Integer.class, Type.listOf(Integer.class));

    /** What can be reached from a node, itself not unless over a circle. */
    private final Query<Integer, Set<Integer>> reached =
            queries.define("reached", Type.of(Integer.class), Type.setOf(Integer.class))
                    .fixedPoint(_ -> Set.of())
                    .as(this::reached);

    /** The least sum of node numbers on a way to node zero. */
    private final Query<Integer, Integer> distance =
            queries.define("distance", Integer.class, Integer.class)
                    .fixedPoint(_ -> FAR)
                    .as(this::distance);

    /** Plain, between two nodes of the circle. */
    private final Query<Integer, Set<Integer>> next =
            queries.query("next", Integer.class, Type.setOf(Integer.class), this::next);

    private final Query<Integer, Set<Integer>> constant =
            queries.define("constant", Type.of(Integer.class), Type.setOf(Integer.class))
                    .fixedPoint(_ -> UNKNOWN)
                    .as(this::constant);

    private Set<Integer> reached(int node) {
        return next.of(node);
    }

    private Set<Integer> next(int node) {
        Set<Integer> all = new TreeSet<>();
        for (int neighbour : edges.find(node).orElse(List.of())) {
            all.add(neighbour);
            all.addAll(reached.of(neighbour));
        }
        return all;
    }

    private int distance(int node) {
        if (node == 0) {
            return 0;
        }
        int least = FAR;
        for (int neighbour : edges.find(node).orElse(List.of())) {
            least = Math.min(least, distance.of(neighbour) + neighbour + 1);
        }
        return least;
    }

    /**
     * The values that a variable may have, at most two: each node copies its neighbours, and one
     * without neighbours has its own number.
     */
    private Set<Integer> constant(int node) {
        List<Integer> from = edges.find(node).orElse(List.of());
        Set<Integer> all = new TreeSet<>(from.isEmpty() ? Set.of(node) : Set.of());
        from.forEach(neighbour -> all.addAll(constant.of(neighbour)));
        return all.size() > 1 ? Set.of(-1) : all;
    }

    @AfterEach
    void close() {
        queries.close();
    }

    @Test
    @DisplayName("E8: a circle with an initial value and a step converges")
    void aCircleWithAnInitialValueConverges() {
        List<Query<String, Integer>> self = new ArrayList<>();
        self.add(
                queries.define("count", String.class, Integer.class)
                        .fixedPoint(_ -> 0)
                        .as(key -> Math.min(5, self.getFirst().of(key) + 1)));
        assertThat(self.getFirst().of("a")).isEqualTo(5);
    }

    @Test
    @DisplayName("E8: a circle that does not converge is an error that names its head")
    void aCircleThatDoesNotConvergeIsAnError() {
        List<Query<String, Integer>> self = new ArrayList<>();
        self.add(
                queries.define("count", String.class, Integer.class)
                        .fixedPoint(_ -> 0)
                        .as(key -> self.getFirst().of(key) + 1));
        assertThatThrownBy(() -> self.getFirst().of("a"))
                .isInstanceOf(UserFailure.class)
                .hasCauseInstanceOf(OrreryException.LimitExceeded.class)
                .hasMessageContaining("count(a)");
    }

    @Test
    void aCircleWithoutAnyInitialValueIsAnErrorAsBefore() {
        List<Query<Integer, Integer>> self = new ArrayList<>();
        self.add(
                queries.query(
                        "plain",
                        Integer.class,
                        Integer.class,
                        key -> self.getFirst().of((key + 1) % 3)));
        assertThatThrownBy(() -> self.getFirst().of(0)).isInstanceOf(OrreryException.Cycle.class);
    }

    @Test
    void whoHandlesACircleWithoutAStartIsPartOfItAllTheSame() {
        Query<Integer, Integer> plain =
                queries.recursive(
                        "plain",
                        Integer.class,
                        Integer.class,
                        (self, key) -> {
                            try {
                                return self.of(1 - key);
                            } catch (OrreryException.Cycle handled) {
                                return 7;
                            }
                        });
        Query<Integer, Integer> started =
                queries.define("started", Integer.class, Integer.class)
                        .fixedPoint(_ -> 0)
                        .recursive((self, key) ->
                                plain.outcome(key) instanceof Outcome.Failed<Integer>
                                        ? Math.max(1, self.of(key))
                                        : 8);
        Query<Integer, Integer> within =
                queries.define("within", Integer.class, Integer.class)
                        .fixedPoint(_ -> 0)
                        .recursive((self, key) -> {
                            int before = self.of(key);
                            return Math.max(before, started.of(key));
                        });
        assertThat(within.of(0)).isEqualTo(1);
        assertThat(plain.outcome(1)).isInstanceOf(Outcome.Failed.class);
        assertThat(started.of(1)).isEqualTo(1);
    }

    @Test
    void whoIsAskedFirstMakesNoDifference() {
        edges.set(1, List.of(2));
        edges.set(2, List.of(3));
        edges.set(3, List.of(1, 4));
        assertThat(next.of(2)).containsExactly(1, 2, 3, 4);
        for (int node = 1; node <= 3; node++) {
            assertThat(reached.of(node)).containsExactly(1, 2, 3, 4);
        }
        edges.set(3, List.of(4));
        assertThat(reached.of(1)).containsExactly(2, 3, 4);
        assertThat(reached.of(3)).containsExactly(4);
        edges.set(4, List.of(4));
        edges.set(3, List.of(1));
        assertThat(reached.of(3)).containsExactly(1, 2, 3);
        assertThat(reached.of(4)).containsExactly(4);
    }

    @Test
    void anUnrelatedCommitRunsNothingAndAnEqualValueSparesReaders() {
        edges.set(1, List.of(2));
        edges.set(2, List.of(1));
        Query<Integer, Integer> size =
                queries.query("size", Integer.class, Integer.class, key -> reached.of(key).size());
        assertThat(size.of(1)).isEqualTo(2);
        long computed = queries.statistics().computed();
        edges.set(7, List.of(1));
        assertThat(size.of(1)).isEqualTo(2);
        assertThat(queries.statistics().computed()).isEqualTo(computed);
        edges.set(2, List.of(1, 2));
        assertThat(size.of(1)).isEqualTo(2);
        assertThat(size.statistics().computed()).isEqualTo(1);
    }

    @Test
    void twoThreadsThatEnterACircleFromBothSidesAgree() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 200; round++) {
                edges.set(1, List.of(2, 10 + round));
                edges.set(2, List.of(1));
                CyclicBarrier start = new CyclicBarrier(2);
                Callable<Set<Integer>> one = asked(1, start);
                Callable<Set<Integer>> other = asked(2, start);
                Set<Integer> expected = Set.of(1, 2, 10 + round);
                for (var answer : executor.invokeAll(List.of(one, other))) {
                    assertThat(answer.get()).isEqualTo(expected);
                }
            }
        }
        new Sweep(queries.engine()).check(timeline.published());
    }

    private Callable<Set<Integer>> asked(int node, CyclicBarrier start) {
        return () -> {
            start.await();
            return reached.of(node);
        };
    }

    @Test
    void randomGraphsAgreeWithPlainComputations() {
        Seeds.of(6).forEach(seed -> Seeds.run(seed, () -> compare(new Random(seed))));
    }

    private void compare(Random random) {
        for (int step = 0; step < 120; step++) {
            List<List<Integer>> graph = change(random);
            int node = random.nextInt(SIZE);
            assertThat(reached.of(node)).isEqualTo(plainlyReached(graph, node));
            assertThat(distance.of(node)).isEqualTo(plainDistances(graph)[node]);
            assertThat(constant.of(node)).isEqualTo(plainConstants(graph).get(node));
            if (random.nextInt(5) == 0) {
                compareInASnapshot(random, node);
            }
        }
        new Sweep(queries.engine()).check(timeline.published());
    }

    private void compareInASnapshot(Random random, int node) {
        List<List<Integer>> before = graph();
        try (Snapshot snapshot = queries.snapshot()) {
            AtomicReference<List<List<Integer>>> own = new AtomicReference<>();
            snapshot.commit(() -> own.set(change(random)));
            assertThat(snapshot.<Set<Integer>>read(() -> reached.of(node)))
                    .isEqualTo(plainlyReached(own.get(), node));
            assertThat(snapshot.<Integer>read(() -> distance.of(node)))
                    .isEqualTo(plainDistances(own.get())[node]);
        }
        assertThat(reached.of(node)).isEqualTo(plainlyReached(before, node));
    }

    /** Changes the neighbours of a node, and tells the whole graph as it is then. */
    private List<List<Integer>> change(Random random) {
        int node = random.nextInt(SIZE);
        edges.set(node, random.ints(random.nextInt(3), 0, SIZE).boxed().toList());
        return graph();
    }

    private List<List<Integer>> graph() {
        List<List<Integer>> graph = new ArrayList<>();
        for (int node = 0; node < SIZE; node++) {
            graph.add(edges.find(node).orElse(List.of()));
        }
        return graph;
    }

    private static Set<Integer> plainlyReached(List<List<Integer>> graph, int start) {
        Set<Integer> seen = new HashSet<>();
        Deque<Integer> open = new ArrayDeque<>(graph.get(start));
        while (!open.isEmpty()) {
            int next = open.remove();
            if (seen.add(next)) {
                open.addAll(graph.get(next));
            }
        }
        return seen;
    }

    private static int[] plainDistances(List<List<Integer>> graph) {
        int[] least = new int[SIZE];
        Arrays.fill(least, FAR);
        least[0] = 0;
        for (int round = 0; round < SIZE; round++) {
            for (int node = 1; node < SIZE; node++) {
                for (int neighbour : graph.get(node)) {
                    least[node] = Math.min(least[node], least[neighbour] + neighbour + 1);
                }
            }
        }
        return least;
    }

    private static List<Set<Integer>> plainConstants(List<List<Integer>> graph) {
        List<Set<Integer>> values = new ArrayList<>();
        graph.forEach(_ -> values.add(UNKNOWN));
        for (int round = 0; round < 3 * SIZE; round++) {
            for (int node = 0; node < SIZE; node++) {
                Set<Integer> all =
                        new TreeSet<>(graph.get(node).isEmpty() ? Set.of(node) : Set.of());
                graph.get(node).forEach(neighbour -> all.addAll(values.get(neighbour)));
                values.set(node, all.size() > 1 ? Set.of(-1) : all);
            }
        }
        return values;
    }

    @Test
    void readersInManyThreadsSeeTheValueOfTheirRevision() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Callable<Integer>> readers = new ArrayList<>();
        for (int reader = 0; reader < 3; reader++) {
            long seed = System.nanoTime() + reader;
            readers.add(() -> {
                Random random = new Random(seed);
                int read = 0;
                while (!over.get()) {
                    compareAtOneRevision(random.nextInt(SIZE));
                    read++;
                }
                return read;
            });
        }
        try (ExecutorService executor =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
            var answers = readers.stream().map(executor::submit).toList();
            Random random = new Random();
            for (int change = 0; change < 400; change++) {
                change(random);
                java.util.concurrent.locks.LockSupport.parkNanos(200_000);
            }
            over.set(true);
            for (var answer : answers) {
                assertThat(answer.get()).isPositive();
            }
        }
        new Sweep(queries.engine()).check(timeline.published());
    }

    private void compareAtOneRevision(int node) {
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.read(() -> {
                List<List<Integer>> graph = graph();
                assertThat(reached.of(node)).isEqualTo(plainlyReached(graph, node));
                assertThat(distance.of(node)).isEqualTo(plainDistances(graph)[node]);
                return 0;
            });
        }
    }
}
