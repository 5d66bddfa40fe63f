package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Column;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What one sees of a graph, alone and with another replica. */
class GraphTest {
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final LocalGraph graph = Replicas.open(wall, "a", Replicas.ANYTHING);
    private final LocalGraph other = Replicas.open(wall, "b", Replicas.ANYTHING);

    @Test
    @DisplayName("AC-001 a new graph has its root, which is its head and follows nothing")
    void aNewGraphHasOneEntry() {
        assertThat(graph.entryCount()).isEqualTo(1);
        List<Entry> entries = Replicas.entries(graph);
        assertThat(entries.getFirst().parents()).isEmpty();
        assertThat(graph.heads()).containsExactly(entries.getFirst().hash());
        assertThat(other.heads()).isEqualTo(graph.heads());
    }

    @Test
    @DisplayName("AC-010 values come back as they were, written, synced and opened again")
    void valuesKeepTheirTypes() {
        Row row =
                Row.of(
                        "int",
                        1L,
                        "float",
                        1.0,
                        "text",
                        "1",
                        "flag",
                        true,
                        "nothing",
                        null,
                        "list",
                        List.of(1L, 1.0, "x"),
                        "map",
                        Map.of("in", Map.of("er", 2L)),
                        "decimal",
                        new BigDecimal("1.50"));
        SegmentLog log = SegmentLog.inMemory();
        LocalGraph first = Replicas.open(wall, "x", Replicas.ANYTHING, log);
        first.addNode("Thing", "n", row);
        Replicas.pull(other, first);
        LocalGraph reopened = Replicas.open(wall, "x", Replicas.ANYTHING, log);
        for (Graph each : List.of(first, other, reopened)) {
            Row found = each.node("n").orElseThrow().properties();
            assertThat(found).isEqualTo(row);
            row.columns()
                    .forEach(column -> {
                        if (row.value(column) != null) {
                            assertThat(found.value(column)).hasSameClassAs(row.value(column));
                        }
                    });
        }
    }

    @Test
    @DisplayName("AC-005 AC-009 heads are what no other follows, and an entry counts once")
    void headsAreWhatNoOtherFollows() {
        graph.addNode("Thing", "n", Row.of());
        Replicas.pull(other, graph);
        graph.set("n", "p", 1L);
        other.set("n", "p", 2L);
        Replicas.sync(graph, other);
        assertThat(graph.heads()).hasSize(2).isEqualTo(other.heads());
        Merged again = Replicas.pull(graph, other);
        assertThat(again.added()).isZero();
        assertThat(again.known()).isEqualTo(graph.entryCount());
        graph.set("n", "p", 3L);
        assertThat(graph.heads()).hasSize(1);
        assertThat(Replicas.entries(graph).getLast().parents()).hasSize(2);
    }

    @Test
    @DisplayName("AC-007 AC-008 what lacks a parent waits, what was altered is another entry")
    void whatLacksAParentWaits() {
        graph.addNode("Thing", "n", Row.of());
        graph.set("n", "p", 1L);
        List<Entry> entries = Replicas.entries(graph);
        Merged alone = other.inside().merge(List.of(entries.get(2)));
        assertThat(alone.added()).isZero();
        assertThat(alone.waiting())
                .containsExactly(new Merged.Waiting(entries.get(2), Merged.Cause.MISSING_PARENT));
        assertThat(other.entryCount()).isEqualTo(1);
        Merged both = other.inside().merge(List.of(entries.get(2), entries.get(1)));
        assertThat(both.added()).isEqualTo(2);
        assertThat(Replicas.seen(other)).isEqualTo(Replicas.seen(graph));

        Entry honest = entries.get(1);
        Entry forged =
                new EntryCodec()
                        .encode(
                                "mallory",
                                1,
                                null,
                                honest.time(),
                                honest.parents(),
                                honest.operation());
        assertThat(forged.hash()).isNotEqualTo(honest.hash());
    }

