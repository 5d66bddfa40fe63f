package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was erased is nowhere any more. */
class ErasureTest {
    private static final String SECRET = "what nobody is to know";

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final List<LocalGraph> opened = new ArrayList<>();

    @TempDir Path directory;

    private LocalGraph open(String name) {
        LocalGraph graph =
                (LocalGraph)
                        Replicas.on(wall, name)
                                .directory(directory.resolve(name))
                                .open(Replicas.ANYTHING);
        opened.add(graph);
        return graph;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(LocalGraph::close);
    }

    private LocalGraph told() {
        LocalGraph graph = open("told");
        graph.addNode("Thing", "kept", Row.of("name", "K"));
        graph.addNode("Thing", "person", Row.of("name", SECRET));
        graph.set("person", "name", SECRET + " either");
        graph.set("person", "name", "overwritten");
        return graph;
    }

    private boolean isKnownTo(String name) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(name))) {
            for (Path file : files.toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(SECRET)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isInABase(LocalGraph graph) {
        EntryStore store = graph.inside().store();
        return store.bases().stream()
                .map(base -> store.whole(base).base().open().state().slot("person"))
                .anyMatch(slot -> slot != null && !slot.entity().isEmpty());
    }

    private void assertGone(LocalGraph... graphs) throws IOException {
        for (LocalGraph graph : graphs) {
            assertThat(isKnownTo(graph.replica())).as(graph.replica()).isFalse();
            assertThat(isInABase(graph)).as(graph.replica()).isFalse();
            assertThat(graph.node("person")).isEmpty();
            assertThat(graph.node("kept")).isPresent();
        }
    }

    @Test
    void isInNoFileAnyMoreAndItsHashesSayWhatItWas() throws IOException { // law G62
        LocalGraph graph = told();
        List<Hash> about =
                Replicas.entries(graph).stream()
                        .filter(entry -> entry.operation().toString().contains("person"))
                        .map(Entry::hash)
                        .toList();
        graph.checkpoint();
        assertThat(isKnownTo("told")).isTrue();
        Erased erased = graph.erase(Set.of("person"));
        assertThat(erased.entries()).isEqualTo(about);
        assertThat(erased.by()).hasSize(1);
        assertThat(erased.base()).isEqualTo(graph.compact(Compaction.everything()).base().get());
        assertGone(graph);
        graph.close();
        assertGone(open("told"));
    }

    @Test
    void othersDropItWhenTheyLearnOfIt() throws IOException { // law G62
        LocalGraph graph = told();
        LocalGraph plain = open("plain");
        LocalGraph compacted = open("compacted");
        plain.sync(graph::answer);
        compacted.sync(graph::answer);
        compacted.compact(Compaction.everything());
        assertThat(isInABase(compacted)).isTrue();

        graph.erase(List.of("person"));
        plain.sync(graph::answer);
        compacted.sync(plain::answer);
        assertGone(graph, plain, compacted);
        LocalGraph fresh = open("fresh");
        fresh.sync(compacted::answer);
        assertGone(fresh);
        assertThat(Replicas.seen(fresh)).isEqualTo(Replicas.seen(graph));
    }

    @Test
    void whoWasNotToldCannotBringItBack() throws IOException { // law G62
        LocalGraph graph = told();
        LocalGraph unaware = open("unaware");
        unaware.sync(graph::answer);
        graph.erase(List.of("person"));
        unaware.addNode("Thing", "news", Row.of());
        unaware.compact(Compaction.everything());
        graph.sync(unaware::answer);
        assertThat(graph.node("news")).isPresent();
        assertGone(graph, unaware);
    }

    @Test
    void whatOthersWroteUnseenStays() throws IOException {
        LocalGraph graph = told();
        LocalGraph other = open("other");
        other.sync(graph::answer);
        other.addNode("Thing", "person", Row.of("name", "another"));
        graph.erase(List.of("person"));
        graph.sync(other::answer);
        assertThat(graph.node("person").orElseThrow().text("name")).isEqualTo("another");
        assertThat(isKnownTo("told")).isFalse();
        assertThat(isKnownTo("other")).isFalse();
        assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(other));
    }

    @Test
    void isFinishedAfterACrash() throws IOException { // law G62
        LocalGraph graph = told();
        State.Slot person = graph.inside().state().slot("person");
        graph.inside().write(new Operation.Erase("person", person.entity().seen()));
        graph.close(); // as if it had died before the bytes were dropped
        assertThat(isKnownTo("told")).isTrue();
        assertGone(open("told"));
    }

    /** A store that dies before it drops anything. */
    private record DiesDropping(SegmentLog log) implements SegmentLog {
        @Override
        public long append(byte[] record) {
            return log.append(record);
        }

        @Override
        public long appendAll(List<byte[]> records) {
            return log.appendAll(records);
        }

        @Override
        public List<SegmentLog.Entry> read(long after, int max) {
            return log.read(after, max);
        }

        @Override
        public long start() {
            return log.start();
        }

        @Override
        public long end() {
            return log.end();
        }

        @Override
        public void truncateBefore(long position) {
            throw new OrreryException.StorageFailure(
                    OrreryException.StorageFailure.Kind.UNREADABLE, "the test's disk", null);
        }

        @Override
        public void seal() {
            log.seal();
        }

        @Override
        public List<Damage> damage() {
            return log.damage();
        }

        @Override
        public long cutBytes() {
            return log.cutBytes();
        }

        @Override
        public void close() {
            log.close();
        }
    }

    @Test
    void isFinishedWhenItDiedBeforeAnythingWasDropped() throws IOException { // law G62
        Path where = directory.resolve("told");
        Graph graph =
                Replicas.on(wall, "told")
                        .log(() -> new DiesDropping(SegmentLog.open(where)))
                        .open(Replicas.ANYTHING);
        graph.addNode("Thing", "kept", Row.of("name", "K"));
        graph.addNode("Thing", "person", Row.of("name", SECRET));
        assertThatThrownBy(() -> graph.erase(Set.of("person")))
                .isInstanceOf(OrreryException.StorageFailure.class);
        graph.close();
        assertThat(isKnownTo("told")).isTrue();
        assertGone(open("told"));
    }

    /** One that has things alone, of which each but the first follows what it does not have. */
    private LocalGraph ofThings(LocalGraph from) {
        LocalGraph part = open("part");
        part.sync(from::answer, Topic.of("things").nodes("Thing"));
        assertThat(part.inside().index().loose().count()).isPositive();
        return part;
    }

    private LocalGraph toldAmongOthers() {
        LocalGraph graph = open("told");
        graph.addNode("Other", "o", Row.of());
        graph.addNode("Thing", "kept", Row.of("name", "K"));
        graph.addNode("Thing", "person", Row.of("name", SECRET));
        graph.set("person", "name", "overwritten");
        return graph;
    }

    @Test
    void whatIsLooseIsErasedToo() throws IOException { // laws G62, G65
        LocalGraph graph = toldAmongOthers();
        LocalGraph part = ofThings(graph);
        assertThat(isKnownTo("part")).isTrue();
        part.erase(Set.of("person"));
        assertGone(part);
        part.sync(graph::answer, Topic.of("things").nodes("Thing"));
        assertGone(part, graph);
        part.close();
        LocalGraph again = open("part");
        assertGone(again);
        again.sync(graph::answer);
        assertGone(again);
        assertThat(Replicas.seen(again)).isEqualTo(Replicas.seen(graph));
    }

    @Test
    void whoHasATopicLearnsOfAnErasure() throws IOException { // laws G62, G68
        LocalGraph graph = toldAmongOthers();
        LocalGraph part = ofThings(graph);
        graph.erase(Set.of("person"));
        part.sync(graph::answer, Topic.of("things").nodes("Thing"));
        assertGone(part, graph);
    }

    @Test
    void anErasureDoesNotComeWithoutWhatItFollows() throws IOException { // laws G62, G65
        LocalGraph graph = toldAmongOthers();
        LocalGraph unaware = open("unaware");
        unaware.sync(graph::answer);
        LocalGraph part = ofThings(graph);
        State.Slot person = graph.inside().state().slot("person");
        graph.inside().write(new Operation.Erase("person", person.entity().seen()));
        Synced early = part.sync(graph::answer, Topic.of("things").nodes("Thing"));
        assertThat(early.equal()).isFalse();
        assertThat(early.waiting()).isEqualTo(1);

        graph.close(); // and what was broken off is done when it is opened
        LocalGraph done = open("told");
        part.sync(done::answer, Topic.of("things").nodes("Thing"));
        assertGone(part, done);
        unaware.addNode("Thing", "news", Row.of());
        part.sync(unaware::answer); // who brings what was said of it
        assertThat(part.node("news")).isPresent();
        assertGone(part);
    }
}
