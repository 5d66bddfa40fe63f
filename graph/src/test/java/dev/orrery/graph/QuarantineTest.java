package dev.orrery.graph;

import static dev.orrery.graph.Constraint.atMost;
import static dev.orrery.graph.Constraint.required;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Row;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What arrives and breaks the schema is kept and hidden, and shown once it may be. */
class QuarantineTest {
    private static final Ontology BASE =
            Ontology.define("g")
                    .node("T", t -> t.integer("n", atMost(8)).text("s"))
                    .edge("e", e -> e.from("T").to("T").integer("w", atMost(8)))
                    .build();

    /** The same graph without its rules, to write what the other would refuse. */
    private static final Ontology LAX =
            Ontology.define("g")
                    .node("T", t -> t.any("n").any("s"))
                    .edge("e", e -> e.from("T").to("T").any("w"))
                    .build();

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final LocalGraph strict = Replicas.open(wall, "a", BASE);
    private final LocalGraph other = Replicas.open(wall, "b", BASE);

    @Test
    @DisplayName("AC-077 AC-078 a type that is not known yet is hidden until it is")
    void anUnknownTypeIsHiddenUntilItIsKnown() {
        Ontology more = BASE.extend().node("spaceship", s -> {}).build();
        other.extend(more);
        List<Entry> extension = Replicas.entries(other);
        other.addNode("T", "plain", Row.of());
        other.addNode("spaceship", "ship", Row.of());
        // the nodes as their author wrote them, without the extension between
        EntryCodec codec = new EntryCodec();
        Entry plain =
                codec.encode(
                        "c",
                        1,
                        null,
                        new HybridTime(1_000_000, 5),
                        List.of(extension.getFirst().hash()),
                        new Operation.AddNode("plain", "T", Row.of()));
        Entry ship =
                codec.encode(
                        "c",
                        2,
                        plain.hash(),
                        new HybridTime(1_000_000, 6),
                        List.of(plain.hash()),
                        new Operation.AddNode("ship", "spaceship", Row.of()));
        assertThat(strict.inside().merge(List.of(plain, ship)).added()).isEqualTo(2);
        assertThat(strict.nodes().keys()).containsExactly("plain");
        Quarantined quarantined = strict.quarantine().list().getFirst();
        assertThat(strict.quarantine().count()).isEqualTo(1);
        assertThat(quarantined.entry()).isEqualTo(ship.hash());
        assertThat(quarantined.operation()).isEqualTo("add node");
        assertThat(quarantined.reasons().getFirst().detail()).contains("spaceship");
        assertThat(quarantined.schema().text()).hasSize(64);
        try (var changes = strict.nodes().changes().subscribe()) {
            strict.extend(strict.ontology().extend().node("spaceship", s -> {}).build());
            assertThat(changes.next().toString()).contains("ship");
        }
        assertThat(strict.nodes().keys()).containsExactly("plain", "ship");
        assertThat(strict.quarantine().list()).isEmpty();
    }

    @Test
    @DisplayName("AC-079 AC-080 a value that breaks a rule is hidden, what is beside it shows")
    void aValueThatBreaksARuleIsHidden() {
        strict.addNode("T", "n", Row.of("n", 1, "s", "x"));
        strict.addNode("T", "m", Row.of());
        strict.addEdge("e", "nm", "n", "m", Row.of("w", 1));
        List<Entry> entries = Replicas.entries(strict);
        Entry last = entries.getLast();
        EntryCodec codec = new EntryCodec();
        Entry tooMuch = after(codec, last, "p1", new Operation.Set("n", "n", 50L));
        Entry noText = after(codec, last, "p2", new Operation.Set("n", "s", 7L));
        Entry tooHeavy = after(codec, last, "p3", new Operation.Set("nm", "w", 50L));
        strict.inside().merge(List.of(tooMuch, noText, tooHeavy));
        assertThat(strict.node("n").orElseThrow().properties()).isEqualTo(Row.of());
        assertThat(strict.edge("nm").orElseThrow().properties()).isEqualTo(Row.of());
        Set<String> details =
                strict.quarantine().list().stream()
                        .map(each -> each.reasons().getFirst().detail())
                        .collect(Collectors.toSet());
        assertThat(details)
                .containsExactlyInAnyOrder("must be at most 8, not 50", "must be text, not 7");
        assertThat(strict.quarantine().keys())
                .containsExactlyInAnyOrder(tooMuch.hash(), noText.hash(), tooHeavy.hash());
        strict.set("n", "n", 3L);
        assertThat(strict.node("n").orElseThrow().integer("n")).isEqualTo(3);
        assertThat(strict.quarantine().find(tooMuch.hash())).isEmpty();
    }

    private static Entry after(EntryCodec codec, Entry last, String author, Operation operation) {
        return codec.encode(author, 1, null, last.time().next(), List.of(last.hash()), operation);
    }

