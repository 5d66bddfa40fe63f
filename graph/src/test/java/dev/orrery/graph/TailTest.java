package dev.orrery.graph;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration NOW = Duration.ZERO;
    private static final Duration WEEK = Duration.ofDays(7);

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    @AutoClose private final LocalGraph graph = Replicas.open(wall, "a", Replicas.ANYTHING);

    @Test
    @DisplayName("AC-132 from the beginning, from now, from a place")
    void fromAnyPlace() {
        graph.addNode("Thing", "one", Row.of());
        Cursor afterOne = graph.head();
        graph.addNode("Thing", "two", Row.of());

        assertThat(drain(graph.subscribe(ArrivalCursor.BEGINNING))).hasSize(3);
        assertThat(drain(graph.subscribe(VersionVector.none()))).hasSize(3);
        assertThat(drain(graph.subscribe())).isEmpty();
        assertThat(drain(graph.subscribe(graph.head()))).isEmpty();
        assertThat(drain(graph.subscribe(graph.vector()))).isEmpty();
        assertThat(ids(drain(graph.subscribe(graph.cursor(afterOne.text())))))
                .containsExactly("two");
    }

    @Test
    @DisplayName("AC-133 waits no less than it is told")
    void waitsAsLongAsItIsTold() {
        try (Subscription<Entry> entries = graph.subscribe()) {
            long began = System.nanoTime();
            assertThat(entries.nextBatch(10, Duration.ofMillis(100))).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(99));
        }
    }

    @Test
    @DisplayName("AC-134 an append wakes everybody, each gets it once")
    void everybodyWakes() throws Exception {
        try (Subscription<Entry> left = graph.subscribe();
                Subscription<Entry> right = graph.subscribe()) {
            CompletableFuture<List<Entry>> first = waiting(left);
            CompletableFuture<List<Entry>> second = waiting(right);
            graph.addNode("Thing", "one", Row.of());
            assertThat(ids(first.get(30, SECONDS))).containsExactly("one");
            assertThat(ids(second.get(30, SECONDS))).containsExactly("one");
            assertThat(left.next(NOW)).isEmpty();
            assertThat(right.next(NOW)).isEmpty();
        }
    }

    @Test
    @DisplayName("AC-135 a merge wakes with all that it brought")
    void aMergeWakes() throws Exception {
        try (LocalGraph other = Replicas.open(wall, "b", Replicas.ANYTHING);
                Subscription<Entry> entries = graph.subscribe()) {
            for (int i = 0; i < 20; i++) {
                other.addNode("Thing", "n" + i, Row.of());
            }
            CompletableFuture<List<Entry>> woken = waiting(entries);
            Replicas.pull(graph, other);
            assertThat(woken.get(30, SECONDS)).hasSize(20);
        }
    }

    @Test
    @DisplayName("AC-136 places do not touch one another")
    void placesAreIndependent() {
        Subscription<Entry> early = graph.subscribe();
        graph.addNode("Thing", "one", Row.of());
        Subscription<Entry> late = graph.subscribe();
        graph.addNode("Thing", "two", Row.of());
        assertThat(ids(drain(late))).containsExactly("two");
        assertThat(ids(drain(early))).containsExactly("one", "two");
    }

    @Test
    @DisplayName("AC-137 what is no cursor, and what is not one of this store")
    void cursorsAreChecked() {
        for (String text : List.of("", "7", "x.0", "-1.0", "1.zz", "v:a", "v:a=1", "v:a=x.0")) {
            assertThatThrownBy(() -> graph.cursor(text)).isInstanceOf(Invalid.class);
        }
        graph.addNode("Thing", "one", Row.of());
        ArrivalCursor here = (ArrivalCursor) graph.head();
        for (ArrivalCursor stranger :
                List.of(
                        new ArrivalCursor(here.number(), here.check() + 1),
                        new ArrivalCursor(here.number() + 1, here.check()),
                        new ArrivalCursor(0, 7))) {
            assertThatThrownBy(() -> graph.subscribe(stranger))
                    .isInstanceOfSatisfying(
                            StaleCursor.class,
                            stale -> assertThat(drain(graph.subscribe(stale.oldest()))).hasSize(2));
        }
    }

    @Test
    @DisplayName("AC-143 a batch of nothing is refused")
    void aBatchOfNothing() {
        try (Subscription<Entry> entries = graph.subscribe()) {
            assertThatThrownBy(() -> entries.nextBatch(0, NOW)).isInstanceOf(Invalid.class);
        }
    }

    @Test
    @DisplayName("AC-144, AC-145 closing ends one's own wait, and nobody else's")
    void closingWakesItsOwnWaiter() throws Exception {
        Subscription<Entry> mine = graph.subscribe();
        try (Subscription<Entry> other = graph.subscribe()) {
            CompletableFuture<List<Entry>> ended = waiting(mine);
            CompletableFuture<List<Entry>> waits = waiting(other);
            mine.close();
            assertThatThrownBy(() -> ended.get(30, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(Closed.class);
            assertThatThrownBy(() -> mine.next(NOW)).isInstanceOf(Closed.class);
            assertThatThrownBy(() -> waits.get(200, java.util.concurrent.TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            graph.addNode("Thing", "one", Row.of());
            assertThat(ids(waits.get(30, SECONDS))).containsExactly("one");
        }
    }

    @Test
    void theEndOfTheGraphEndsAWait() {
        LocalGraph closing = Replicas.open(wall, "c", Replicas.ANYTHING);
        CompletableFuture<List<Entry>> ended = waiting(closing.subscribe());
        closing.close();
        assertThatThrownBy(() -> ended.get(30, SECONDS)).hasCauseInstanceOf(Closed.class);
    }

    @Test
    @DisplayName("AC-139 every position once, whatever the forks, batches and stops")
    void everyPositionOnceAcrossForks() {
        Random random = new Random(7);
        List<LocalGraph> replicas =
                List.of(
                        graph,
                        Replicas.open(wall, "b", Replicas.ANYTHING),
                        Replicas.open(wall, "c", Replicas.ANYTHING));
        List<Entry> told = new ArrayList<>();
        Cursor place = graph.cursor(ArrivalCursor.BEGINNING.text());
        Cursor portable = VersionVector.none();
        HashSet<Hash> toldPortably = new HashSet<>();
        for (int step = 0; step < 400; step++) {
            LocalGraph one = replicas.get(random.nextInt(3));
            LocalGraph other = replicas.get(random.nextInt(3));
            wall.move(random.nextInt(3));
            switch (random.nextInt(4)) {
                case 0, 1 -> one.addNode("Thing", "n" + random.nextInt(50), Row.of());
                case 2 -> Replicas.pull(one, other);
                default -> {
                    try (Subscription<Entry> entries = graph.subscribe(place)) {
                        told.addAll(entries.nextBatch(1 + random.nextInt(9), NOW));
                        place = graph.cursor(entries.cursor().text());
                    }
                    // the same consumer, of whichever replica it meets
                    try (Subscription<Entry> entries = one.subscribe(one.cursor(portable.text()))) {
                        for (Entry entry : entries.nextBatch(1 + random.nextInt(9), NOW)) {
                            assertThat(toldPortably.add(entry.hash())).isTrue();
                        }
                        portable = entries.cursor();
                    }
                }
            }
        }
        told.addAll(drain(graph.subscribe(place)));
        assertThat(told).isEqualTo(Replicas.entries(graph)).doesNotHaveDuplicates();
        replicas.get(1).close();
        replicas.get(2).close();
    }

    @Test
    void aForkedAuthorMakesAVectorStale() {
        SegmentLog store = SegmentLog.inMemory();
        LocalGraph one = Replicas.open(wall, "twin", Replicas.ANYTHING, store);
        one.addNode("Thing", "mine", Row.of());
        LocalGraph copy = Replicas.open(wall, "twin", Replicas.ANYTHING);
        wall.move(5);
        copy.addNode("Thing", "copied", Row.of());
        assertThatThrownBy(() -> one.subscribe(copy.vector())).isInstanceOf(StaleCursor.class);
        one.close();
        copy.close();
    }

    @Test
    @DisplayName("AC-150, AC-152 who follows sees who wrote what, and may read and write")
    void whoFollowsMayReadAndWrite() {
        try (LocalGraph other = Replicas.open(wall, "b", Replicas.ANYTHING);
                Subscription<Entry> entries = graph.subscribe()) {
            graph.addNode("Thing", "one", Row.of("name", "One"));
            graph.addNode("Thing", "two", Row.of());
            graph.addEdge("joins", "e", "one", "two", Row.of());
            graph.set("one", "name", "Uno");
            graph.removeEdge("e");
            graph.removeNode("two");
            wall.move(1);
            other.addNode("Thing", "three", Row.of());
            Replicas.pull(graph, other);

            List<String> seen = new ArrayList<>();
            for (Entry entry : entries.nextBatch(100, NOW)) {
                Operation.OfEntity about = (Operation.OfEntity) entry.operation();
                seen.add(entry.author() + ": " + about.name() + " " + about.id());
                graph.set("one", "seen", seen.size());
                if (about.id().equals("one")) {
                    assertThat(graph.node("one").orElseThrow().text("name")).isEqualTo("Uno");
                }
            }
            assertThat(seen)
                    .containsExactly(
                            "a: add node one",
                            "a: add node two",
                            "a: add edge e",
                            "a: set one",
                            "a: remove e",
                            "a: remove two",
                            "b: add node three");
        }
    }

    @Test
    void aConsumerGoesOnWhereItAcknowledged(@TempDir Path directory) {
        Graphs graphs =
                Graphs.on(Replicas.timeline()).clock(wall).replica("a").directory(directory);
        try (Graph kept = graphs.open(Replicas.ANYTHING);
                Tail tail = kept.tail("indexer", WEEK)) {
            kept.addNode("Thing", "one", Row.of());
            kept.addNode("Thing", "two", Row.of());
            assertThat(tail.nextBatch(2, NOW)).hasSize(2);
            tail.acknowledge();
            assertThat(tail.next(NOW)).isPresent(); // seen, and not dealt with
        }
        try (Graph kept = graphs.open(Replicas.ANYTHING);
                Tail tail = kept.tail("indexer", WEEK)) {
            assertThat(ids(drain(tail))).containsExactly("two");
            assertThat(((LocalGraph) kept).inside().lease("indexer")).isPresent();
            tail.release();
            assertThat(((LocalGraph) kept).inside().lease("indexer")).isEmpty();
        }
        try (LocalGraph kept = (LocalGraph) graphs.open(Replicas.ANYTHING)) {
            assertThat(kept.inside().lease("indexer")).isEmpty();
        }
    }

    @Test
    void aLeaseHoldsUntilItEnds() {
        Leases leases = new Leases();
        leases.put(new Leases.Lease("a", new ArrivalCursor(3, 1), 100));
        leases.put(new Leases.Lease("b", new ArrivalCursor(2, 1), 200));
        assertThat(leases.heldAt(99)).hasSize(2);
        assertThat(leases.heldAt(100)).extracting(Leases.Lease::consumer).containsExactly("b");
        assertThatThrownBy(() -> graph.tail("x", Duration.ZERO)).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> graph.tail("", WEEK)).isInstanceOf(Invalid.class);
    }

    private static CompletableFuture<List<Entry>> waiting(Subscription<Entry> entries) {
        CompletableFuture<List<Entry>> future = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        future.complete(entries.nextBatch(1_000, SOON));
                    } catch (RuntimeException e) {
                        future.completeExceptionally(e);
                    }
                });
        return future;
    }

    private static List<Entry> drain(Subscription<Entry> entries) {
        try (entries) {
            return entries.nextBatch(1_000_000, NOW);
        }
    }

    private static List<String> ids(List<Entry> entries) {
        return entries.stream()
                .map(entry -> ((Operation.OfEntity) entry.operation()).id())
                .toList();
    }
}
