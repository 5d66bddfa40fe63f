package dev.orrery.graph;

import static dev.orrery.core.Column.integer;
import static dev.orrery.graph.Constraint.atLeast;
import static dev.orrery.graph.Constraint.pattern;
import static dev.orrery.graph.Constraint.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.testkit.Guide;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide/graph.md: what stands there stands here, and runs. */
@Timeout(60)
class GuideTest {
    // guide
    static final Ontology ZOO =
            Ontology.define("zoo")
                    .node(
                            "Animal",
                            animal ->
                                    animal.text("name", required(), pattern("[A-Z].*"))
                                            .integer("age", atLeast(0))
                                            .index("name"))
                    .node("Bird", bird -> bird.extend("Animal").text("habitat"))
                    .edge("eats", eats -> eats.from("Animal").to("Animal"))
                    .build();
    // end

    @TempDir java.nio.file.Path data;

    private int indexed;

    private void index(Entry entry) {
        indexed += entry.parents().isEmpty() ? 0 : 1;
    }

    @Test
    void theGuideShowsWhatIsCompiledHere() {
        Guide.named("graph.md").expectCompiledIn(GuideTest.class);
    }

    @Test
    void fromTheFirstNodeToTheLast() {
        // guide
        Row zoo = ZOO.row(); // Json.row(text) of the module exchange reads it from a file
        Ontology same = Ontology.from(zoo);
        // end
        assertThat(same).isEqualTo(ZOO);

        // guide
        Timeline timeline = Timeline.startingAt("zoo", new Revision(0));
        Graph graph = Graphs.on(timeline).directory(data.resolve("zoo")).replica("north").open(ZOO);
        // end

        // guide
        graph.addNode("Bird", "robin", Row.of("name", "Robin", "age", 2, "habitat", "tree"));
        timeline.commit(() -> { // one step, all or nothing
            graph.addNode("Animal", "worm", Row.of("name", "Worm"));
            graph.addEdge("eats", "robin-worm", "robin", "worm", Row.of());
        });
        graph.set("robin", "age", 3);
        // end
        assertThat(graph.edges().list()).hasSize(1);

        // guide
        assertThatThrownBy(() -> graph.addNode("Animal", "cat", Row.of("age", -1)))
                .isInstanceOf(Invalid.class); // it has no name, and nothing is written
        // end

        // guide
        Ontology fish =
                graph.ontology()
                        .extend()
                        .node("Fish", type -> type.extend("Animal").integer("depth"))
                        .build();
        if (graph.check(fish).wouldHide() == 0) {
            graph.extend(fish);
        }
        // end
        assertThat(graph.ontology()).isEqualTo(fish);

        // guide
        Node robin = graph.node("robin").orElseThrow();
        String name = robin.text("name"); // "Robin"
        List<Node> grown = graph.nodes("Animal").where(integer("age").gt(1)).list(); // birds, too
        List<Path> meals = graph.match("Bird").out("eats").to("Animal").paths(100);
        List<Node> eaters = graph.from("worm").in("eats").upTo(3).ends(100);
        List<String> way = graph.algorithms().shortestPath("robin", "worm"); // robin, worm
        GraphPart flock = graph.part("birds", node -> node.type().equals("Bird"));
        // end
        assertThat(name).isEqualTo("Robin");
        assertThat(grown).containsExactly(robin);
        assertThat(meals).hasSize(1);
        assertThat(eaters).containsExactly(robin);
        assertThat(way).containsExactly("robin", "worm");
        assertThat(flock.nodes().list()).containsExactly(robin);

        Timeline elsewhere = Timeline.startingAt("south", new Revision(0));
        // guide
        Graph south = Graphs.on(elsewhere).replica("south").open(ZOO);
        south.sync(graph::answer); // a peer is a function of bytes to bytes
        south.addNode("Bird", "owl", Row.of("name", "Owl"));
        Synced synced = south.sync(graph::answer);
        boolean equal = synced.equal(); // and graph has the owl
        Peer limited = graph.answering(PeerBudget.ordinary()); // for somebody who is not known well
        // end
        assertThat(equal).isTrue();
        assertThat(graph.node("owl")).isPresent();
        assertThat(limited).isNotNull();

        Timeline small = Timeline.startingAt("pocket", new Revision(0));
        // guide
        Topic birds = Topic.of("birds").nodes("Bird").edges("eats");
        Graph pocket = Graphs.on(small).replica("pocket").open(ZOO);
        pocket.sync(graph::answer, birds); // its nodes are birds, and nothing else
        pocket.set("owl", "age", 1); // written as anywhere
        pocket.sync(graph::answer, birds); // what is new of the topic here, what was written there
        pocket.sync(graph::answer); // and now everything
        // end
        assertThat(pocket.stateHash()).isEqualTo(graph.stateHash());
        pocket.close();

        // guide
        Cursor place = graph.head();
        graph.set("owl", "age", 2);
        try (Subscription<Entry> entries = graph.subscribe(place)) {
            index(entries.next()); // owl's age, whoever wrote it
        }
        try (Tail indexer = graph.tail("indexer", Duration.ofDays(7))) { // its place is kept
            indexer.nextBatch(1_000, Duration.ofSeconds(1)).forEach(this::index);
            indexer.acknowledge();
        }
        // end
        assertThat(indexed).isPositive();

        // guide
        GraphState before = graph.asOf(place);
        List<Difference> differences = before.diff(graph); // the owl's age
        List<Entry> said = graph.provenance("owl"); // who said what of it, and when
        // end
        assertThat(differences).hasSize(1);
        assertThat(said).hasSize(3);

        south.sync(graph::answer);
        // guide
        Compacted compacted = graph.compact(Compaction.acknowledgedBy(List.of("south")));
        compacted.heldBackBy(); // who has not seen what is kept
        Erased erased = graph.erase(Set.of("worm")); // here now, on others when they learn of it
        // end
        assertThat(compacted.entries()).isPositive();
        assertThat(compacted.heldBackBy()).isEmpty();
        assertThat(erased.by()).hasSize(1);

        // guide
        try (OperationBuffer buffer = OperationBuffer.open(data.resolve("buffer"))) {
            buffer.set("robin", "age", 4); // durable, while the graph may be closed
            buffer.drain(graph); // once, whatever the moment of a crash
        }
        // end
        assertThat(graph.node("robin").orElseThrow().integer("age")).isEqualTo(4);
        south.close();
        graph.close();
    }

    @Test
    void keys() {
        Identity ann = Identity.generate("ann");
        Identity bob = Identity.generate("bob");
        Identity renewed = Identity.generate("bob");
        Identity stolen = Identity.generate("bob");
        Graph mine = signed(ann);
        Graph theirs = signed(bob);
        // guide
        Trust trusted = Trust.strict().allow("ann", ann.publicKey()).administeredBy("ann");
        mine.trust(trusted);
        theirs.trust(trusted);
        mine.grant("bob", bob.publicKey()); // mine is ann's: from now on bob's entries are taken in
        theirs.sync(mine::answer); // theirs is bob's, and learns of it
        theirs.grant("bob", renewed.publicKey()); // his own other key, with which he goes on
        mine.revoke("bob", stolen.publicKey()); // what is sealed with it from now on waits for ever
        // end
        assertThat(theirs.sync(mine::answer).equal()).isTrue();
        assertThat(mine.trust().keys("bob"))
                .containsExactlyInAnyOrder(bob.publicKey(), renewed.publicKey());
    }

    private static Graph signed(Identity identity) {
        return Graphs.on(Timeline.startingAt("guide", new Revision(0)))
                .identity(identity)
                .open(ZOO);
    }
}
