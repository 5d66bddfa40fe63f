package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Row;
import dev.orrery.testkit.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint makes no difference but in time. */
class CheckpointTest {
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    @TempDir Path directory;

    private LocalGraph open(Path where) {
        return (LocalGraph) Replicas.on(wall, "a").directory(where).open(ConvergenceTest.OPEN);
    }

    private Path copyWithout(Path of, String left) {
        try (var files = Files.list(of)) {
            Path copy = Files.createTempDirectory(directory, "copy");
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals(left) && !name.equals("lock")) {
                    Files.copy(file, copy.resolve(name));
                }
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void openingWithOneIsOpeningWithoutOne() { // law G17
        Seeded.runs(
                15,
                random -> {
                    Path where = directory.resolve("g" + random.seed());
                    LocalGraph peer = Replicas.open(wall, "b", ConvergenceTest.OPEN);
                    for (int life = 0; life < 3; life++) {
                        try (LocalGraph graph = open(where)) {
                            for (int step = 0; step < 15; step++) {
                                ConvergenceTest.act(random.oneIn(3) ? peer : graph, random);
                                if (random.oneIn(6)) {
                                    Replicas.sync(graph, peer);
                                }
                                if (random.oneIn(10)) {
                                    graph.checkpoint();
                                }
                                if (random.oneIn(12)) {
                                    String type = "T" + random.below(4);
                                    if (graph.inside().schema().node(type) == null) {
                                        graph.extend(
                                                graph.ontology()
                                                        .extend()
                                                        .node(type, t -> {})
                                                        .build());
                                    }
                                }
                            }
                            if (random.oneIn(2)) {
                                graph.tail("consumer", Duration.ofDays(1)).close();
                            }
                            if (random.oneIn(2)) {
                                graph.checkpoint();
                            }
                        }
                        Path bare = copyWithout(where, "checkpoint");
                        try (LocalGraph graph = open(where);
                                LocalGraph plain = open(bare)) {
                            assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(plain));
                            assertThat(Replicas.entries(graph)).isEqualTo(Replicas.entries(plain));
                            assertThat(graph.inside().index().fingerprint().digest())
                                    .isEqualTo(plain.inside().index().fingerprint().digest());
                            for (String author : plain.inside().index().authors()) {
                                assertThat(graph.inside().index().newest(author))
                                        .isEqualTo(plain.inside().index().newest(author));
                            }
                        }
                    }
                });
    }

    @Test
    void valuesOfEveryTypeAreInIt() {
        Row row =
                Row.of(
                        "text",
                        "é",
                        "int",
                        7L,
                        "float",
                        1.5,
                        "flag",
                        true,
                        "not",
                        false,
                        "nothing",
                        null,
                        "decimal",
                        new BigDecimal("1.50"),
                        "at",
                        Instant.EPOCH,
                        "list",
                        List.of(1L, "x"),
                        "map",
                        Map.of("k", 1L),
                        "bytes",
                        new byte[] {1});
        try (LocalGraph graph = open(directory)) {
            graph.addNode("Thing", "n", row);
            graph.unset("n", "int");
            graph.checkpoint();
        }
        try (LocalGraph graph = open(directory)) {
            assertThat(graph.node("n").orElseThrow().properties()).isEqualTo(row.without("int"));
        }
    }

    @Test
    void whoOpensFromOneGoesOnWriting() {
        for (int life = 0; life < 4; life++) {
            try (LocalGraph graph = open(directory)) {
                for (int i = 0; i < 333; i++) {
                    graph.addNode("Thing", "n" + life + "-" + i, Row.of());
                }
                graph.checkpoint();
                assertThat(graph.nodes().count()).isEqualTo(333L * (life + 1));
            }
        }
    }

    @Test
    void whatIsBehindItIsNotReadAgain() throws IOException {
        try (LocalGraph graph = open(directory)) {
            for (int i = 0; i < 20; i++) {
                graph.addNode("Thing", "n" + i, Row.of("p", "value"));
            }
            graph.checkpoint();
            graph.addNode("Thing", "last", Row.of());
        }
        Path segment;
        try (var files = Files.list(directory)) {
            segment =
                    files.filter(file -> file.getFileName().toString().matches("\\d+.*"))
                            .findFirst()
                            .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);
        try (LocalGraph graph = open(directory)) {
            assertThat(graph.nodes().count()).isEqualTo(21);
        }
        Files.delete(directory.resolve("checkpoint"));
        try (LocalGraph graph = open(directory)) {
            assertThat(graph.nodes().count()).isEqualTo(20);
        }
    }

    @Test
    void oneThatIsDamagedOrOfAnotherStoreIsNotUsed() throws IOException {
        Path file = directory.resolve("checkpoint");
        List<Object> seen;
        byte[] early;
        try (LocalGraph graph = open(directory)) {
            graph.addNode("Thing", "n", Row.of("p", 1));
            graph.checkpoint();
            early = Files.readAllBytes(file);
            graph.set("n", "p", 2L);
            graph.checkpoint();
            seen = Replicas.seen(graph);
        }
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at += 29) {
            byte[] bent = good.clone();
            bent[at] ^= 0x41;
            Files.write(file, bent);
            try (LocalGraph graph = open(directory)) {
                assertThat(Replicas.seen(graph)).isEqualTo(seen);
            }
            Files.write(file, Arrays.copyOf(good, at));
            try (LocalGraph graph = open(directory)) {
                assertThat(Replicas.seen(graph)).isEqualTo(seen);
            }
        }
        Files.write(file, early); // an older one: what came later is read
        try (LocalGraph graph = open(directory)) {
            assertThat(Replicas.seen(graph)).isEqualTo(seen);
        }
        Path other = directory.resolve("other"); // one that is ahead of its store
        open(other).close();
        Files.write(other.resolve("checkpoint"), good);
        try (LocalGraph graph = open(other)) {
            assertThat(graph.nodes().list()).isEmpty();
            graph.addNode("Thing", "m", Row.of());
            graph.set("m", "p", 2L);
        }
        Files.write(other.resolve("checkpoint"), good); // one that is of another store
        try (LocalGraph graph = open(other)) {
            assertThat(graph.nodes().keys()).containsExactly("m");
        }
    }
}
