package dev.orrery.query;

import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What rests on what, shown. Law Q27. */
class AcceptanceGraphTest {
    private static final Dependencies.Bounds ALL = new Dependencies.Bounds(10_000, 10_000);
    private static final String QUOTED = "\"(?:[^\"\\\\\\p{Cntrl}]|\\\\[\"\\\\n])*\"";
    private static final Pattern DOT_NODE =
            Pattern.compile("  n\\d+ \\[shape=[a-z]+, label=" + QUOTED + "];");
    private static final Pattern DOT_EDGE = Pattern.compile("  n(\\d+) -> n(\\d+);");

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, Integer> slot = queries.input("slot", String.class, Integer.class);
    private final Query<String, Integer> first =
            queries.query("first", String.class, Integer.class, key -> slot.find(key).orElse(0));
    private final Query<String, Integer> second =
            queries.query("second", String.class, Integer.class, first::of);

    @AfterEach
    void close() {
        queries.close();
    }

    private static Dependency slot(String key) {
        return new Dependency(Dependency.Kind.KEY, "slot", key);
    }

    private static Dependency result(String query, Object key) {
        return new Dependency(Dependency.Kind.QUERY, query, key);
    }

    @Test
    @DisplayName("I8: three readers of a slot each are counted as such")
    void counted() {
        List.of("a", "b", "c").forEach(first::of);
        assertThat(queries.dependencies(ALL).shape())
                .isEqualTo(new Dependencies.Shape(3, 3, 3, 0, new TreeMap<>(Map.of(1, 3))));
    }

    @Test
    @DisplayName("I9: a path leads from a result to what it rests on, and nowhere else")
    void aPath() {
        second.of("a");
        first.of("b");
        Dependencies graph = queries.dependencies(ALL);
        assertThat(graph.path(result("second", "a"), slot("a")))
                .containsExactly(result("second", "a"), result("first", "a"), slot("a"));
        assertThat(graph.edges()).hasSize(3);
        assertThat(graph.path(result("second", "a"), slot("b"))).isEmpty();
        assertThat(graph.path(slot("a"), result("second", "a"))).isEmpty();
        assertThat(graph.path(slot("z"), slot("z"))).isEmpty();
    }

    @Test
    @DisplayName("I10: texts have the nodes and edges of the graph, whatever the keys' text")
    void texts() {
        Random random = new Random(7);
        List<String> keys =
                List.of(
                        "a\"b",
                        "a\\",
                        "x\ny",
                        "<b>&#35;",
                        "`*_*`",
                        "]) --> n0",
                        "%% no",
                        "\uD800",
                        "ü");
        Query<Integer, Integer> some =
                queries.query(
                        "some",
                        Integer.class,
                        Integer.class,
                        n -> {
                            int sum = 0;
                            for (int i = 0; i < n; i++) {
                                String key = keys.get(random.nextInt(keys.size()));
                                sum += random.nextBoolean() ? first.of(key) : second.of(key);
                            }
                            return sum;
                        });
        for (int n = 0; n < 12; n++) {
            some.of(n);
        }
        Dependencies graph = queries.dependencies(ALL);
        assertThat(graph.shape().constants()).isEqualTo(1);
        List<String> dot = new ArrayList<>(graph.toDot().lines().toList());
        assertThat(dot.removeFirst()).isEqualTo("digraph dependencies {");
        assertThat(dot.removeLast()).isEqualTo("}");
        assertThat(dot.stream().filter(line -> DOT_NODE.matcher(line).matches()))
                .hasSize(graph.nodes().size());
        assertThat(dot.stream().filter(line -> DOT_EDGE.matcher(line).matches()))
                .hasSize(graph.shape().edges());
        assertThat(dot).hasSize(graph.nodes().size() + graph.edges().size());
        assertThat(graph.toMermaid().lines().skip(1))
                .hasSize(graph.nodes().size() + graph.edges().size())
                .allMatch(line ->
                        line.matches(
                                "  n\\d+(\\[\"[^\"`<>&*]+\"]|\\(\\[\"[^\"`<>&*]+\"]\\)| -->"
                                        + " n\\d+)"));
    }

