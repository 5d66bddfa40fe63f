package dev.orrery.graph;

import static dev.orrery.graph.Constraint.above;
import static dev.orrery.graph.Constraint.atLeast;
import static dev.orrery.graph.Constraint.atMost;
import static dev.orrery.graph.Constraint.below;
import static dev.orrery.graph.Constraint.defaultValue;
import static dev.orrery.graph.Constraint.longest;
import static dev.orrery.graph.Constraint.note;
import static dev.orrery.graph.Constraint.oneOf;
import static dev.orrery.graph.Constraint.pattern;
import static dev.orrery.graph.Constraint.required;
import static dev.orrery.graph.Constraint.shortest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Row;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The schema: what it refuses where it is written, how it grows, and how it compares. */
class OntologyTest {
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    private LocalGraph open(Ontology ontology) {
        return Replicas.open(wall, "a", ontology);
    }

    /** A graph with one node type, whose one property has these constraints. */
    private LocalGraph with(Consumer<NodeType> property) {
        return open(Ontology.define("g").node("T", property).build());
    }

    private static void refused(LocalGraph graph, Object value) {
        long entries = graph.entryCount();
        assertThatThrownBy(() -> graph.addNode("T", "bad", Row.of("p", value)))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("T.p");
        graph.addNode("T", "open", Row.of());
        assertThatThrownBy(() -> graph.set("open", "p", value)).isInstanceOf(Invalid.class);
        assertThat(graph.entryCount()).isEqualTo(entries + 1);
        assertThat(graph.node("bad")).isEmpty();
    }

    private static void accepted(LocalGraph graph, Object value) {
        graph.addNode("T", "good", Row.of("p", value));
        graph.set("good", "p", value);
        assertThat(graph.node("good").orElseThrow().value("p"))
                .isEqualTo(Row.of("p", value).value("p"));
    }

    @Test
    @DisplayName("AC-049 AC-065 a schema that makes no sense is refused before anything is written")
    void aSchemaWithoutSenseIsRefused() {
        assertThatThrownBy(() ->
                        Ontology.define("g")
                                .node("A", a -> a.extend("Nowhere"))
                                .edge("e", e -> e.from("A").to("Nobody"))
                                .build())
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("Nowhere")
                .hasMessageContaining("Nobody");
        assertThatThrownBy(() ->
                        Ontology.define("g")
                                .node("A", a -> a.extend("B"))
                                .node("B", b -> b.extend("A"))
                                .build())
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("extends itself");
        assertThatThrownBy(
                        () -> Ontology.define("g").node("A", a -> a.text("p").integer("p")).build())
                .isInstanceOf(BadDefinition.class);
    }

    @Test
    @DisplayName("AC-050 each rule that a local write breaks is named, and nothing is written")
    void whatALocalWriteBreaksIsNamed() {
        LocalGraph graph =
                open(
                        Ontology.define("g")
                                .node("Person", p -> p.text("name", required()).integer("age"))
                                .node("Place", p -> {})
                                .edge("lives", e -> e.from("Person").to("Place"))
                                .build());
        graph.addNode("Person", "ann", Row.of("name", "Ann"));
        graph.addNode("Place", "here", Row.of());
        long entries = graph.entryCount();
        assertRefused(() -> graph.addNode("Ghost", "g", Row.of()), Invalid.class, "Ghost");
        assertRefused(
                () -> graph.addEdge("haunts", "e", "ann", "here", Row.of()),
                Invalid.class,
                "haunts");
        assertRefused(
                () -> graph.addEdge("lives", "e", "here", "here", Row.of()), Invalid.class, "from");
        assertRefused(
                () -> graph.addEdge("lives", "e", "ann", "ann", Row.of()), Invalid.class, "to");
        assertRefused(
                () -> graph.addEdge("lives", "e", "ann", "mars", Row.of()), Missing.class, "mars");
        assertRefused(() -> graph.addNode("Person", "bob", Row.of()), Invalid.class, "Person.name");
        assertRefused(
                () -> graph.addNode("Person", "bob", Row.of("name", "Bob", "age", "old")),
                Invalid.class,
                "Person.age");
        assertRefused(() -> graph.set("ann", "age", 1.5), Invalid.class, "Person.age");
        assertRefused(() -> graph.unset("ann", "name"), Invalid.class, "Person.name");
        assertThat(graph.entryCount()).isEqualTo(entries);
    }

