package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.Row;
import dev.orrery.testkit.Told;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries whose record the disk damaged, where a checkpoint knows that they are there. Law G73. */
class DamagedEntryTest {
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final LocalGraph peer = Replicas.open(wall, "bob", Replicas.ANYTHING);
    private final List<String> told = new ArrayList<>();
    private final Told telling = Told.by(UnreadableEntries.class, told);
    private final Logger opening = Logger.getLogger(Opening.class.getName());

    @TempDir private Path directory;

    private Path store;
    private List<Entry> written = List.of();
    private List<Object> seen = List.of();

    /** Two segments that a checkpoint covers, with entries of two; the first is sealed. */
    @BeforeEach
    void write() {
        opening.setLevel(Level.OFF);
        store = directory.resolve("ann");
        LocalGraph graph = open();
        for (int i = 0; i < 4; i++) {
            wall.move(1);
            graph.addNode("Thing", "n" + i, Row.of("name", "n" + i));
        }
        peer.sync(graph::answer);
        for (int i = 0; i < 3; i++) {
            wall.move(1);
            peer.set("n" + i, "size", 10L + i);
        }
        peer.sync(graph::answer); // a record of several entries
        graph.inside().store().seal();
        for (int i = 0; i < 3; i++) {
            wall.move(1);
            graph.addEdge("joins", "e" + i, "n" + i, "n" + (i + 1), Row.of());
        }
        peer.sync(graph::answer);
        graph.checkpoint();
        wall.move(1);
        graph.set("n0", "size", 11L);
        peer.sync(graph::answer);
        written = Replicas.entries(graph);
        seen = Replicas.seen(graph);
        graph.close();
    }

    @AfterEach
    void close() {
        telling.close();
        opening.setLevel(null);
        peer.close();
    }

    private LocalGraph open() {
        return (LocalGraph) Replicas.on(wall, "ann").directory(store).open(Replicas.ANYTHING);
    }

    // ---- damage

    private void damage(Entry entry) {
        change(entry, false);
    }

    private void bend(Entry entry) {
        change(entry, true);
    }

