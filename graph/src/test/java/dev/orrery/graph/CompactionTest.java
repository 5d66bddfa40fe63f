package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Bytes;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What compaction leaves, and whom it waits for. */
class CompactionTest {
    private static final Compaction ALL = Compaction.everything();

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final List<LocalGraph> opened = new ArrayList<>();
    private final LocalGraph a = open("a");
    private final LocalGraph b = open("b");

    @TempDir Path directory;

    private LocalGraph open(String name) {
        return keep(Replicas.open(wall, name, Replicas.ANYTHING));
    }

    private LocalGraph keep(LocalGraph graph) {
        opened.add(graph);
        return graph;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(LocalGraph::close);
    }

    private void write(LocalGraph graph, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            wall.move(1);
            graph.addNode("Thing", prefix + i, Row.of("name", prefix + i, "at", i));
        }
    }

    private static void assertEqual(LocalGraph one, LocalGraph... others) {
        for (LocalGraph other : others) {
            assertThat(Replicas.seen(other)).isEqualTo(Replicas.seen(one));
        }
    }

    @Test
    @DisplayName("AC-117 a replica that begins from a base is as any other")
    void beginsFromABase() {
        write(a, "n", 2);
        a.addEdge("joins", "e", "n0", "n1", Row.of());
        a.compact(ALL);

        Synced first = b.sync(a::answer);
        assertThat(first.equal()).isTrue();
        assertThat(first.received()).isEqualTo(3);
        assertEqual(a, b);
        assertThat(b.algorithms().shortestPath("n0", "n1")).hasSize(2);
        assertThatThrownBy(() -> b.addNode("Nothing", "x", Row.of())).isInstanceOf(Invalid.class);

        write(a, "later", 1);
        assertThat(b.sync(a::answer).received()).isEqualTo(1);
        assertEqual(a, b);
    }

    @Test
    @DisplayName("AC-118 many entries become one base, and what is written next is one entry")
    void manyEntriesBecomeOneBase() {
        write(a, "n", 100);
        for (int i = 1; i < 100; i++) {
            a.addEdge("joins", "e" + i, "n" + (i - 1), "n" + i, Row.of());
        }
        for (int i = 0; i < 50; i++) {
            a.set("n" + i, "at", -i);
        }
        List<Object> before = Replicas.seen(a);

        Compacted compacted = a.compact(ALL);
        assertThat(compacted.entries()).isEqualTo(250);
        assertThat(compacted.kept()).isZero();
        assertThat(compacted.base()).isPresent();
        assertThat(Replicas.entries(a)).isEmpty();
        assertThat(Replicas.seen(a)).isEqualTo(before);
        assertThat(a.entryCount()).isEqualTo(250);

        write(a, "next", 1);
        assertThat(Replicas.entries(a)).hasSize(1);
        assertThat(a.compact(ALL).entries()).isEqualTo(1);
        assertThat(a.compact(ALL).entries()).isZero();
    }

    @Test
    @DisplayName("AC-119 what was compacted is there again, however the store is opened")
    void isThereAgain() throws IOException {
        Ontology strict =
                Ontology.define("any")
                        .node(
                                "Thing",
                                thing ->
                                        thing.text("name", Constraint.required())
                                                .subtype("special", special -> {}))
                        .build();
        Path where = directory.resolve("kept");
        List<Object> before;
        try (LocalGraph graph = (LocalGraph) Replicas.on(wall, "k").directory(where).open(strict)) {
            graph.extend(
                    graph.ontology().extend().node("Later", later -> later.text("why")).build());
            graph.addNode("Thing/special", "s", Row.of("name", "S"));
            graph.addNode("Later", "l", Row.of("why", "extended"));
            graph.set("l", "why", "still");
            graph.compact(ALL);
            before = Replicas.seen(graph);
        }
        for (int life = 1; life <= 4; life++) {
            if (life % 2 == 0) {
                Files.delete(where.resolve("checkpoint"));
            }
            try (LocalGraph graph =
                    (LocalGraph) Replicas.on(wall, "k").directory(where).open(strict)) {
                assertThat(Replicas.seen(graph)).isEqualTo(before);
                assertThat(Replicas.entries(graph)).hasSize(life - 1);
                graph.addNode("Later", "life" + life, Row.of());
                assertThatThrownBy(() -> graph.addNode("Thing", "t", Row.of()))
                        .isInstanceOf(Invalid.class);
                graph.checkpoint();
                before = Replicas.seen(graph);
            }
        }
    }

    @Test
    @DisplayName("AC-120 of two writes the later shows, also when one was compacted")
    void theLaterWriteShows() {
        a.addNode("Thing", "n", Row.of());
        a.addNode("Thing", "m", Row.of());
        a.addEdge("joins", "e", "n", "m", Row.of());
        b.sync(a::answer);
        for (String id : List.of("n", "e")) {
            wall.set(2_000_000);
            a.set(id, "status", "of a");
            wall.set(2_000_003);
            b.set(id, "status", "of b");
            wall.set(2_000_005);
            a.set(id, "name", "of a");
        }
        a.compact(ALL);
        b.sync(a::answer);
        assertEqual(a, b);
        assertThat(a.node("n").orElseThrow().text("status")).isEqualTo("of b");
        assertThat(a.node("n").orElseThrow().text("name")).isEqualTo("of a");
        assertThat(a.edge("e").orElseThrow().text("name")).isEqualTo("of a");
    }

    @Test
    @DisplayName("AC-121 a replica that was never heard of holds everything back, by name")
    void waitsForReplicas() {
        write(a, "n", 5);
        Compaction policy = Compaction.acknowledgedBy(List.of("b"));
        Compacted none = a.compact(policy);
        assertThat(none.entries()).isZero();
        assertThat(none.heldBackBy())
                .containsExactly(
                        new Compacted.HeldBack(Compacted.Kind.REPLICA, "b", a.entryCount()));

        b.sync(a::answer);
        write(a, "more", 2);
        Compacted some = a.compact(policy);
        assertThat(some.entries()).isEqualTo(6);
        assertThat(some.heldBackBy())
                .containsExactly(new Compacted.HeldBack(Compacted.Kind.REPLICA, "b", 2));

        assertThat(a.compact(ALL).entries()).isEqualTo(2);
        b.sync(a::answer);
        assertEqual(a, b);
    }

    @Test
    void whoWasNotHeardOfForLongIsNotWaitedFor() {
        b.sync(a::answer);
        write(a, "n", 3);
        Compaction policy = Compaction.acknowledgedByAll(Duration.ofHours(1));
        assertThat(a.compact(policy).heldBackBy()).hasSize(1);
        wall.move(Duration.ofHours(2).toMillis());
        assertThat(a.compact(policy).kept()).isZero();
    }

    @Test
    @DisplayName("AC-122 what was removed takes no room any more, only once it was compacted")
    void giveRoomBack() throws IOException {
        Path where = directory.resolve("room");
        List<Object> before;
        try (LocalGraph graph =
                (LocalGraph) Replicas.on(wall, "k").directory(where).open(Replicas.ANYTHING)) {
            write(graph, "kept", 10);
            for (int i = 0; i < 500; i++) {
                graph.addNode("Thing", "n" + i, Row.of("text", ("v" + i).repeat(60)));
                graph.removeNode("n" + i);
            }
            long all = bytes(where);
            graph.checkpoint();
            assertThat(bytes(where)).isGreaterThanOrEqualTo(all);
            Files.delete(where.resolve("checkpoint"));
            graph.compact(ALL);
            Files.delete(where.resolve("checkpoint"));
            assertThat(bytes(where)).isLessThan(all / 2);
            before = Replicas.seen(graph);
        }
        try (LocalGraph graph =
                (LocalGraph) Replicas.on(wall, "k").directory(where).open(Replicas.ANYTHING)) {
            assertThat(Replicas.seen(graph)).isEqualTo(before);
            assertThat(graph.nodes().list()).hasSize(10);
        }
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Test
    @DisplayName("AC-123 what a peer has not sent yet survives the compaction of another")
    void unsentWritesSurvive() {
        write(a, "shared", 5);
        b.sync(a::answer);
        write(b, "unsent", 3);
        write(a, "unseen", 3);
        a.removeNode("shared1");
        a.compact(ALL);

        Synced synced = b.sync(a::answer);
        assertThat(synced.equal()).isTrue();
        assertThat(synced.sent()).isEqualTo(3);
        assertEqual(a, b);
        assertThat(a.node("unsent2")).isPresent();
        assertThat(b.node("unseen2")).isPresent();
        assertThat(b.node("shared1")).isEmpty();

        LocalGraph c = open("c");
        c.sync(b::answer); // who took a base in gives it on
        assertEqual(a, c);
    }

    @Test
    void whoHasCompactedGivesItToWhoAsksAndToWhoIsAsked() {
        write(a, "n", 50);
        a.compact(ALL);
        write(a, "more", 5);
        Synced given = a.sync(b::answer);
        assertThat(given.sent()).isEqualTo(55);
        assertThat(given.equal()).isTrue();
        assertEqual(a, b);
    }

    @Test
    void theSameEntriesHaveTheSameBase() {
        write(a, "a", 20);
        write(b, "b", 20);
        b.sync(a::answer);
        a.compact(Compaction.everything());
        b.compact(Compaction.acknowledgedBy(List.of("a")));
        assertThat(a.compact(ALL).base()).isEqualTo(b.compact(ALL).base());
        assertThat(b.sync(a::answer).rounds()).isEqualTo(1);
    }

    @Test
    @DisplayName("AC-131 when there is enough of it, and not too often")
    void whenItIsDue() {
        write(a, "n", 20); // and the root
        assertThat(a.compact(ALL.whenOver(100)).entries()).isZero();
        Compaction policy = ALL.whenOver(10).atMostEvery(Duration.ofSeconds(10));
        assertThat(a.compact(policy).entries()).isEqualTo(21);
        write(a, "m", 20);
        assertThat(a.compact(policy).entries()).isZero();
        wall.move(10_000);
        assertThat(a.compact(policy).entries()).isEqualTo(20);
    }

    @Test
    void whatIsYoungIsKept() {
        write(a, "old", 3);
        wall.move(60_000);
        write(a, "young", 3);
        Compacted compacted = a.compact(ALL.olderThan(Duration.ofMinutes(1)));
        assertThat(compacted.entries()).isEqualTo(4);
        assertThat(Replicas.entries(a)).hasSize(3);
    }

    @Test
    @DisplayName(
            "AC-138 a place behind which something was compacted is stale; the last one is not")
    void placesGoStale() {
        write(a, "n", 3);
        Cursor early = a.head();
        VersionVector vector = a.vector();
        write(a, "m", 3);
        Cursor last = a.head();
        Subscription<Entry> slow = a.subscribe(early);
        Subscription<Entry> quick = a.subscribe(last);
        a.compact(ALL);
        assertThatThrownBy(() -> a.subscribe(early)).isInstanceOf(StaleCursor.class);
        assertThatThrownBy(() -> a.subscribe(vector)).isInstanceOf(StaleCursor.class);
        assertThatThrownBy(() -> slow.next(Duration.ZERO)).isInstanceOf(StaleCursor.class);
        assertThatThrownBy(() -> a.asOf(early)).isInstanceOf(StaleCursor.class);
        assertThatThrownBy(() -> a.asOf(Instant.EPOCH)).isInstanceOf(Invalid.class);
        assertThat(a.asOf(last).nodes().list()).hasSize(6);
        assertThat(quick.next(Duration.ZERO)).isEmpty();
        write(a, "k", 1);
        assertThat(quick.next(Duration.ofSeconds(10)).orElseThrow().operation())
                .isInstanceOf(Operation.AddNode.class);
        assertThat(a.subscribe(last).next(Duration.ofSeconds(10))).isPresent();
        assertThat(a.subscribe(a.vector()).next(Duration.ZERO)).isEmpty();
        assertThat(a.asOf(a.head()).nodes().list()).hasSize(7);
    }

    @Test
    void aVectorIsStaleThatLacksWhatABaseBroughtBehindWhatIsKept() { // law G61
        write(a, "kept", 2);
        b.sync(a::answer);
        write(a, "compacted", 2);
        a.compact(ALL);
        b.sync(a::answer);
        assertThatThrownBy(() -> b.subscribe(VersionVector.none())).isInstanceOf(StaleCursor.class);
        b.subscribe(b.vector()).close();
    }

    @Test
    @DisplayName("AC-148 what a named consumer has not acknowledged is kept, and follows it")
    void waitsForConsumers() {
        Compaction policy = Compaction.acknowledgedBy(List.of());
        Tail tail = a.tail("indexer", Duration.ofDays(1));
        Subscription<Entry> unnamed = a.subscribe(new ArrivalCursor(0, 0));
        write(a, "n", 4);
        Compacted none = a.compact(policy);
        assertThat(none.entries()).isZero();
        assertThat(none.heldBackBy())
                .containsExactly(
                        new Compacted.HeldBack(Compacted.Kind.CONSUMER, "indexer", a.entryCount()));

        for (int i = 0; i < 3; i++) {
            tail.next();
        }
        tail.acknowledge();
        assertThat(a.compact(policy).entries()).isEqualTo(3);
        assertThat(tail.next()).isNotNull();
        assertThat(tail.next()).isNotNull();
        tail.acknowledge();
        Compacted rest = a.compact(policy);
        assertThat(rest.entries()).isEqualTo(2);
        assertThat(rest.heldBackBy()).isEmpty();
        assertThatThrownBy(() -> unnamed.next(Duration.ZERO)).isInstanceOf(StaleCursor.class);
    }

    @Test
    @DisplayName("AC-082 what was in the quarantine when it was compacted shows when it may")
    void quarantineIsKept() {
        Ontology more =
                Ontology.define("any")
                        .node("Thing", thing -> {})
                        .node("Other", other -> {})
                        .node("New", added -> {})
                        .edge("joins", joins -> joins.from("Thing").to("Thing"))
                        .build();
        LocalGraph newer = keep(Replicas.open(wall, "newer", more));
        newer.addNode("New", "hidden", Row.of("name", "H"));
        write(newer, "n", 2);
        List<Entry> withoutTheirSchema =
                Replicas.entries(newer).stream().filter(entry -> !entry.isRoot()).toList();
        a.inside().merge(withoutTheirSchema);
        b.sync(newer::answer);
        LocalGraph older = open("older");
        older.sync(b::answer);
        assertThat(older.node("hidden")).isPresent();

        LocalGraph waits = open("waits");
        waits.addNode("Thing", "t", Row.of());
        waits.inside().write(new Operation.Set("hidden", "name", "before it is known"));
        waits.compact(ALL);
        waits.sync(newer::answer);
        older.sync(waits::answer);
        assertEqual(waits, older);
    }

    @Test
    void strictTrustTakesInBasesOfWhomItAllows() {
        Identity who = Identity.generate("signer");
        LocalGraph signer =
                keep(
                        (LocalGraph)
                                Graphs.on(Replicas.timeline())
                                        .clock(wall)
                                        .identity(who)
                                        .open(Replicas.ANYTHING));
        write(signer, "n", 3);
        signer.compact(ALL);
        b.trust(Trust.strict().allow("signer", who.publicKey()));
        assertThatThrownBy(() -> b.sync(signer::answer)).isInstanceOf(Unsupported.class);
        b.trust(Trust.strict().allow("signer", who.publicKey()).allowBases("signer"));
        assertThat(b.sync(signer::answer).equal()).isTrue();
        assertEqual(signer, b);

        write(a, "unsigned", 3);
        a.compact(ALL);
        assertThatThrownBy(() -> b.sync(a::answer)).isInstanceOf(Unsupported.class);
        a.trust(Trust.open().allow("signer", Identity.generate("signer").publicKey()));
        write(signer, "m", 1);
        signer.compact(ALL);
        assertThatThrownBy(() -> a.sync(signer::answer)).isInstanceOf(Unsupported.class);
    }

    @Test
    void aBaseInManyPartsGoesOnAfterABreak() {
        Random random = new Random(11);
        for (int i = 0; i < 60; i++) {
            byte[] noise = new byte[40_000];
            random.nextBytes(noise);
            a.addNode("Thing", "n" + i, Row.of("noise", Bytes.of(noise)));
        }
        a.compact(ALL);
        int[] asked = {0};
        int[] breaks = {0};
        Peer breaking =
                message -> {
                    if (++asked[0] % 4 == 0) {
                        breaks[0]++;
                        throw new IOException("broken");
                    }
                    return a.answer(message);
                };
        boolean equal = false;
        while (!equal) {
            try {
                equal = b.sync(breaking).equal();
            } catch (Unavailable broken) {
                assertThat(breaks[0]).isLessThan(20);
            }
        }
        assertEqual(a, b);
        assertThat(asked[0]).isLessThan(30);
    }
}
