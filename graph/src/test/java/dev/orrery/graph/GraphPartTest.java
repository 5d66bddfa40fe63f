package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Parts of a graph, kept up by commits. Law G56. */
class GraphPartTest {
    private static final long SEED = Long.getLong("orrery.seed", 20261126);
    private static final int IDS = 12;

    private static final Ontology PLANT =
            Ontology.define("plant")
                    .node("server", server -> server.text("region"))
                    .node("service", service -> {})
                    .node("alert", alert -> {})
                    .edge("RUNS", runs -> runs.from("server").to("service"))
                    .edge("ON", on -> on.from("alert").to("server"))
                    .build();

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final Random random = new Random(SEED);

    @AutoClose private final LocalGraph graph = Replicas.open(wall, "a", PLANT);

    private Timeline timeline() {
        return graph.inside().timeline();
    }

    private static Predicate<Node> region(String region) {
        return node -> Objects.equals(node.properties().value("region"), region);
    }

    @Test
    @DisplayName("AC-170 nodes by type and predicate, edges both of whose ends are seen")
    void nodesAndTheEdgesBetweenThem() {
        graph.addNode("server", "s1", Row.of("region", "eu"));
        graph.addNode("server", "s2", Row.of("region", "us"));
        graph.addNode("service", "web", Row.of());
        graph.addNode("alert", "hot", Row.of());
        graph.addEdge("RUNS", "r1", "s1", "web", Row.of());
        graph.addEdge("RUNS", "r2", "s2", "web", Row.of());
        graph.addEdge("ON", "a1", "hot", "s1", Row.of());
        GraphPart servers = graph.part("servers", node -> node.is("server"));
        assertThat(servers.nodes().keys()).containsExactly("s1", "s2");
        assertThat(servers.edges().list()).isEmpty();
        GraphPart running = graph.part("running", node -> node.is("server") || node.is("service"));
        assertThat(running.nodes().list()).hasSize(3);
        assertThat(running.edges().keys()).containsExactly("r1", "r2");
        assertThat(graph.part("eu", region("eu")).nodes().keys()).containsExactly("s1");
        assertThat(graph.part("servers", node -> false)).isSameAs(servers);
    }

    @Test
    void aCommitSeesThePartWithItsOwnWritesAndMayNotBeginOne() {
        GraphPart eu = graph.part("eu", region("eu"));
        timeline()
                .commit(() -> {
                    graph.addNode("server", "s", Row.of("region", "eu"));
                    assertThat(eu.nodes().keys()).containsExactly("s");
                    assertThat(graph.part("eu", region("us"))).isSameAs(eu);
                    assertThatThrownBy(() -> graph.part("us", region("us")))
                            .isInstanceOf(Unsupported.class);
                });
    }

    @Test
    void whateverHappensAPartIsWhatLookingAtAllFinds() {
        System.out.println("-Dorrery.seed=" + SEED);
        Predicate<Node> odd = node -> node.is("service") || region("eu").test(node);
        GraphPart early = graph.part("early", odd);
        GraphPart late = early;
        for (int step = 0; step < 2_000; step++) {
            wall.move(1);
            if (random.nextInt(5) == 0) {
                several();
            } else {
                change();
            }
            if (step == 700) {
                late = graph.part("late", odd);
            }
            compare(early, odd);
            compare(late, odd);
        }
        assertThat(early.edges().list()).isNotEmpty();
    }

    /** Some changes in one commit, which perhaps is taken back. */
    private void several() {
        boolean fails = random.nextBoolean();
        try {
            timeline()
                    .commit(() -> {
                        change();
                        change();
                        change();
                        if (fails) {
                            throw new IllegalStateException("not so");
                        }
                    });
        } catch (IllegalStateException notSo) {
            assertThat(fails).isTrue();
        }
    }

    private void change() {
        String node = "n" + random.nextInt(IDS);
        String other = "n" + random.nextInt(IDS);
        String edge = node + "-" + other;
        switch (random.nextInt(6)) {
            case 0 -> graph.removeNode(node);
            case 1 -> graph.removeEdge(edge);
            case 2 -> {
                if (graph.node(node).filter(each -> each.is("server")).isPresent()) {
                    graph.set(node, "region", random.nextBoolean() ? "eu" : "us");
                }
            }
            case 3 -> {
                if (is(node, "server") && is(other, "service")) {
                    graph.addEdge("RUNS", edge, node, other, Row.of());
                }
            }
            default -> {
                if (graph.node(node).isEmpty() && graph.edge(node).isEmpty()) {
                    graph.addNode(random.nextBoolean() ? "server" : "service", node, Row.of());
                }
            }
        }
    }

    private boolean is(String node, String type) {
        return graph.node(node).filter(each -> each.is(type)).isPresent();
    }

    private void compare(GraphPart part, Predicate<Node> belongs) {
        Map<String, Node> nodes = new TreeMap<>();
        graph.nodes().list().stream().filter(belongs).forEach(node -> nodes.put(node.id(), node));
        assertThat(part.nodes().list()).isEqualTo(List.copyOf(nodes.values()));
        List<Edge> edges =
                graph.edges().list().stream()
                        .filter(edge ->
                                nodes.containsKey(edge.from()) && nodes.containsKey(edge.to()))
                        .toList();
        assertThat(part.edges().list()).isEqualTo(edges);
    }
}