    @Test
    void anEntryThatLiesAboutItsPastIsRefused() {
        graph.addNode("Thing", "n", Row.of());
        Entry first = Replicas.entries(graph).get(1);
        EntryCodec codec = new EntryCodec();
        Operation set = new Operation.Set("n", "p", 1L);
        HybridTime later = first.time().next();
        List<Hash> parents = List.of(first.hash());
        Entry tooEarly = codec.encode("b", 1, null, first.time(), parents, set);
        Entry gap = codec.encode("a", 3, first.hash(), later, parents, set);
        Entry stolen = codec.encode("b", 2, first.hash(), later, parents, set);
        Entry foreign = codec.root(new Operation.Define("else", List.of()));
        Merged merged = graph.inside().merge(List.of(tooEarly, gap, stolen, foreign));
        assertThat(merged.added()).isZero();
        assertThat(merged.refused())
                .extracting(Merged.Refused::entry)
                .containsExactlyInAnyOrder(
                        tooEarly.hash(), gap.hash(), stolen.hash(), foreign.hash());
        assertThat(graph.entryCount()).isEqualTo(2);
    }

    @Test
    void anEntryOfTheFutureWaitsUntilItIsDue() {
        other.addNode("Thing", "n", Row.of());
        wall.move(700_000);
        other.set("n", "p", 1L);
        wall.move(-700_000);
        Merged merged = Replicas.pull(graph, other);
        assertThat(merged.added()).isEqualTo(1);
        assertThat(merged.waiting())
                .extracting(Merged.Waiting::cause)
                .containsExactly(Merged.Cause.FUTURE);
        wall.move(100_001);
        assertThat(Replicas.pull(graph, other).added()).isEqualTo(1);
        assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(other));
    }

    @Test
    @DisplayName("AC-025 AC-026 AC-027 AC-028 each property is a register of its own")
    void eachPropertyIsARegister() {
        graph.addNode("Thing", "s1", Row.of());
        Replicas.pull(other, graph);
        graph.set("s1", "status", "healthy");
        other.set("s1", "status", "degraded");
        other.set("s1", "location", "eu-west");
        graph.set("s1", "x", 1L);
        other.set("s1", "y", 2L);
        graph.addNode("Thing", "both", Row.of("p", 1L, "label", "of a"));
        other.addNode("Thing", "both", Row.of("q", 2L, "label", "of b"));
        Replicas.sync(graph, other);
        assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(other));
        Row s1 = graph.node("s1").orElseThrow().properties();
        assertThat(s1.text("location")).isEqualTo("eu-west");
        assertThat(s1.text("status")).isIn("healthy", "degraded");
        assertThat(s1.integer("x") + s1.integer("y")).isEqualTo(3);
        Row both = graph.node("both").orElseThrow().properties();
        assertThat(both.integer("p") + both.integer("q")).isEqualTo(3);
    }

    @Test
    @DisplayName("AC-041 AC-044 edges are seen while both ends are")
    void edgesAreSeenWhileBothEndsAre() {
        graph.addNode("Thing", "a", Row.of());
        graph.addNode("Thing", "b", Row.of());
        graph.addEdge("joins", "ab", "a", "b", Row.of());
        graph.removeNode("b");
        assertThat(graph.edge("ab")).isEmpty();
        assertThat(graph.edges("joins").list()).isEmpty();
        assertThat(graph.quarantine().list()).isEmpty();
        graph.addNode("Thing", "b", Row.of());
        assertThat(graph.edge("ab")).isPresent();
        graph.removeEdge("ab");
        graph.addEdge("joins", "ab", "a", "b", Row.of());
        Replicas.pull(other, graph);
        assertThat(other.edges().where(Column.text(":from").eq("a")).keys()).containsExactly("ab");
        assertThat(Replicas.seen(other)).isEqualTo(Replicas.seen(graph));
    }

    @Test
    @DisplayName("AC-042 what is added again after its removal begins without properties")
    void whatIsAddedAgainBeginsAnew() {
        graph.addNode("Thing", "n", Row.of("old", 1L));
        graph.removeNode("n");
        graph.addNode("Thing", "n", Row.of());
        Replicas.pull(other, graph);
        assertThat(graph.node("n").orElseThrow().properties()).isEqualTo(Row.of());
        assertThat(other.node("n").orElseThrow().properties()).isEqualTo(Row.of());
    }

    @Test
    @DisplayName("AC-043 removing and updating what is not there is written and seen by nobody")
    void whatIsNotThereCanBeWrittenTo() {
        graph.removeNode("ghost");
        graph.set("ghost", "p", 1L);
        assertThat(graph.entryCount()).isEqualTo(3);
        assertThat(graph.nodes().list()).isEmpty();
        other.addNode("Thing", "ghost", Row.of());
        Replicas.sync(graph, other);
        assertThat(graph.node("ghost").orElseThrow().integer("p")).isEqualTo(1);
        assertThat(Replicas.seen(other)).isEqualTo(Replicas.seen(graph));
    }

    @Test
    @DisplayName("AC-045 what a concurrent addition kept can be used at once")
    void whatAConcurrentAdditionKeptCanBeUsed() {
        graph.addNode("Thing", "x", Row.of());
        graph.addNode("Thing", "y", Row.of());
        Replicas.pull(other, graph);
        graph.removeNode("x");
        other.removeNode("x");
        other.addNode("Thing", "x", Row.of());
        Replicas.sync(graph, other);
        assertThat(graph.node("x")).isPresent();
        graph.addEdge("joins", "xy", "x", "y", Row.of());
        Replicas.sync(graph, other);
        assertThat(other.edge("xy")).isPresent();
    }

    @Test
    void aCommitIsOneRevisionAndAllOrNothing() {
        Timeline timeline = graph.inside().timeline();
        long before = timeline.published();
        timeline.commit(() -> {
            graph.addNode("Thing", "a", Row.of());
            graph.addNode("Thing", "b", Row.of());
            graph.addEdge("joins", "ab", "a", "b", Row.of("n", 1));
            assertThat(graph.nodes("Thing").keys()).containsExactly("a", "b");
        });
        assertThat(timeline.published()).isEqualTo(before + 1);
        List<Object> seen = Replicas.seen(graph);
        long entries = graph.entryCount();
        assertThatThrownBy(() ->
                        timeline.commit(() -> {
                            graph.set("a", "p", 1L);
                            graph.removeNode("b");
                            graph.addNode("Nothing", "c", Row.of());
                        }))
                .isInstanceOf(Invalid.class);
        assertThat(Replicas.seen(graph)).isEqualTo(seen);
        assertThat(graph.entryCount()).isEqualTo(entries);
        graph.set("a", "p", 2L);
        Replicas.pull(other, graph);
        assertThat(Replicas.seen(other)).isEqualTo(Replicas.seen(graph));
    }

    @Test
    void writersThatComeTogetherAllSucceedAndEachIsSeen() throws Exception {
        int writers = 8;
        int each = 50;
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            String name = "w" + writer;
            threads.add(
                    Thread.startVirtualThread(() -> {
                        try {
                            start.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        for (int i = 0; i < each; i++) {
                            String id = name + "-" + i;
                            if (i % 5 == 0) {
                                graph.inside()
                                        .timeline()
                                        .commit(() -> {
                                            graph.addNode("Thing", id, Row.of("n", 1));
                                            graph.set(id, "m", 1L);
                                        });
                            } else {
                                graph.addNode("Thing", id, Row.of("n", 1));
                            }
                            assertThat(graph.node(id)).isPresent();
                            graph.set("shared", name, (long) i);
                        }
                    }));
        }
        graph.addNode("Thing", "shared", Row.of());
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(graph.nodes().count()).isEqualTo(writers * each + 1);
        Node shared = graph.node("shared").orElseThrow();
        for (int writer = 0; writer < writers; writer++) {
            assertThat(shared.integer("w" + writer)).isEqualTo(each - 1);
        }
        Replicas.pull(other, graph);
        assertThat(Replicas.seen(other)).isEqualTo(Replicas.seen(graph));
    }

    @Test
    void idsAreOfOneKindWhoeverWasLater() {
        graph.addNode("Thing", "n", Row.of());
        graph.addNode("Thing", "m", Row.of());
        assertThatThrownBy(() -> graph.addEdge("joins", "n", "n", "m", Row.of()))
                .isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> graph.removeEdge("n")).isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> graph.addEdge("joins", "e", "n", "nobody", Row.of()))
                .isInstanceOf(Missing.class);
    }

    @Test
    void twoGraphsAreNotWrittenToInOneCommit() {
        Timeline timeline = Replicas.timeline();
        Graph left = Graphs.on(timeline).open(Ontology.define("left").node("T", t -> {}).build());
        Graph right = Graphs.on(timeline).open(Ontology.define("right").node("T", t -> {}).build());
        assertThatThrownBy(() ->
                        timeline.commit(() -> {
                            left.addNode("T", "n", Row.of());
                            right.addNode("T", "n", Row.of());
                        }))
                .isInstanceOf(Unsupported.class);
        assertThat(left.entryCount() + right.entryCount()).isEqualTo(2);
        left.addNode("T", "n", Row.of());
        right.addNode("T", "n", Row.of());
    }
}
