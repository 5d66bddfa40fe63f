package dev.orrery.graph;

import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Column;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PathsTest {
    private static final Ontology PLANT =
            Ontology.define("plant")
                    .node("Part", part -> {})
                    .node("Source", each -> each.extend("Part"))
                    .node("Processor", each -> each.extend("Part"))
                    .node("Queue", each -> each.extend("Part"))
                    .node("Sink", each -> each.extend("Part"))
                    .edge("feeds", feeds -> feeds.from("Part").to("Part"))
                    .edge("runs", runs -> runs.from("Part").to("Part"))
                    .build();

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    @AutoClose private final LocalGraph graph = Replicas.open(wall, "a", PLANT);

    private void nodes(String type, String... ids) {
        for (String id : ids) {
            graph.addNode(type, id, Row.of());
        }
    }

    private void edge(String type, String from, String to) {
        graph.addEdge(type, from + "-" + to, from, to, Row.of());
    }

    private void plant() {
        nodes("Source", "s");
        nodes("Processor", "p");
        nodes("Queue", "q");
        nodes("Sink", "k");
        edge("feeds", "s", "p");
        edge("feeds", "p", "q");
        edge("feeds", "q", "k");
    }

    private void chain() {
        nodes("Part", "a", "b", "c", "d");
        edge("feeds", "a", "b");
        edge("feeds", "b", "c");
        edge("feeds", "c", "d");
    }

    @Test
    @DisplayName("AC-166 how far one gets, what is touched, in which order")
    void howFarOneGets() {
        chain();
        Algorithms all = graph.algorithms();
        assertThat(all.reachable("a", 9)).containsExactly("a", "b", "c", "d");
        assertThat(all.reachable("a", 2)).containsExactly("a", "b", "c");
        assertThat(all.reachable("a", 0)).containsExactly("a");
        assertThat(all.over("runs").reachable("a", 9)).containsExactly("a");
        assertThat(all.reachable("nobody", 9)).isEmpty();
        assertThatThrownBy(() -> all.over("nothing")).isInstanceOf(Missing.class);
        assertThat(all.shortestPath("a", "d")).containsExactly("a", "b", "c", "d");
        assertThat(all.shortestPath("a", "a")).containsExactly("a");
        assertThat(all.shortestPath("d", "a")).isEmpty();
        assertThat(all.impact("d")).containsExactly("d", "c", "b", "a");
        assertThat(all.subgraph("b", 1))
                .isEqualTo(new Algorithms.Subgraph(Set.of("a", "b", "c"), Set.of("a-b", "b-c")));
        assertThat(all.topologicalOrder()).contains(List.of("a", "b", "c", "d"));
        assertThat(all.cycle()).isEmpty();

        edge("feeds", "c", "a");
        assertThat(all.topologicalOrder()).isEmpty();
        assertThat(all.cycle()).contains(List.of("a", "b", "c"));
    }

    @Test
    @DisplayName("AC-167 a pattern finds whole chains only")
    void wholeChainsOnly() {
        plant();
        assertThat(
                        graph.match("Source")
                                .out()
                                .to("Processor")
                                .out("feeds")
                                .to("Queue")
                                .out()
                                .to("Sink")
                                .paths(10))
                .singleElement()
                .satisfies(path ->
                        assertThat(path.nodes())
                                .extracting(Node::id)
                                .containsExactly("s", "p", "q", "k"));

        nodes("Processor", "b0", "b1", "b2", "b3", "b4");
        nodes("Sink", "c");
        for (int i = 0; i < 5; i++) {
            edge("runs", "s", "b" + i);
        }
        edge("runs", "b3", "c");
        assertThat(
                        graph.match("Source")
                                .out("runs")
                                .to("Processor")
                                .out("runs")
                                .to("Sink")
                                .paths(3))
                .extracting(path -> path.nodes().stream().map(Node::id).toList())
                .containsExactly(List.of("s", "b3", "c"));
    }

    @Test
    @DisplayName("AC-168 a parent type fits at any place")
    void parentTypesFitAnywhere() {
        plant();
        assertThat(graph.match("Part").out("feeds").to("Part").out("feeds").to("Part").paths(99))
                .hasSize(2);
        assertThat(graph.from("k").in("feeds").to("Part").upTo(9).ends(9))
                .extracting(Node::id)
                .containsExactly("q", "p", "s");
    }

    @Test
    @DisplayName("AC-169 conditions along a pattern, in the past too")
    void conditionsAlongAPattern() {
        for (int i = 0; i < 3; i++) {
            graph.addNode("Source", "server" + i, Row.of("active", i < 2));
            graph.addNode("Sink", "svc" + i, Row.of("state", i == 1 ? "down" : "up"));
            edge("runs", "server" + i, "svc" + i);
        }
        Instant then = wall.instant();
        wall.move(10);
        assertThat(down(graph)).extracting(Node::id).containsExactly("svc1");
        graph.set("svc0", "state", "down");
        assertThat(down(graph)).extracting(Node::id).containsExactly("svc0", "svc1");
        assertThat(down(graph.asOf(then))).extracting(Node::id).containsExactly("svc1");
        assertThatThrownBy(() -> graph.match("Source").paths(0)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> graph.match("Source").upTo(2)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> graph.match("Nothing")).isInstanceOf(Missing.class);
    }

    private static List<Node> down(GraphState state) {
        return state.match("Source")
                .where(Column.flag("active").eq(true))
                .out("runs")
                .where(text("state").eq("down"))
                .ends(10);
    }

    @Test
    void aCircleIsWalkedOnce() {
        chain();
        edge("feeds", "d", "a");
        assertThat(graph.from("a").out().upTo(100).paths(1_000)).hasSize(4);
        assertThat(graph.from("a").out().upTo(100).ends(1_000)).hasSize(4);
    }

    @Test
    void partsAndRanks() {
        chain();
        nodes("Part", "x", "y", "lonely");
        edge("runs", "x", "y");
        assertThat(graph.algorithms().components())
                .containsExactly(Set.of("a", "b", "c", "d"), Set.of("x", "y"), Set.of("lonely"));
        Map<String, Double> rank = graph.algorithms().pageRank(0.85, 50);
        assertThat(rank.values().stream().mapToDouble(each -> each).sum())
                .isCloseTo(1, Offset.offset(1e-9));
        assertThat(rank.get("d")).isGreaterThan(rank.get("a"));
        assertThat(rank.get("lonely")).isEqualTo(rank.get("a"));
    }

    @Test
    void whatTheIndexNarrowsIsWhatLookingAtAllFinds() { // law C63
        Random random = new Random(5);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            nodes("Part", "n" + i);
            ids.add("n" + i);
        }
        for (int step = 0; step < 600; step++) {
            String id = "e" + random.nextInt(60);
            wall.move(1);
            if (random.nextInt(3) == 0) {
                graph.removeEdge(id);
            } else {
                graph.addEdge(
                        random.nextBoolean() ? "feeds" : "runs",
                        id,
                        ids.get(random.nextInt(20)),
                        ids.get(random.nextInt(20)),
                        Row.of());
            }
            String node = ids.get(random.nextInt(20));
            Set<String> expected = new TreeSet<>();
            for (Edge edge : graph.edges().list()) {
                if (edge.from().equals(node) && edge.type().equals("feeds")) {
                    expected.add(edge.id());
                }
            }
            assertThat(
                            graph.edges()
                                    .where(text(":type").eq("feeds").and(text(":from").eq(node)))
                                    .keys())
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    @DisplayName("AC-153 as it was, by clock and by arrival")
    void asItWas() {
        Instant before = wall.instant().minusMillis(1);
        graph.addNode("Part", "one", Row.of("name", "first"));
        Instant t1 = wall.instant();
        var arrived = graph.head();
        wall.move(10);
        graph.set("one", "name", "second");
        graph.addNode("Part", "two", Row.of());
        Instant t2 = wall.instant();
        wall.move(10);
        graph.removeNode("one");
        Instant t3 = wall.instant();
        wall.move(10);
        graph.addNode("Part", "one", Row.of("name", "third"));

        assertThat(graph.asOf(before).nodes().list()).isEmpty();
        GraphState first = graph.asOf(t1);
        assertThat(first.nodes().keys()).containsExactly("one");
        assertThat(first.node("one").orElseThrow().text("name")).isEqualTo("first");
        assertThat(graph.asOf(arrived).nodes().list()).isEqualTo(first.nodes().list());
        assertThat(graph.asOf(t2).node("one").orElseThrow().text("name")).isEqualTo("second");
        assertThat(graph.asOf(t3).node("one")).isEmpty();
        assertThat(graph.node("one").orElseThrow().text("name")).isEqualTo("third");
        graph.removeNode("two");
        assertThat(graph.asOf(t2).node("two")).isPresent();
        assertThatThrownBy(() -> graph.asOf(VersionVector.none())).isInstanceOf(Invalid.class);

        assertThat(first.diff(graph))
                .containsExactly(
                        new Difference.OfNode("one", first.node("one"), graph.node("one")));
        assertThat(graph.asOf(before).diff(first))
                .containsExactly(new Difference.OfNode("one", Optional.empty(), first.node("one")));
        assertThat(first.diff(first)).isEmpty();
    }

    @Test
    @DisplayName("AC-155 where it comes from")
    void whereItComesFrom() {
        graph.addNode("Part", "one", Row.of());
        for (int i = 0; i < 3; i++) {
            wall.move(1);
            graph.set("one", "v", i);
        }
        assertThat(graph.provenance("one"))
                .hasSize(4)
                .isSortedAccordingTo(Comparator.comparing(Entry::time));
        assertThat(graph.provenance("nobody")).isEmpty();
        nodes("Part", "two");
        edge("feeds", "one", "two");
        assertThat(graph.provenance("two")).hasSize(2);
        assertThat(graph.provenance("one-two")).hasSize(1);
        try (LocalGraph other = Replicas.open(wall, "b", PLANT)) {
            wall.move(5);
            other.set("one", "v", 9);
            other.sync(graph::answer);
            assertThat(other.provenance("one")).isEqualTo(graph.provenance("one")).hasSize(6);
        }
    }
}