    private static void assertRefused(
            Runnable write, Class<? extends OrreryException> type, String named) {
        assertThatThrownBy(write::run).isInstanceOf(type).hasMessageContaining(named);
    }

    @Test
    @DisplayName("AC-051 one of a few values, on adding and on setting")
    void oneOfAFewValues() {
        LocalGraph graph = with(t -> t.text("p", oneOf("active", "standby")));
        accepted(graph, "active");
        refused(graph, "Active");
        refused(graph, "exploded");
    }

    @Test
    @DisplayName("AC-052 AC-053 bounds, included and excluded, whole and broken numbers")
    void bounds() {
        LocalGraph port = with(t -> t.integer("p", atLeast(1), atMost(65_535)));
        List.of(1, 8_080, 65_535).forEach(value -> accepted(port, value));
        List.of(0, 70_000).forEach(value -> refused(port, value));
        LocalGraph percent = with(t -> t.number("p", atLeast(0.0), atMost(100.0)));
        accepted(percent, 45.5);
        List.of(-1.0, 101.0).forEach(value -> refused(percent, value));
        LocalGraph inside = with(t -> t.number("p", above(0), below(100)));
        List.of(0.001, 50.0, 99.999).forEach(value -> accepted(inside, value));
        List.of(0.0, 100.0).forEach(value -> refused(inside, value));
        LocalGraph whole = with(t -> t.integer("p", above(0), below(10)));
        accepted(whole, 5);
        List.of(0, 10).forEach(value -> refused(whole, value));
    }

    @Test
    @DisplayName("AC-054 AC-055 lengths are counted in characters")
    void lengths() {
        LocalGraph graph = with(t -> t.text("p", shortest(1), longest(50)));
        accepted(graph, "x");
        accepted(graph, "x".repeat(50));
        refused(graph, "");
        refused(graph, "x".repeat(51));
        accepted(with(t -> t.text("p", longest(3))), "ééé");
        accepted(with(t -> t.text("p", longest(1))), "😀");
    }

    @Test
    @DisplayName("AC-012 a number beyond 64 bits is refused for an integer")
    void aNumberBeyondItsRangeIsRefused() {
        refused(with(t -> t.integer("p")), new java.math.BigInteger("9223372036854775808"));
    }

    @Test
    @DisplayName("AC-056 AC-057 whole numbers of a few, and null where a value is required")
    void fewNumbersAndNull() {
        LocalGraph few = with(t -> t.integer("p", oneOf(1, 2)));
        accepted(few, 2);
        refused(few, 9);
        LocalGraph must = with(t -> t.text("p", required()));
        assertThatThrownBy(() -> must.addNode("T", "n", Row.of("p", null)))
                .isInstanceOf(Invalid.class);
        must.addNode("T", "n", Row.of("p", "x"));
        assertThatThrownBy(() -> must.set("n", "p", null)).isInstanceOf(Invalid.class);
        accepted(with(t -> t.text("p")), null);
    }

