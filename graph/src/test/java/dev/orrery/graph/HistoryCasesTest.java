package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replica keeps, hands on and tells, where one small case says all of it. */
class HistoryCasesTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    private LocalGraph open(String name) {
        return Replicas.open(wall, name, Replicas.ANYTHING);
    }

    private static LocalGraph thing(LocalGraph graph, String id) {
        graph.addNode("Thing", id, Row.of());
        return graph;
    }

    private List<LocalGraph> replicas(int count, int nodesEach) {
        List<LocalGraph> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LocalGraph graph = open("r" + i);
            for (int node = 0; node < nodesEach; node++) {
                thing(graph, "r" + i + "-" + node);
            }
            all.add(graph);
        }
        return all;
    }

    private static List<Entry> after(Graph graph, VersionVector place) {
        try (Subscription<Entry> entries = graph.subscribe(place)) {
            return entries.nextBatch(Integer.MAX_VALUE, Duration.ZERO);
        }
    }

    @Test
    @DisplayName("AC-003 the same state makes the same bytes")
    void aCheckpointIsAlwaysTheSameBytes(@TempDir Path directory) throws IOException {
        try (LocalGraph graph =
                (LocalGraph) Replicas.on(wall, "a").directory(directory).open(Replicas.ANYTHING)) {
            graph.addNode("Thing", "one", Row.of("words", List.of("a", "b"), "count", 3));
            thing(graph, "two");
            graph.addEdge("joins", "edge", "one", "two", Row.of());
            graph.set("one", "name", "first");
            graph.checkpoint();
            byte[] first = Files.readAllBytes(directory.resolve("checkpoint"));
            for (int i = 0; i < 100; i++) {
                graph.checkpoint();
                assertThat(Files.readAllBytes(directory.resolve("checkpoint"))).isEqualTo(first);
            }
        }
    }

    @Test
    @DisplayName("AC-004 entries since a place, in order")
    void entriesSinceAPlace() {
        try (LocalGraph graph = open("a")) {
            thing(graph, "A");
            VersionVector afterA = graph.vector();
            thing(thing(graph, "B"), "C");
            List<Entry> all = Replicas.entries(graph);
            assertThat(all).hasSize(4);
            assertThat(after(graph, afterA)).isEqualTo(all.subList(2, 4));
            assertThat(after(graph, graph.vector())).isEmpty();
            assertThat(after(graph, VersionVector.none())).isEqualTo(all);
        }
    }

    @Test
    @DisplayName("AC-006 a place in a fork")
    void aPlaceInAFork() {
        try (LocalGraph a = open("a");
                LocalGraph b = open("b")) {
            thing(a, "A");
            Replicas.pull(b, a);
            thing(a, "B");
            VersionVector hasB = a.vector();
            thing(b, "C");
            Replicas.sync(a, b);
            assertThat(a.heads()).hasSize(2);
            assertThat(after(a, hasB))
                    .extracting(entry -> entry.operation().toString())
                    .singleElement()
                    .asString()
                    .contains("C");
            assertThat(after(a, a.vector())).isEmpty();
            try (LocalGraph stranger = open("c")) {
                ArrivalCursor unknown = (ArrivalCursor) thing(stranger, "X").head();
                assertThatThrownBy(() -> a.subscribe(unknown)).isInstanceOf(StaleCursor.class);
            }
        }
    }

    @Test
    @DisplayName("AC-047 meshes, chains and rings")
    void meshesChainsAndRings() {
        List<LocalGraph> mesh = replicas(5, 10);
        for (LocalGraph left : mesh) {
            mesh.forEach(right -> Replicas.pull(left, right));
        }
        haveAll(mesh, 50);

        List<LocalGraph> chain = replicas(10, 5);
        for (int i = 1; i < 10; i++) {
            Replicas.sync(chain.get(i - 1), chain.get(i));
        }
        for (int i = 9; i > 0; i--) {
            Replicas.sync(chain.get(i - 1), chain.get(i));
        }
        haveAll(chain, 50);

        haveAll(ringed(replicas(4, 1)), 4);
        haveAll(ringed(replicas(10, 100)), 1_000);
    }

    /** Each takes from the one before it, twice around. */
    private static List<LocalGraph> ringed(List<LocalGraph> ring) {
        for (int i = 0; i < 2 * ring.size(); i++) {
            Replicas.pull(ring.get((i + 1) % ring.size()), ring.get(i % ring.size()));
        }
        return ring;
    }

    private static void haveAll(List<LocalGraph> replicas, int nodes) {
        for (LocalGraph graph : replicas) {
            assertThat(graph.nodes().list()).hasSize(nodes);
            assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(replicas.getFirst()));
        }
        replicas.forEach(LocalGraph::close);
    }

    @Test
    @DisplayName("AC-048 one-way exchanges at random, then a mesh")
    void oneWayAtRandom() {
        Seeded.runs(
                5,
                random -> {
                    List<LocalGraph> all = replicas(4, 0);
                    for (int add = 0; add < 200; add++) {
                        wall.move(1);
                        thing(all.get(random.below(4)), "n" + add);
                        if (add % 10 == 9) {
                            Replicas.pull(all.get(random.below(4)), all.get(random.below(4)));
                        }
                    }
                    for (LocalGraph left : all) {
                        all.forEach(right -> Replicas.pull(left, right));
                    }
                    assertThat(all)
                            .extracting(LocalGraph::entryCount)
                            .containsOnly(all.getFirst().entryCount());
                    haveAll(all, 200);
                });
    }

    @Test
    @DisplayName("AC-151 who fails while following stops nobody else")
    void whoFailsStopsNobody() {
        Subscription<Entry> failing;
        try (LocalGraph graph = open("a");
                Subscription<Entry> other = graph.subscribe()) {
            failing = graph.subscribe();
            CompletableFuture<Void> failed =
                    CompletableFuture.runAsync(() -> {
                        failing.next();
                        throw new IllegalStateException("cannot bear it");
                    });
            CompletableFuture<Entry> told = CompletableFuture.supplyAsync(other::next);
            thing(graph, "one");
            assertThatThrownBy(failed::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("cannot bear it");
            assertThat(told.join().operation().toString()).contains("one");
            failing.close();
            thing(graph, "two");
            assertThat(other.next(SOON)).isPresent();
            assertThat(graph.nodes().list()).hasSize(2);
            assertThat(Stream.of("one", "two").allMatch(id -> graph.node(id).isPresent())).isTrue();
        }
    }
}
