package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.testkit.Crash;
import dev.orrery.testkit.KeptLog;
import dev.orrery.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is there again, whole, whatever happens to the process and the file. */
class StoreTest {
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    @TempDir Path directory;

    private LocalGraph open(Path where) {
        return (LocalGraph) Replicas.on(wall, "a").directory(where).open(Replicas.ANYTHING);
    }

    @Test
    @DisplayName("AC-156 what was written is there when it is opened again")
    void whatWasWrittenIsThereAgain() {
        List<Object> seen;
        List<Entry> entries;
        LocalGraph closed;
        try (LocalGraph graph = open(directory)) {
            closed = graph;
            graph.addNode("Thing", "a", Row.of("p", 1));
            graph.addNode("Thing", "b", Row.of());
            graph.addEdge("joins", "ab", "a", "b", Row.of());
            graph.set("a", "p", 2L);
            graph.removeNode("b");
            graph.extend(graph.ontology().extend().node("More", m -> {}).build());
            seen = Replicas.seen(graph);
            entries = Replicas.entries(graph);
        }
        assertThatThrownBy(() -> closed.set("a", "p", 3L)).isInstanceOf(Closed.class);
        try (LocalGraph graph = open(directory)) {
            assertThat(Replicas.seen(graph)).isEqualTo(seen);
            assertThat(Replicas.entries(graph)).isEqualTo(entries);
            graph.set("a", "p", 3L);
            assertThat(graph.node("a").orElseThrow().integer("p")).isEqualTo(3);
            assertThat(graph.entries(3, 2)).isEqualTo(entries.subList(3, 5));
        }
    }

    @Test
    @DisplayName("AC-165 one process at a time, and no other graph")
    void oneProcessAtATime() {
        try (LocalGraph graph = open(directory)) {
            assertThatThrownBy(() -> open(directory))
                    .isInstanceOfSatisfying(
                            StorageFailure.class,
                            failure ->
                                    assertThat(failure.kind())
                                            .isEqualTo(StorageFailure.Kind.LOCKED));
            graph.addNode("Thing", "n", Row.of());
        }
        Ontology other = Ontology.define("other").node("T", t -> {}).build();
        assertThatThrownBy(() -> Graphs.on(Replicas.timeline()).directory(directory).open(other))
                .isInstanceOf(BadDefinition.class);
        open(directory).close();
    }

    @Test
    void aReplicaKeepsItsNameWhenNoneIsGiven() {
        Graphs graphs = Graphs.on(Replicas.timeline()).directory(directory);
        String name;
        try (Graph graph = graphs.open(Replicas.ANYTHING)) {
            name = graph.replica();
        }
        try (Graph graph = graphs.open(Replicas.ANYTHING)) {
            assertThat(graph.replica()).isEqualTo(name).hasSize(16);
        }
    }

