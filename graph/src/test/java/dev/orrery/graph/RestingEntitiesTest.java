package dev.orrery.graph;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import dev.orrery.testkit.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What rests in a checkpoint is what it would be if all of it had been read. Law G17. */
class RestingEntitiesTest {
    private static final List<String> IDS = List.of("n1", "n2", "n3", "e1", "e2");

    private static final Ontology INDEXED =
            Ontology.define("open")
                    .node("Thing", thing -> thing.any("p").index("p"))
                    .node("Other", other -> {})
                    .edge(
                            "joins",
                            joins ->
                                    joins.from("Thing").to("Thing").to("Other").any("q").index("q"))
                    .edge("loves", loves -> loves.from("Thing").from("Other").to("Thing"))
                    .build();

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    @TempDir private Path directory;

    private LocalGraph open(Path where) {
        return (LocalGraph) Replicas.on(wall, "a").directory(where).open(INDEXED);
    }

    /** A graph with a checkpoint, and some that came later. */
    private Path written(Seeded random) {
        Path where = directory.resolve("g" + random.seed());
        LocalGraph peer = Replicas.open(wall, "b", INDEXED);
        try (LocalGraph graph = open(where)) {
            for (int step = 0; step < 25; step++) {
                act(random.oneIn(3) ? peer : graph, random.bits());
                if (random.oneIn(5)) {
                    Replicas.sync(graph, peer);
                }
            }
            graph.checkpoint();
            for (int step = random.below(3) * random.below(4); step > 0; step--) {
                act(graph, random.bits());
                if (random.oneIn(3)) {
                    Replicas.sync(graph, peer);
                }
            }
        }
        return where;
    }

    private static void act(LocalGraph graph, long seed) {
        try {
            ConvergenceTest.act(graph, Seeded.of(seed));
        } catch (Invalid refused) {
            // the ends are of other types: nothing was written
        }
    }

    private Path withoutCheckpoint(Path of) {
        try (var files = Files.list(of)) {
            Path copy = Files.createTempDirectory(directory, "copy");
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals("checkpoint") && !name.equals("lock")) {
                    Files.copy(file, copy.resolve(name));
                }
            }
            return copy;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Something one may ask first. */
    private static Object asked(LocalGraph graph, Seeded random) {
        String id = random.pick(IDS);
        return switch (random.below(9)) {
            case 0, 1 -> graph.node(id);
            case 2 -> graph.edge(id);
            case 3 -> graph.nodes().where(integer("p").eq(random.below(5))).keys();
            case 4 -> graph.edges().where(integer("q").eq(random.below(5))).keys();
            case 5 -> graph.edges().where(text(":from").eq(id)).keys();
            case 6 -> graph.quarantine().list();
            case 7 -> edgesAt(graph, id);
            default ->
                    switch (random.below(4)) {
                        case 0 -> graph.nodes("Thing").keys();
                        case 1 -> graph.edges("joins").keys();
                        case 2 -> graph.nodes().count();
                        default -> graph.stateHash();
                    };
        };
    }

    private static Set<String> edgesAt(LocalGraph graph, String id) {
        Set<String> there = new TreeSet<>();
        for (String each : graph.inside().edges().at(id)) {
            graph.edge(each)
                    .filter(edge -> edge.from().equals(id) || edge.to().equals(id))
                    .ifPresent(edge -> there.add(edge.id()));
        }
        return there;
    }

    @Test
    void edgesAreSeenByWhatBecameOfTheirEndsBehindTheCheckpoint() {
        Path where = directory.resolve("ends");
        try (LocalGraph graph = open(where)) {
            graph.addNode("Thing", "n1", Row.of());
            graph.addNode("Thing", "n2", Row.of());
            graph.addEdge("joins", "e1", "n1", "n2", Row.of());
            graph.addEdge("joins", "e2", "n2", "n2", Row.of());
            graph.checkpoint();
            graph.removeNode("n1");
        }
        try (LocalGraph graph = open(where)) {
            assertThat(edgesAt(graph, "n2")).containsExactly("e2");
            assertThat(graph.edge("e1")).isEmpty();
            graph.removeNode("n2");
            assertThat(graph.edges().keys()).isEmpty();
        }
    }

    @Test
    void whateverIsAskedAndDoneFirstItIsAsIfAllHadBeenRead() { // laws G17, G55
        Seeded.runs(
                60,
                random -> {
                    Path where = written(random);
                    try (LocalGraph resting = open(where);
                            LocalGraph plain = open(withoutCheckpoint(where))) {
                        for (int step = 0; step < 12; step++) {
                            long question = random.bits();
                            assertThat(asked(resting, Seeded.of(question)))
                                    .isEqualTo(asked(plain, Seeded.of(question)));
                            if (random.oneIn(2)) {
                                long deed = random.bits();
                                act(resting, deed);
                                act(plain, deed);
                            }
                        }
                        assertThat(Replicas.seen(resting)).isEqualTo(Replicas.seen(plain));
                    }
                });
    }

    @Test
    void aSchemaThatGrewBehindTheCheckpointCountsForWhatRests() {
        Path where = directory.resolve("grown");
        try (LocalGraph graph = open(where)) {
            graph.addNode("Thing", "n1", Row.of("p", 1));
            graph.checkpoint();
            LocalGraph peer = Replicas.open(wall, "b", INDEXED);
            peer.extend(peer.ontology().extend().node("More", more -> {}).build());
            peer.addNode("More", "n2", Row.of());
            Replicas.pull(graph, peer);
        }
        try (LocalGraph graph = open(where)) {
            assertThat(graph.nodes().keys()).containsExactly("n1", "n2");
        }
    }

    @Test
    void onlyWhatIsAskedForIsRead() {
        Path where = directory.resolve("some");
        try (LocalGraph graph = open(where)) {
            for (int i = 0; i < 100; i++) {
                graph.addNode("Thing", "n" + i, Row.of("p", i));
            }
            graph.checkpoint();
        }
        try (LocalGraph graph = open(where)) {
            assertThat(graph.node("n7").orElseThrow().integer("p")).isEqualTo(7);
            graph.set("n8", "p", 800L);
            assertThat(graph.inside().locked(() -> graph.inside().state().awake())).hasSize(1);
            assertThat(graph.nodes().where(integer("p").eq(800)).keys()).containsExactly("n8");
            assertThat(graph.nodes().where(integer("p").eq(8)).keys()).isEmpty();
        }
    }

    @Test
    void everyByteThatIsChangedIsFoundAtOpening() throws IOException {
        Path where = written(Seeded.of(7));
        Path file = where.resolve("checkpoint");
        byte[] good = Files.readAllBytes(file);
        assertThat(Checkpoint.read(file, "open")).isPresent();
        List<Integer> unseen = new ArrayList<>();
        for (int at = 0; at < good.length; at++) {
            byte[] bent = good.clone();
            bent[at] ^= (byte) (1 << at % 8);
            Files.write(file, bent);
            if (Checkpoint.read(file, "open").isPresent()) {
                unseen.add(at);
            }
        }
        assertThat(unseen).isEmpty();
    }
}