    @Test
    void jsonIsEscaped() {
        first.of("a\"\n\\\uD800");
        assertThat(queries.dependencies(ALL).toJson())
                .isEqualTo(
                        "{\"nodes\":["
                                + "{\"kind\":\"QUERY\",\"name\":\"first\",\"label\":\"first(a\\u0022\\u000a\\u005c\\ud800)\"},"
                                + "{\"kind\":\"KEY\",\"name\":\"slot\",\"label\":\"slot(a\\u0022\\u000a\\u005c\\ud800)\"}"
                                + "],\"edges\":[[0,1]],\"leftOut\":0}");
    }

    @Test
    void aLongKeyIsCutInALabel() {
        first.of("x".repeat(10_000));
        assertThat(queries.dependencies(ALL).toMermaid().length()).isLessThan(400);
    }

    @Test
    void boundsCutAndAreTold() {
        Query<Integer, Integer> wide =
                queries.query(
                        "wide",
                        Integer.class,
                        Integer.class,
                        n -> {
                            for (int i = 0; i < n; i++) {
                                second.of("k" + i);
                            }
                            return n;
                        });
        wide.of(10);
        Dependencies few = wide.dependencies(10, new Dependencies.Bounds(4, 9));
        assertThat(few.nodes()).hasSize(4);
        assertThat(few.edges()).hasSize(3);
        assertThat(few.leftOut()).isEqualTo(7 + 3); // of wide, and of the three shown
        assertThat(few.toDot()).contains("label=\"10 further reads left out\";");
        assertThat(few.toMermaid()).contains("%% 10 further reads left out");
        Dependencies shallow = wide.dependencies(10, new Dependencies.Bounds(100, 1));
        assertThat(shallow.nodes()).hasSize(11);
        assertThat(shallow.leftOut()).isEqualTo(10);
        assertThat(wide.dependencies(10, ALL).leftOut()).isZero();
        assertThatThrownBy(() -> new Dependencies.Bounds(0, 1)).isInstanceOf(Invalid.class);
    }

    @Test
    void readersAreFoundFromAKeyASetAndAResult() {
        SingleQuery<Long> ones =
                queries.query("ones", Long.class, () -> slot.where(text("value").eq("1")).count());
        second.of("a");
        first.of("b");
        ones.now();
        assertThat(queries.readers(slot("a"), ALL).nodes())
                .containsExactly(slot("a"), result("first", "a"), result("second", "a"));
        assertThat(queries.readers(result("first", "a"), ALL).edges())
                .containsExactly(
                        new Dependencies.Edge(result("second", "a"), result("first", "a")));
        Dependency set = ones.dependencies(ALL).nodes().getLast();
        assertThat(set.kind()).isEqualTo(Dependency.Kind.SET);
        assertThat(queries.readers(set, ALL).nodes().getLast().name()).isEqualTo("ones");
    }

    @Test
    void lookingComputesNothingAndIsNotTracked() {
        Query<Integer, Integer> looking =
                queries.query(
                        "looking",
                        Integer.class,
                        Integer.class,
                        n -> second.dependencies("a", ALL).edges().size());
        assertThat(looking.of(1)).isZero();
        second.of("a");
        assertThat(looking.of(1)).isZero();
        assertThat(looking.explain(1).reads()).isEmpty();
        assertThat(first.statistics().computed()).isEqualTo(1);
    }

    @Test
    void aDeepGraphIsWalkedOnANarrowStack() {
        Query<Integer, Integer> chain =
                queries.recursive(
                        "chain",
                        Integer.class,
                        Integer.class,
                        (self, n) -> n == 0 ? 0 : self.of(n - 1));
        chain.of(9_000);
        Dependencies graph = chain.dependencies(9_000, ALL);
        assertThat(graph.path(result("chain", 9_000), result("chain", 0))).hasSize(9_001);
    }
}