    @Test
    @DisplayName("AC-058 AC-060 a pattern that is none, a constraint that is none")
    void patternsAndNotes() {
        LocalGraph graph = with(t -> t.text("p", pattern("^[a-z0-9-]+$"), note("x_rule", 7)));
        accepted(graph, "my-project-1");
        refused(graph, "My-Project");
        assertThatThrownBy(() -> pattern("[invalid(")).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> note("maximum", 7))
                .isInstanceOf(BadDefinition.class)
                .hasMessageContaining("maximum");
    }

    @Test
    @DisplayName("AC-061 what is not declared is kept, or refused where the type says so")
    void whatIsNotDeclared() {
        Consumer<NodeType> type =
                t -> t.text("name", required()).subtype("known", s -> s.text("k"));
        LocalGraph kept = with(type);
        kept.addNode("T/unknown", "n", Row.of("name", "x", "extra", List.of(1L)));
        Node node = kept.node("n").orElseThrow();
        assertThat(node.type()).isEqualTo("T");
        assertThat(node.subtype()).contains("unknown");
        assertThat(node.properties().list("extra")).isEqualTo(List.of(1L));
        assertThatThrownBy(() -> kept.addNode("T/unknown", "m", Row.of()))
                .isInstanceOf(Invalid.class);
        LocalGraph other = Replicas.open(wall, "b", kept.ontology());
        Replicas.pull(other, kept);
        assertThat(other.node("n")).contains(node);
        LocalGraph refusing = with(type.andThen(t -> t.undeclared(Ontology.Undeclared.REFUSED)));
        assertThatThrownBy(() -> refusing.addNode("T/unknown", "n", Row.of("name", "x")))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> refusing.addNode("T/known", "n", Row.of("name", "x", "y", 1)))
                .isInstanceOf(Invalid.class);
    }

    @Test
    @DisplayName("AC-062 a subtype's rules come on top of its type's, edges go by the type")
    void subtypes() {
        LocalGraph graph =
                open(
                        Ontology.define("g")
                                .node(
                                        "Entity",
                                        e ->
                                                e.subtype(
                                                                "server",
                                                                s -> s.text("hostname", required()))
                                                        .subtype(
                                                                "project",
                                                                p ->
                                                                        p.text("name", required())
                                                                                .text(
                                                                                        "slug",
                                                                                        required())))
                                .edge("runs", e -> e.from("Entity").to("Entity"))
                                .build());
        assertThatThrownBy(() -> graph.addNode("Entity", "n", Row.of()))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("subtype");
        assertThatThrownBy(() -> graph.addNode("Entity/project", "n", Row.of("hostname", "h")))
                .isInstanceOf(Invalid.class);
        graph.addNode("Entity/server", "s", Row.of("hostname", "h"));
        graph.addNode("Entity/project", "p", Row.of("name", "n", "slug", "s"));
        graph.addEdge("runs", "e", "s", "p", Row.of());
        assertThat(graph.nodes("Entity").keys()).containsExactly("p", "s");
        assertThat(graph.nodes("Entity/server").keys()).containsExactly("s");
    }

    @Test
    @DisplayName("AC-063 what extends a type has its rules and is found among its nodes")
    void inheritance() {
        LocalGraph graph =
                open(
                        Ontology.define("g")
                                .node("thing", t -> t.text("name", required(), longest(5)))
                                .node("entity", t -> t.extend("thing"))
                                .node("server", t -> t.extend("entity"))
                                .node("event", t -> t.extend("thing"))
                                .edge("uses", e -> e.from("thing").to("entity"))
                                .build());
        assertThatThrownBy(() -> graph.addNode("server", "s", Row.of()))
                .isInstanceOf(Invalid.class);
        for (String type : List.of("thing", "entity", "server", "event")) {
            graph.addNode(type, type, Row.of("name", "x"));
        }
        assertThatThrownBy(() -> graph.set("server", "name", "too long"))
                .isInstanceOf(Invalid.class);
        assertThat(graph.nodes("thing").count()).isEqualTo(4);
        assertThat(graph.nodes("entity").keys()).containsExactly("entity", "server");
        assertThat(graph.nodes("server").keys()).containsExactly("server");
        graph.addEdge("uses", "1", "server", "server", Row.of());
        assertThatThrownBy(() -> graph.addEdge("uses", "2", "server", "event", Row.of()))
                .isInstanceOf(Invalid.class);
    }

    @Test
    @DisplayName("AC-066 every way to extend can be used at once, is kept and is replicated")
    void extensionsCanBeUsedAtOnce() {
        var log = dev.orrery.core.SegmentLog.inMemory();
        Ontology first =
                Ontology.define("g")
                        .node("A", a -> a.text("name", required()).subtype("one", s -> {}))
                        .build();
        LocalGraph graph = Replicas.open(wall, "a", first, log);
        graph.extend(
                graph.ontology()
                        .extend()
                        .node("B", b -> b.integer("n"))
                        .edge("ab", e -> e.from("A").to("B"))
                        .node(
                                "A",
                                a ->
                                        a.integer("age")
                                                .subtype("two", s -> s.text("t"))
                                                .relax("name"))
                        .build());
        graph.addNode("A/two", "a", Row.of("age", 3, "t", "x"));
        graph.addNode("B", "b", Row.of("n", 1));
        graph.addEdge("ab", "e", "a", "b", Row.of());
        assertThatThrownBy(() -> graph.set("a", "age", "old")).isInstanceOf(Invalid.class);
        LocalGraph other = Replicas.open(wall, "b", first);
        Replicas.pull(other, graph);
        assertThat(other.edge("e")).isPresent();
        assertThat(other.quarantine().list()).isEmpty();
        LocalGraph reopened = Replicas.open(wall, "a", first, log);
        assertThat(Replicas.seen(reopened)).isEqualTo(Replicas.seen(graph));
    }

    @Test
    @DisplayName(
            "AC-067 an extension that says nothing new, or nothing that makes sense, is refused")
    void extensionsWithoutSenseAreRefused() {
        LocalGraph graph =
                open(
                        Ontology.define("g")
                                .node("A", a -> a.text("name"))
                                .edge("aa", e -> e.from("A").to("A"))
                                .build());
        List<UnaryOperator<Ontology.OntologyBuilder>> wrong =
                List.of(
                        e -> e,
                        e -> e.node("A", a -> {}),
                        e -> e.node("A", a -> a.text("name")),
                        e -> e.node("A", a -> a.integer("name")),
                        e -> e.node("A", a -> a.relax("unknown")),
                        e -> e.node("B", b -> b.extend("Nobody")),
                        e -> e.edge("aa", edge -> edge.from("Nobody")),
                        e -> e.edge("aa", edge -> edge.from("A")),
                        e -> e.edge("none", edge -> {}));
        for (var each : wrong) {
            assertThatThrownBy(() -> graph.extend(each.apply(graph.ontology().extend()).build()))
                    .isInstanceOf(BadDefinition.class);
        }
        assertThatThrownBy(() -> graph.extend(Ontology.define("else").node("B", b -> {}).build()))
                .isInstanceOf(BadDefinition.class);
        assertThat(graph.entryCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("AC-068 an edge type that is widened accepts the old and the new")
    void edgeTypesCanBeWidened() {
        Ontology before =
                Ontology.define("g")
                        .node("app", a -> {})
                        .node("server", s -> {})
                        .edge("RUNS_ON", e -> e.from("app").to("server"))
                        .build();
        LocalGraph graph = open(before);
        LocalGraph other = Replicas.open(wall, "b", before);
        graph.addNode("app", "a", Row.of());
        graph.addNode("server", "s", Row.of());
        graph.extend(graph.ontology().extend().edge("RUNS_ON", e -> e.from("server")).build());
        graph.addEdge("RUNS_ON", "1", "s", "s", Row.of());
        graph.addEdge("RUNS_ON", "2", "a", "s", Row.of());
        Replicas.pull(other, graph);
        assertThat(other.edges("RUNS_ON").keys()).containsExactly("1", "2");
        assertThat(other.quarantine().list()).isEmpty();
        assertThat(other.ontology().compare(before)).isEqualTo(Ontology.Verdict.SUPERSET);
    }

    @Test
    @DisplayName("AC-069 AC-070 AC-071 concurrent extensions are joined; what contradicts is told")
    void concurrentExtensions() {
        Ontology base = Ontology.define("g").node("A", a -> {}).build();
        LocalGraph left = Replicas.open(wall, "a", base);
        LocalGraph right = Replicas.open(wall, "b", base);
        left.extend(base.extend().node("alpha", t -> {}).build());
        right.extend(base.extend().node("beta", t -> {}).build());
        left.addNode("alpha", "1", Row.of());
        right.addNode("beta", "2", Row.of());
        Replicas.sync(left, right);
        assertThat(left.nodes().keys()).containsExactly("1", "2");
        assertThat(left.quarantine().list()).isEmpty();
        left.extend(left.ontology().extend().node("same", t -> t.text("x")).build());
        right.extend(right.ontology().extend().node("same", t -> t.text("x")).build());
        Replicas.sync(left, right);
        assertThat(left.quarantine().list()).isEmpty();
        left.extend(left.ontology().extend().node("shared", t -> t.text("x")).build());
        right.extend(right.ontology().extend().node("shared", t -> t.integer("y")).build());
        Replicas.sync(left, right);
        assertThat(left.quarantine().list()).hasSize(1);
        assertThat(Replicas.seen(right)).isEqualTo(Replicas.seen(left));
        assertThat(left.quarantine().list().getFirst().operation()).isEqualTo("extend");
    }

    @Test
    void anExtensionThatWouldHideIsRefusedWithACountUnlessItHasADefault() {
        LocalGraph graph = open(Ontology.define("g").node("A", a -> {}).build());
        graph.addNode("A", "1", Row.of());
        graph.addNode("A", "2", Row.of("free", "text"));
        Ontology must =
                graph.ontology().extend().node("A", a -> a.text("name", required())).build();
        assertThat(graph.check(must).wouldHide()).isEqualTo(2);
        assertThatThrownBy(() -> graph.extend(must))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("2 nodes");
        Ontology typed = graph.ontology().extend().node("A", a -> a.integer("free")).build();
        assertThat(graph.check(typed).wouldLose()).isEqualTo(1);
        assertThatThrownBy(() -> graph.extend(typed)).isInstanceOf(Invalid.class);
        Ontology subtyped =
                graph.ontology().extend().node("A", a -> a.subtype("s", s -> {})).build();
        assertThat(graph.check(subtyped).wouldHide()).isEqualTo(2);
        graph.extend(
                graph.ontology()
                        .extend()
                        .node("A", a -> a.text("name", required(), defaultValue("nobody")))
                        .build());
        assertThat(graph.node("1").orElseThrow().text("name")).isEqualTo("nobody");
        assertThat(graph.nodes().count()).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "AC-075 AC-076 schemas compare by what they say, in whatever order they came to say it")
    void schemasCompareByWhatTheySay() {
        Ontology base = Ontology.define("g").node("T", t -> t.text("t").integer("n")).build();
        List<Constraint> ofText = List.of(shortest(1), longest(9), pattern("a*"), oneOf("x"));
        List<Constraint> ofNumber = List.of(atLeast(1), atMost(9), above(1), below(9));
        for (Constraint each : ofText) {
            assertThat(
                            Ontology.define("g")
                                    .node("T", t -> t.text("t", each).integer("n"))
                                    .build()
                                    .compare(base))
                    .isEqualTo(Ontology.Verdict.SUPERSET);
        }
        for (Constraint each : ofNumber) {
            assertThat(
                            base.compare(
                                    Ontology.define("g")
                                            .node("T", t -> t.text("t").integer("n", each))
                                            .build()))
                    .isEqualTo(Ontology.Verdict.SUBSET);
        }
        assertThat(with("T", atMost(8)).compare(with("T", atMost(9))))
                .isEqualTo(Ontology.Verdict.DIVERGENT);
        assertThat(with("T", oneOf(1, 2)).compare(with("T", oneOf(3))))
                .isEqualTo(Ontology.Verdict.DIVERGENT);
        assertThat(with("T", oneOf(1, 2)).compare(with("T", oneOf(1))))
                .isEqualTo(Ontology.Verdict.SUPERSET);
        assertThat(edge(1).compare(edge(2))).isEqualTo(Ontology.Verdict.DIVERGENT);
        Ontology one = base.extend().node("X", t -> {}).build().extend().node("Y", t -> {}).build();
        Ontology two = base.extend().node("Y", t -> {}).build().extend().node("X", t -> {}).build();
        assertThat(one.compare(two)).isEqualTo(Ontology.Verdict.IDENTICAL);
        assertThat(one.hash()).isEqualTo(two.hash());
        assertThat(one.hash().text()).hasSize(64);
    }

    private static Ontology with(String type, Constraint constraint) {
        return Ontology.define("g").node(type, t -> t.integer("n", constraint)).build();
    }

    private static Ontology edge(int bound) {
        return Ontology.define("g")
                .node("T", t -> {})
                .edge("e", e -> e.from("T").to("T").integer("n", atMost(bound)))
                .build();
    }
}