    @Test
    void whoNeedsQuietIsNotKeptWaitingByWritersWithoutEnd() throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        try (LocalGraph graph = open(directory)) {
            Timeline timeline = graph.inside().timeline();
            List<Thread> writers = new ArrayList<>();
            for (int writer = 0; writer < 8; writer++) {
                String prefix = "w" + writer + "-";
                writers.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    for (int i = 0; !over.get(); i++) {
                                        graph.addNode("Thing", prefix + i, Row.of());
                                    }
                                }));
            }
            Thread commits =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < 20 && !over.get(); i++) {
                                    String id = "n" + i;
                                    timeline.commit(() -> graph.addNode("Thing", id, Row.of()));
                                }
                            });
            boolean ended = commits.join(Duration.ofSeconds(30));
            over.set(true);
            commits.join();
            for (Thread writer : writers) {
                writer.join();
            }
            assertThat(ended).isTrue();
            assertThat(graph.node("n19")).isPresent();
        }
    }

    @Test
    void aWriteThatCannotBeStoredIsTakenBackAndTheGraphGoesOn() {
        for (int good = 1; good < 12; good++) {
            KeptLog log = new KeptLog();
            log.fullAfter(good);
            LocalGraph graph = Replicas.open(wall, "a", Replicas.ANYTHING, log);
            Timeline timeline = graph.inside().timeline();
            List<Object> seen = Replicas.seen(graph);
            try {
                for (int i = 0; i < 4; i++) {
                    String id = "n" + i;
                    graph.addNode("Thing", id, Row.of("p", 1));
                    seen = Replicas.seen(graph);
                    timeline.commit(() -> {
                        graph.set(id, "p", 2L);
                        graph.set(id, "q", 2L);
                    });
                    seen = Replicas.seen(graph);
                    graph.removeNode(id);
                    seen = Replicas.seen(graph);
                    graph.extend(graph.ontology().extend().node("T" + id, t -> {}).build());
                    seen = Replicas.seen(graph);
                }
            } catch (StorageFailure full) {
                assertThat(Replicas.seen(graph)).as("after " + good).isEqualTo(seen);
            }
            log.room();
            graph.addNode("Thing", "after", Row.of());
            List<Object> now = Replicas.seen(graph);
            LocalGraph reopened = Replicas.open(wall, "a", Replicas.ANYTHING, log);
            assertThat(Replicas.seen(reopened)).isEqualTo(now);
        }
    }

    @Test
    void whereverTheFileEndsAWholeHistoryIsLeftAndNoCommitIsCut() throws IOException {
        List<List<Object>> states = new ArrayList<>();
        Path whole = directory.resolve("whole");
        try (LocalGraph graph = open(whole)) {
            Timeline timeline = graph.inside().timeline();
            for (int i = 0; i < 8; i++) {
                states.add(Replicas.seen(graph));
                String id = "n" + i;
                if (i % 2 == 0) {
                    graph.addNode("Thing", id, Row.of("p", 1));
                } else {
                    timeline.commit(() -> {
                        graph.addNode("Thing", id, Row.of("p", 1));
                        graph.set(id, "p", 2L);
                        graph.addEdge("joins", "e" + id, id, id, Row.of());
                    });
                }
            }
            states.add(Replicas.seen(graph));
        }
        Path segment = segment(whole);
        byte[] bytes = Files.readAllBytes(segment);
        int reached = -1;
        for (int length = 700; length <= bytes.length; length += 13) {
            Path cut = directory.resolve("cut" + length);
            Files.createDirectories(cut);
            Files.write(cut.resolve(segment.getFileName()), Arrays.copyOf(bytes, length));
            try (LocalGraph graph = open(cut)) {
                int state = states.indexOf(Replicas.seen(graph));
                assertThat(state).as("cut at " + length).isGreaterThanOrEqualTo(reached);
                reached = state;
                graph.addNode("Thing", "after", Row.of());
            }
        }
        assertThat(reached).isGreaterThan(5);
    }

    private static Path segment(Path of) throws IOException {
        try (var files = Files.list(of)) {
            return files.filter(file -> !file.getFileName().toString().equals("lock"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void aDamagedRecordCostsThatRecordAndComesBackFromAPeer() {
        Seeded.runs(
                8,
                random -> {
                    try {
                        Path where = Files.createTempDirectory(directory, "damage");
                        LocalGraph peer = Replicas.open(wall, "b", Replicas.ANYTHING);
                        try (LocalGraph graph = open(where)) {
                            for (int i = 0; i < 20; i++) {
                                graph.addNode("Thing", "n" + i, Row.of("p", i));
                            }
                            Replicas.pull(peer, graph);
                        }
                        Path segment = segment(where);
                        byte[] bytes = Files.readAllBytes(segment);
                        int at = bytes.length / 2 + random.below(bytes.length / 3);
                        bytes[at] ^= (byte) (1 + random.below(255));
                        Files.write(segment, bytes);
                        try (LocalGraph graph =
                                (LocalGraph)
                                        Replicas.on(wall, "c")
                                                .directory(where)
                                                .open(Replicas.ANYTHING)) {
                            assertThat(graph.nodes().count()).isBetween(1L, 20L);
                            Replicas.sync(graph, peer);
                            assertThat(graph.nodes().count()).isEqualTo(20);
                            graph.set("n3", "q", 1L);
                            Replicas.sync(graph, peer);
                            assertThat(graph.stateHash()).isEqualTo(peer.stateHash());
                        }
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
    }

    @Test
    @DisplayName("AC-157 what was acknowledged survives kills")
    void whatWasAcknowledgedSurvivesKills() {
        long seed = Long.getLong(Seeded.PROPERTY, System.nanoTime());
        Map<String, Long> acknowledged = new TreeMap<>();
        int killed =
                Crash.seeded(seed)
                        .kills(6)
                        .within(Duration.ofMillis(200))
                        .work(WriteForEver.class, directory.toString())
                        .run(life -> {
                            life.output().stream()
                                    .skip(1)
                                    .map(line -> line.split(" "))
                                    .forEach(line ->
                                            acknowledged.put(line[0], Long.parseLong(line[1])));
                            try (Graph graph =
                                    Graphs.on(Replicas.timeline())
                                            .directory(directory)
                                            .open(Replicas.ANYTHING)) {
                                acknowledged.forEach((id, value) ->
                                        assertThat(graph.node(id).orElseThrow().integer("p"))
                                                .as("seed " + seed)
                                                .isGreaterThanOrEqualTo(value));
                                graph.nodes()
                                        .list()
                                        .forEach(node ->
                                                assertThat(node.integer("p"))
                                                        .isEqualTo(node.integer("q")));
                            }
                        });
        assertThat(killed).isEqualTo(6);
        assertThat(acknowledged).isNotEmpty();
    }
}