    @Test
    @DisplayName("AC-081 an edge that comes before its ends waits for them in the quarantine")
    void anEdgeWaitsForItsEnds() {
        other.addNode("T", "n", Row.of());
        other.addNode("T", "m", Row.of());
        other.addEdge("e", "nm", "n", "m", Row.of());
        Entry root = Replicas.entries(other).getFirst();
        EntryCodec codec = new EntryCodec();
        HybridTime time = new HybridTime(1_000_000, 1);
        List<Hash> parents = List.of(root.hash());
        Entry edge =
                codec.encode(
                        "x",
                        1,
                        null,
                        time,
                        parents,
                        new Operation.AddEdge("nm", "e", "n", "m", Row.of()));
        Entry first =
                codec.encode(
                        "y", 1, null, time, parents, new Operation.AddNode("n", "T", Row.of()));
        Entry second =
                codec.encode(
                        "z", 1, null, time, parents, new Operation.AddNode("m", "T", Row.of()));
        strict.inside().merge(List.of(edge));
        assertThat(strict.quarantine().list().getFirst().reasons()).hasSize(2);
        strict.inside().merge(List.of(first));
        assertThat(strict.quarantine().keys()).containsExactly(edge.hash());
        assertThat(strict.edges().list()).isEmpty();
        strict.inside().merge(List.of(second));
        assertThat(strict.edges().keys()).containsExactly("nm");
        assertThat(strict.quarantine().list()).isEmpty();
    }

    @Test
    void whatLacksWhatIsRequiredIsHiddenUntilItComes() {
        Ontology must = Ontology.define("g").node("T", t -> t.text("name", required())).build();
        LocalGraph graph = Replicas.open(wall, "c", must);
        Entry root = Replicas.entries(graph).getFirst();
        EntryCodec codec = new EntryCodec();
        Entry bare =
                codec.encode(
                        "x",
                        1,
                        null,
                        new HybridTime(1_000_000, 1),
                        List.of(root.hash()),
                        new Operation.AddNode("n", "T", Row.of("other", 1)));
        graph.inside().merge(List.of(bare));
        assertThat(graph.node("n")).isEmpty();
        assertThat(graph.quarantine().list().getFirst().reasons().getFirst().rule())
                .isEqualTo("required");
        graph.set("n", "name", "N");
        assertThat(graph.node("n").orElseThrow().properties())
                .isEqualTo(Row.of("name", "N", "other", 1));
        assertThat(graph.quarantine().list()).isEmpty();
    }

    @Test
    void rootsOfDifferentVersionsOfAProgramAreJoined() {
        LocalGraph older = Replicas.open(wall, "old", BASE);
        LocalGraph newer =
                Replicas.open(wall, "new", BASE.extend().node("U", u -> u.extend("T")).build());
        older.addNode("T", "1", Row.of("n", 1));
        newer.addNode("U", "2", Row.of("n", 2));
        Replicas.sync(older, newer);
        assertThat(Replicas.seen(older)).isEqualTo(Replicas.seen(newer));
        assertThat(older.nodes("T").keys()).containsExactly("1", "2");
        assertThat(older.quarantine().list()).isEmpty();
    }

    @Test
    void aTypeThatOnlyWarnsShowsWhatBreaksItsRulesAndSaysSo() {
        Ontology warning =
                Ontology.define("g")
                        .node("T", t -> t.integer("n", atMost(8)).mode(Ontology.Mode.WARN))
                        .build();
        LocalGraph graph = Replicas.open(wall, "c", warning);
        graph.addNode("T", "n", Row.of("n", 50));
        assertThat(graph.node("n").orElseThrow().integer("n")).isEqualTo(50);
        assertThat(graph.quarantine().list()).hasSize(1);
        assertThat(graph.quarantine().list().getFirst().isHidden()).isFalse();
        Ontology open =
                Ontology.define("h")
                        .node("T", t -> t.integer("n", atMost(8)).mode(Ontology.Mode.OPEN))
                        .build();
        LocalGraph free = Replicas.open(wall, "d", open);
        free.addNode("T", "n", Row.of("n", "fifty"));
        assertThat(free.node("n").orElseThrow().text("n")).isEqualTo("fifty");
        assertThat(free.quarantine().list()).isEmpty();
    }

    @Test
    void aSchemaThatContradictsTheStoredOneIsTold() {
        LocalGraph lax = Replicas.open(wall, "lax", LAX);
        lax.addNode("T", "n", Row.of("n", "text"));
        Replicas.sync(lax, strict);
        assertThat(Replicas.seen(lax)).isEqualTo(Replicas.seen(strict));
        assertThat(lax.quarantine().list()).anyMatch(each -> each.operation().equals("define"));
    }
}