    /** Flips a bit in an entry's bytes on the disk; with a check sum that fits, or with none. */
    private void change(Entry entry, boolean fits) {
        try (var files = Files.list(store)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                int at = find(bytes, entry.content());
                if (at >= 0 && file.toString().endsWith(".segment")) {
                    bytes[at + 40] ^= 1;
                    if (fits) {
                        sum(bytes, at);
                    }
                    Files.write(file, bytes);
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("not in the store: " + entry);
    }

    /** Where it is last: an entry that came again is where it counts. */
    static int find(byte[] in, byte[] wanted) {
        for (int at = in.length - wanted.length; at >= 0; at--) {
            if (Arrays.equals(in, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    /** Writes the check sum of the record that a place is in: length, sum, position, bytes. */
    private static void sum(byte[] file, int place) {
        ByteBuffer in = ByteBuffer.wrap(file);
        int at = 24;
        while (at + 16 + in.getInt(at) <= place) {
            at += 16 + in.getInt(at);
        }
        CRC32C sum = new CRC32C();
        sum.update(file, at + 8, Long.BYTES + in.getInt(at));
        in.putInt(at + 4, (int) sum.getValue());
    }

    // ---- what is seen of it

    @Test
    void whatADamagedRecordHeldComesAgainInItsPlace() {
        for (Entry entry : written.subList(0, written.size() - 1)) {
            damage(entry);
            comesAgain(entry);
        }
    }

    @Test
    void anEntryThatIsNoneAnyMoreComesAgainInItsPlace() {
        for (Entry entry : written.subList(0, written.size() - 1)) {
            bend(entry);
            comesAgain(entry);
        }
    }

    private void comesAgain(Entry entry) {
        LocalGraph graph = open();
        assertThat(Replicas.seen(graph)).as("all shows, of " + entry).isEqualTo(seen);
        assertThat(Replicas.entries(graph))
                .isSubsetOf(written)
                .doesNotContain(entry)
                .hasSizeGreaterThanOrEqualTo(written.size() - 3);
        assertThat(told).as("told of " + entry).hasSize(1);
        told.clear();
        LocalGraph fresh = Replicas.open(wall, "fresh", Replicas.ANYTHING);
        boolean isRoot = entry.author().isEmpty(); // which every replica has
        assertThat(fresh.sync(graph::answer).equal()).isEqualTo(isRoot);
        assertThat(graph.sync(fresh::answer).equal()).isEqualTo(isRoot);
        assertThat(graph.sync(peer::answer).equal()).isTrue();
        whole(graph);
        assertThat(fresh.sync(graph::answer).equal()).isTrue();
        assertThat(Replicas.seen(fresh)).isEqualTo(seen);
        fresh.close();
        graph.close();
        graph = open();
        whole(graph);
        graph.checkpoint();
        graph.close();
        graph = open();
        whole(graph);
        graph.close();
        Path checkpoint = store.resolve("checkpoint");
        byte[] kept = read(checkpoint);
        checkpoint.toFile().delete();
        graph = open();
        whole(graph);
        graph.close();
        write(checkpoint, kept);
        assertThat(told).isEmpty();
    }

    private void whole(LocalGraph graph) {
        assertThat(Replicas.entries(graph)).isEqualTo(written);
        assertThat(Replicas.seen(graph)).isEqualTo(seen);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsFoundAtOpeningComesWithTheNextSync() {
        damage(written.get(9)); // in the newest segment, which is looked through
        LocalGraph graph = open();
        assertThat(graph.sync(peer::answer).received()).isEqualTo(1);
        whole(graph);
        graph.close();
    }

    @Test
    void aPeerWhoHasItBringsItToo() {
        damage(written.get(9));
        LocalGraph graph = open();
        assertThat(peer.sync(graph::answer).equal()).isTrue();
        whole(graph);
        graph.close();
    }

    @Test
    void allOfItIsReadAgainAfterEverythingWasDamaged() {
        written.subList(0, written.size() - 1).forEach(this::damage);
        LocalGraph graph = open();
        assertThat(Replicas.entries(graph)).hasSize(1);
        assertThat(graph.sync(peer::answer).equal()).isTrue();
        whole(graph);
        assertThat(Replicas.entries(graph)).isEqualTo(written);
        graph.close();
    }

    @Test
    void writingGoesOnBehindIt() {
        Entry last = written.get(written.size() - 2); // the newest that the checkpoint covers
        damage(last);
        LocalGraph graph = open();
        graph.addNode("Thing", "more", Row.of());
        assertThat(graph.sync(peer::answer).equal()).isTrue();
        assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(peer));
        assertThat(Replicas.entries(graph)).startsWith(written.toArray(Entry[]::new));
        assertThat(graph.vector().newest().get("ann").sequence()).isEqualTo(9);
        graph.close();
    }

    @Test
    void nothingIsCompactedWhileItLacks() { // law G60
        for (Entry entry : written.subList(1, written.size() - 1)) {
            damage(entry);
            LocalGraph graph = open();
            assertThatThrownBy(() -> graph.compact(Compaction.everything()))
                    .isInstanceOf(Conflict.class)
                    .hasMessageContaining("sync with a peer first");
            assertThat(Replicas.seen(graph)).isEqualTo(seen);
            graph.sync(peer::answer);
            graph.close();
        }
        LocalGraph graph = open();
        graph.compact(Compaction.everything());
        graph.close();
        LocalGraph again = open();
        assertThat(Replicas.seen(again)).isEqualTo(seen);
        again.close();
    }

    @Test
    void whoHasItInABaseGivesThat() {
        peer.compact(Compaction.everything());
        for (Entry entry : List.of(written.get(2), written.get(6), written.get(9))) {
            damage(entry);
        }
        LocalGraph graph = open();
        Replicas.entries(graph);
        assertThat(graph.sync(peer::answer).equal()).isTrue();
        assertThat(Replicas.seen(graph)).isEqualTo(seen);
        LocalGraph fresh = Replicas.open(wall, "fresh", Replicas.ANYTHING);
        assertThat(fresh.sync(graph::answer).equal()).isTrue();
        assertThat(Replicas.seen(fresh)).isEqualTo(seen);
        assertThat(graph.compact(Compaction.everything()).base()).isPresent();
        graph.close();
        fresh.close();
        LocalGraph again = open();
        assertThat(Replicas.seen(again)).isEqualTo(seen);
        again.close();
    }

    @Test
    void aTopicHasWhatCameAgain() { // law G68
        Topic things = Topic.of("things").nodes("Thing");
        damage(written.get(2)); // which adds n1
        LocalGraph graph = open();
        LocalGraph early = Replicas.open(wall, "early", Replicas.ANYTHING);
        early.sync(graph::answer, things);
        graph.sync(peer::answer);
        LocalGraph late = Replicas.open(wall, "late", Replicas.ANYTHING);
        late.sync(graph::answer, things);
        assertThat(late.nodes().list()).isEqualTo(graph.nodes().list());
        early.close();
        late.close();
        graph.close();
    }

    @Test
    void aLooseOneComesAgainWithItsTopic() {
        Topic edges = Topic.of("edges").nodes("Thing").edges("joins");
        peer.addNode("Other", "o", Row.of());
        peer.set("n3", "name", "loose");
        store = directory.resolve("cat");
        LocalGraph graph = (LocalGraph) topical();
        graph.sync(peer::answer, edges);
        List<Entry> had = Replicas.entries(graph);
        graph.checkpoint();
        graph.addNode("Thing", "own", Row.of());
        graph.close();
        damage(had.getLast());
        graph = (LocalGraph) topical();
        assertThat(Replicas.entries(graph)).doesNotContain(had.getLast());
        assertThat(graph.sync(peer::answer, edges).equal()).isTrue();
        assertThat(Replicas.entries(graph)).startsWith(had.toArray(Entry[]::new));
        graph.close();
    }

    private Graph topical() {
        return Replicas.on(wall, "cat").directory(store).open(Replicas.ANYTHING);
    }
}
