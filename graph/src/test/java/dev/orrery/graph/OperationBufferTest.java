package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Subscription;
import dev.orrery.testkit.InterceptedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes to a graph that is not open. Law G57. */
class OperationBufferTest {
    private static final Ontology TOWN =
            Ontology.define("town")
                    .node("Place", place -> place.integer("zone"))
                    .edge("near", near -> near.from("Place").to("Place"))
                    .build();

    @TempDir private Path directory;

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    private OperationBuffer buffer() {
        return OperationBuffer.open(directory.resolve("buffer"));
    }

    private static void five(OperationBuffer buffer) {
        buffer.addNode("Place", "a", Row.of("zone", 1));
        buffer.addNode("Place", "b", Row.of());
        buffer.set("a", "zone", 2);
        buffer.addEdge("near", "ab", "a", "b", Row.of());
        buffer.removeNode("b");
    }

    @Test
    @DisplayName("AC-171 drained in order, with events, once; reading drains nothing")
    void drainedInOrderAndOnce() {
        try (OperationBuffer buffer = buffer()) {
            five(buffer);
            assertThat(buffer.operations()).hasSize(5);
        }
        try (OperationBuffer buffer = buffer();
                LocalGraph graph = Replicas.open(wall, "a", TOWN);
                Subscription<Entry> entries = graph.subscribe()) {
            assertThat(buffer.operations()).hasSize(5);
            assertThat(buffer.size()).isEqualTo(5);
            assertThat(buffer.drain(graph)).isEqualTo(5);
            assertThat(entries.nextBatch(10, Duration.ZERO))
                    .extracting(entry -> entry.operation().name())
                    .containsExactly("add node", "add node", "set", "add edge", "remove");
            assertThat(graph.nodes().keys()).containsExactly("a");
            assertThat(graph.node("a").orElseThrow().properties().value("zone")).isEqualTo(2L);
            assertThat(graph.edges().list()).isEmpty();
            assertThat(buffer.size()).isZero();
            assertThat(buffer.drain(graph)).isZero();
            assertThat(graph.entryCount()).isEqualTo(6);
        }
        try (OperationBuffer buffer = buffer()) {
            assertThat(buffer.size()).isZero();
        }
    }

    @Test
    @DisplayName("AC-172 every truncation and every flipped byte costs what it hits, and is told")
    void aTornEndCostsItselfAndIsTold() throws IOException {
        Path original = directory.resolve("buffer");
        try (OperationBuffer buffer = buffer()) {
            five(buffer);
        }
        Path file = segment(original);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            Path torn = copy(file, Arrays.copyOf(whole, at), "torn" + at);
            try (OperationBuffer buffer = OperationBuffer.open(torn)) {
                int kept = buffer.size();
                assertThat(kept).isLessThan(5);
                assertThat(buffer.operations()).isEqualTo(all(original).subList(0, kept));
            }
            byte[] flipped = whole.clone();
            flipped[at] ^= 1;
            Path damaged = copy(file, flipped, "damaged" + at);
            try (OperationBuffer buffer = OperationBuffer.open(damaged);
                    LocalGraph graph = Replicas.open(wall, "a", TOWN)) {
                if (buffer.size() < 5) {
                    assertThat(buffer.damage().isEmpty() && buffer.cutBytes() == 0).isFalse();
                }
                assertThat(all(original)).containsSubsequence(buffer.operations());
                if (buffer.operations().equals(all(original).subList(0, buffer.size()))) {
                    assertThat(buffer.drain(graph)).isEqualTo(graph.entryCount() - 1);
                }
            }
        }
    }

    private static List<Operation> all(Path of) {
        try (OperationBuffer buffer = OperationBuffer.open(of)) {
            return buffer.operations();
        }
    }

    private static Path segment(Path of) throws IOException {
        try (var files = Files.list(of)) {
            return files.filter(each -> !each.endsWith("lock")).findFirst().orElseThrow();
        }
    }

    private Path copy(Path file, byte[] bytes, String to) throws IOException {
        Path copy = Files.createDirectory(directory.resolve(to));
        Files.write(copy.resolve(file.getFileName()), bytes);
        return copy;
    }

    @Test
    @DisplayName("AC-173 what is refused is named and waits, with all behind it")
    void whatIsRefusedWaits() {
        try (OperationBuffer buffer = buffer();
                LocalGraph graph = Replicas.open(wall, "a", TOWN)) {
            buffer.addNode("Place", "a", Row.of());
            buffer.addNode("Place", "b", Row.of());
            buffer.addNode("Place", "c", Row.of("zone", "not a number"));
            buffer.addNode("Place", "d", Row.of());
            buffer.addNode("Place", "e", Row.of());
            assertThatThrownBy(() -> buffer.drain(graph))
                    .isInstanceOf(UserFailure.class)
                    .hasMessageContaining("3: AddNode[id=c");
            assertThat(graph.nodes().keys()).containsExactly("a", "b");
            assertThat(buffer.size()).isEqualTo(3);
            graph.extend(graph.ontology().extend().node("More", more -> {}).build());
            assertThatThrownBy(() -> buffer.drain(graph)).hasMessageContaining("1: AddNode[id=c");
        }
    }

    /** What a crash leaves of either log: everything up to some append, whichever came last. */
    private static final class Crashing extends InterceptedLog {
        private final int[] left;

        private Crashing(SegmentLog log, int[] left) {
            super(log);
            this.left = left;
        }

        @Override
        public long appendAll(List<byte[]> records) {
            if (left[0]-- <= 0) {
                throw new Closed("the log of a process that was killed");
            }
            return super.appendAll(records);
        }

        @Override
        public void close() {} // the next life opens it again
    }

    @Test
    @DisplayName("AC-173 whatever the append at which a drain is cut off, each write is made once")
    void whateverTheMomentOfACrashEachIsMadeOnce() {
        List<Long> counts = new ArrayList<>();
        for (int crash = 0; crash < 25; crash++) {
            SegmentLog store = SegmentLog.inMemory();
            SegmentLog kept = SegmentLog.inMemory();
            five(OperationBuffer.on(new Crashing(kept, new int[] {100})));
            Replicas.open(wall, "a", TOWN, new Crashing(store, new int[] {100})).close();
            int[] left = {crash};
            try {
                OperationBuffer buffer = OperationBuffer.on(new Crashing(kept, left));
                LocalGraph graph = Replicas.open(wall, "a", TOWN, new Crashing(store, left));
                buffer.drain(graph);
            } catch (Closed killed) {
                assertThat(left[0]).isNegative();
            }
            try (OperationBuffer buffer = OperationBuffer.on(kept);
                    LocalGraph graph = Replicas.open(wall, "a", TOWN, store)) {
                buffer.drain(graph);
                counts.add(graph.entryCount());
                assertThat(graph.nodes().keys()).containsExactly("a");
            }
        }
        assertThat(counts).as("the root and five, whatever the moment").containsOnly(6L);
    }

    @Test
    void whatNoGraphTakesIsRefusedAtOnce() {
        try (OperationBuffer buffer = buffer()) {
            assertThatThrownBy(() -> buffer.addNode("Place", "", Row.of()))
                    .isInstanceOf(Invalid.class);
            assertThatThrownBy(() -> buffer.set("a", "text", "x".repeat(Limits.ENTRY_BYTES)))
                    .isInstanceOf(LimitExceeded.class);
            assertThat(buffer.size()).isZero();
        }
    }
}
