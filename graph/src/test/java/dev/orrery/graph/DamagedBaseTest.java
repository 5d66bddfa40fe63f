package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores with a base of which the disk damaged a part. Law G73. */
class DamagedBaseTest {
    private final List<Logger> told =
            List.of(
                    Logger.getLogger(Opening.class.getName()),
                    Logger.getLogger(UnreadableEntries.class.getName()));
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final LocalGraph peer = Replicas.open(wall, "bob", Replicas.ANYTHING);

    @TempDir private Path directory;

    private List<Object> seen = List.of();

    @BeforeEach
    void tellNothing() {
        told.forEach(logger -> logger.setLevel(Level.OFF));
    }

    /** Makes a base and damages it, in the newest segment, or in one that was sealed. */
    private void compact(boolean isSealed) throws IOException {
        LocalGraph graph = open();
        for (int i = 0; i < 5; i++) {
            wall.move(1);
            graph.addNode("Thing", "n" + i, Row.of("name", "n" + i));
        }
        peer.sync(graph::answer);
        peer.addEdge("joins", "e", "n0", "n1", Row.of());
        peer.sync(graph::answer);
        Hash base = graph.compact(Compaction.everything()).base().orElseThrow();
        if (isSealed) {
            graph.inside().store().seal();
        }
        wall.move(1);
        graph.set("n0", "name", "later");
        peer.sync(graph::answer);
        seen = Replicas.seen(graph);
        graph.close();
        damage(base);
    }

    @AfterEach
    void close() {
        told.forEach(logger -> logger.setLevel(null));
        peer.close();
    }

    private LocalGraph open() {
        return (LocalGraph) Replicas.on(wall, "ann").directory(directory).open(Replicas.ANYTHING);
    }

    /** Flips a bit in the first part of a base. */
    private void damage(Hash base) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".segment")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                byte[] head =
                        ByteBuffer.allocate(2 + Hash.BYTES)
                                .put((byte) 1)
                                .put(EntryRecord.BASE_PART)
                                .put(base.toArray())
                                .array();
                int at = DamagedEntryTest.find(bytes, head);
                if (at > 0) {
                    bytes[at + StoredBase.PART_HEAD_BYTES + 20] ^= 1;
                    Files.write(file, bytes);
                    return;
                }
            }
        }
        throw new AssertionError("no base in the store");
    }

    @Test
    void allShowsAndComesAgainFromAPeer() throws IOException {
        compact(false);
        LocalGraph graph = open();
        assertThat(Replicas.seen(graph)).isEqualTo(seen);
        assertThat(graph.sync(peer::answer).equal()).isTrue();
        whole(graph);
    }

    @Test
    void whoNeedsItIsToldAndThenItComesAgain() throws IOException {
        compact(true);
        LocalGraph graph = open();
        assertThatThrownBy(() -> graph.asOf(Instant.ofEpochMilli(2_000_000)))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("sync with a peer");
        graph.asOf(Instant.ofEpochMilli(2_000_000)); // as far as it can be read
        graph.sync(peer::answer);
        whole(graph);
    }

    @Test
    void nothingIsCompactedWhileItLacks() throws IOException {
        compact(true);
        LocalGraph graph = open();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> graph.compact(Compaction.everything()))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("sync with a peer");
        }
        graph.sync(peer::answer);
        whole(graph);
    }

    @Test
    void itIsNotGivenAway() throws IOException {
        compact(false);
        LocalGraph graph = open();
        LocalGraph fresh = Replicas.open(wall, "fresh", Replicas.ANYTHING);
        assertThat(fresh.sync(graph::answer).equal()).isFalse();
        assertThat(fresh.sync(peer::answer).equal()).isTrue();
        assertThat(fresh.sync(graph::answer).equal()).isTrue();
        whole(graph);
        fresh.close();
    }

    @Test
    void whoAsksForItIsToldToComeAgain() throws IOException {
        compact(true);
        LocalGraph graph = open();
        LocalGraph fresh = Replicas.open(wall, "fresh", Replicas.ANYTHING);
        assertThatThrownBy(() -> fresh.sync(graph::answer))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("cannot be read");
        assertThat(fresh.sync(graph::answer).equal()).isFalse();
        assertThat(peer.sync(graph::answer).equal()).isTrue();
        assertThat(fresh.sync(graph::answer).equal()).isTrue();
        whole(graph);
        fresh.close();
    }

    @Test
    void whoAsksBeyondItsEndCostsNothing() {
        peer.addNode("Thing", "n", Row.of());
        Hash base = peer.compact(Compaction.everything()).base().orElseThrow();
        byte[] beyond = new SyncMessage.FetchBase(peer.name(), base, 1 << 20).encode();
        assertThat(SyncMessage.decode(peer.answer(beyond))).isInstanceOf(SyncMessage.Refusal.class);
        LocalGraph fresh = Replicas.open(wall, "fresh", Replicas.ANYTHING);
        assertThat(fresh.sync(peer::answer).equal()).isTrue();
        assertThat(Replicas.seen(fresh)).isEqualTo(Replicas.seen(peer));
        fresh.close();
    }

    @Test
    void aPeerWhoCompactedItGivesHisBase() throws IOException {
        compact(false);
        peer.compact(Compaction.everything());
        LocalGraph graph = open();
        assertThat(graph.sync(peer::answer).equal()).isTrue();
        whole(graph);
    }

    @Test
    void withoutACheckpointItComesAgainToo() throws IOException {
        compact(false);
        Files.delete(directory.resolve("checkpoint"));
        LocalGraph graph = open();
        assertThat(graph.sync(peer::answer).equal()).isTrue();
        assertThat(Replicas.seen(graph)).isEqualTo(seen);
        whole(graph);
    }

    /** Nothing is lost, whatever is done. */
    private void whole(LocalGraph graph) {
        assertThat(Replicas.seen(graph)).isEqualTo(seen);
        graph.asOf(Instant.ofEpochMilli(2_000_000)).nodes();
        LocalGraph fresh = Replicas.open(wall, "later", Replicas.ANYTHING);
        fresh.sync(graph::answer); // what came again may stand behind what follows it
        assertThat(fresh.sync(graph::answer).equal()).isTrue();
        assertThat(Replicas.seen(fresh)).isEqualTo(seen);
        fresh.close();
        graph.checkpoint();
        graph.close();
        LocalGraph again = open();
        assertThat(Replicas.seen(again)).isEqualTo(seen);
        again.compact(Compaction.everything());
        again.close();
        LocalGraph compacted = open();
        assertThat(Replicas.seen(compacted)).isEqualTo(seen);
        compacted.close();
    }
}
