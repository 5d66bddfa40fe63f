package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.testkit.KeptLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes that somebody made on purpose: what stands around them, check sums and names, is right, so
 * that they come as far as a decoder. Laws G4, G17, G35, G57 and G60.
 */
class HostileBytesTest {
    private static final int ROUNDS = Integer.getInteger("orrery.hostile", 1_000);

    /** What is told of bytes that cannot be used, once for each. */
    private final List<Logger> told =
            Stream.of(Checkpoint.class, OperationBuffer.class)
                    .map(teller -> Logger.getLogger(teller.getName()))
                    .toList();

    @BeforeEach
    void beSilent() {
        told.forEach(logger -> logger.setLevel(Level.OFF));
    }

    @AfterEach
    void speak() {
        told.forEach(logger -> logger.setLevel(null));
    }

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);

    @TempDir private Path directory;

    private static void rounds(Consumer<Random> round) {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            try {
                round.accept(new Random(seed));
            } catch (RuntimeException | Error broken) {
                throw new AssertionError("seed " + seed, broken);
            }
        }
    }

    /** Bytes with a few of them changed, a stretch taken out, put in twice, or the end cut off. */
    private static byte[] bent(byte[] good, int from, Random random) {
        int length = good.length - from;
        int begin = from + random.nextInt(length);
        int end = Math.min(good.length, begin + 1 + random.nextInt(24));
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(good, begin);
            case 1 ->
                    joined(Arrays.copyOf(good, begin), Arrays.copyOfRange(good, end, good.length));
            case 2 ->
                    joined(Arrays.copyOf(good, end), Arrays.copyOfRange(good, begin, good.length));
            case 3 -> {
                byte[] bent = good.clone();
                Arrays.fill(bent, begin, end, (byte) (random.nextBoolean() ? 0xff : 0x7f));
                yield bent;
            }
            default -> {
                byte[] bent = good.clone();
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    bent[from + random.nextInt(length)] = (byte) random.nextInt();
                }
                yield bent;
            }
        };
    }

    private static byte[] joined(byte[] left, byte[] right) {
        byte[] joined = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, joined, left.length, right.length);
        return joined;
    }

    private static byte[] deflated(byte[] plain) {
        try (Deflater deflater = new Deflater(1, true)) {
            deflater.setInput(plain);
            deflater.finish();
            byte[] out = new byte[plain.length + 1_024];
            return Arrays.copyOf(out, deflater.deflate(out));
        }
    }

    private LocalGraph graph(SegmentLog log) {
        return Replicas.open(wall, "ann", Replicas.ANYTHING, log);
    }

    /** Nodes, edges, removals, what is erased, and what is said about the schema. */
    private static void fill(Graph graph) {
        for (int i = 0; i < 12; i++) {
            graph.addNode("Thing", "n" + i, Row.of("name", "n" + i, "size", i, "part", 0.5 * i));
        }
        for (int i = 0; i < 10; i++) {
            graph.addEdge("joins", "e" + i, "n" + i, "n" + (i + 1), Row.of("w", i));
        }
        graph.removeNode("n3");
        graph.unset("n4", "size");
        graph.set("n5", "name", List.of(true, "x"));
        graph.extend(graph.ontology().extend().node("More", more -> more.text("t")).build());
    }

    @Test
    void aBaseOfHostileBytesIsRefusedAndChangesNothing() {
        LocalGraph graph = graph(SegmentLog.inMemory());
        fill(graph);
        graph.compact(Compaction.everything());
        StoredBase stored = graph.inside().store().bases().getFirst();
        byte[] plain =
                new PackedBase(
                                stored.hash(),
                                graph.inside().store().part(stored, 0),
                                Optional.empty())
                        .open()
                        .encode();
        LocalGraph other = Replicas.open(wall, "bob", Replicas.ANYTHING);
        rounds(random -> {
            byte[] bent = bent(plain, 0, random);
            PackedBase packed =
                    new PackedBase(Hash.of(bent), Bytes.of(deflated(bent)), Optional.empty());
            try {
                packed.open();
            } catch (Invalid | LimitExceeded | Unsupported expected) {
                Bytes before = other.inside().index().fingerprint().digest();
                try {
                    other.inside().bases().merge(packed);
                    throw new AssertionError("it was taken in");
                } catch (Invalid | LimitExceeded | Unsupported refused) {
                    assertThat(other.inside().index().fingerprint().digest()).isEqualTo(before);
                }
            }
        });
        other.sync(graph::answer);
        assertThat(other.stateHash()).isEqualTo(graph.stateHash());
    }

    @Test
    void aBaseOfAnotherVersionIsRefusedByName() {
        SegmentLog disk = new KeptLog();
        LocalGraph graph = graph(disk);
        fill(graph);
        byte[] plain =
                new Base(
                                "any",
                                Base.Rows.of(graph.inside().index(), graph.inside().index().held()),
                                graph.heads(),
                                graph.inside().state())
                        .encode();
        assertThat(plain[1]).isEqualTo((byte) Base.VERSION);
        plain[1]--;
        PackedBase earlier =
                new PackedBase(Hash.of(plain), Bytes.of(deflated(plain)), Optional.empty());
        LocalGraph other = Replicas.open(wall, "bob", Replicas.ANYTHING);
        assertThatThrownBy(() -> other.inside().bases().merge(earlier))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("base of version 1");
        int[] numbers = graph.inside().index().held().stream().toArray();
        graph.inside().store().append(earlier, numbers, true, List.of());
        graph.close();
        assertThatThrownBy(() -> graph(disk)) // rather than without what was compacted
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("base of version 1");
    }

    @Test
    void aChunkOfHostileBytesIsRefused() {
        LocalGraph graph = graph(SegmentLog.inMemory());
        fill(graph);
        byte[] plain = inflated(EntryChunk.encode(List.copyOf(Replicas.entries(graph))));
        byte[] digest = Arrays.copyOf(plain, Fingerprint.BYTES);
        rounds(random -> {
            byte[] bent = bent(plain, Fingerprint.BYTES, random);
            byte[] inner =
                    Arrays.copyOfRange(bent, Math.min(Fingerprint.BYTES, bent.length), bent.length);
            try {
                EntryChunk.decode(joined(digest, deflated(inner)), new EntryCodec());
                assertThat(bent).isEqualTo(plain); // the digest is of the entries that were there
            } catch (Invalid | LimitExceeded | Unsupported expected) {
                assertThat(bent).isNotEqualTo(plain);
            }
        });
    }

    /** The digest, then what follows it as it is when it is not deflated. */
    private static byte[] inflated(byte[] chunk) {
        try (java.util.zip.Inflater inflater = new java.util.zip.Inflater(true)) {
            inflater.setInput(chunk, Fingerprint.BYTES, chunk.length - Fingerprint.BYTES);
            byte[] out = new byte[1 << 20];
            return joined(
                    Arrays.copyOf(chunk, Fingerprint.BYTES),
                    Arrays.copyOf(out, inflater.inflate(out)));
        } catch (java.util.zip.DataFormatException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void aCheckpointOfHostileBytesIsUsedOrNot() throws IOException {
        Path home = directory.resolve("graph");
        Graphs graphs = Graphs.on(Replicas.timeline()).clock(wall).replica("ann").directory(home);
        try (Graph graph = graphs.open(Replicas.ANYTHING)) {
            fill(graph);
            graph.checkpoint();
        }
        Path file = home.resolve("checkpoint");
        byte[] good = Files.readAllBytes(file);
        byte[] body = Arrays.copyOf(good, good.length - Long.BYTES);
        rounds(random -> {
            byte[] bent = bent(body, 0, random);
            CRC32C check = new CRC32C();
            check.update(bent);
            byte[] sum =
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(check.getValue())
                            .array();
            try {
                Files.write(file, joined(bent, sum));
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
            Checkpoint.read(file, "any") // whatever it is, opening goes on
                    .ifPresent(found -> {
                        found.state().begin();
                        found.state().slots(); // and what rests in it can be read
                    });
        });
    }

    @Test
    void aBufferOfHostileRecordsIsRefusedOrDrains() {
        SegmentLog log = SegmentLog.inMemory();
        try (OperationBuffer buffer = OperationBuffer.on(log)) {
            buffer.addNode("Thing", "a", Row.of("zone", 1));
            buffer.addNode("Thing", "b", Row.of());
            buffer.set("a", "zone", 2);
            buffer.addEdge("joins", "ab", "a", "b", Row.of());
            buffer.removeNode("b");
            buffer.addEdge("unheard of", "x", "a", "b", Row.of());
            LocalGraph graph = graph(SegmentLog.inMemory());
            try {
                buffer.drain(graph);
                throw new AssertionError("the last one is of nothing");
            } catch (UserFailure expected) {
                assertThat(buffer.size()).isEqualTo(1);
            }
            List<byte[]> records = records(log);
            rounds(random -> drainBent(records, random));
        }
    }

    private static List<byte[]> records(SegmentLog log) {
        return log.read(log.start() - 1, 1_000).stream().map(SegmentLog.Entry::bytes).toList();
    }

    private void drainBent(List<byte[]> records, Random random) {
        SegmentLog log = SegmentLog.inMemory();
        int which = random.nextInt(records.size());
        for (int i = 0; i < records.size(); i++) {
            log.append(i == which ? bent(records.get(i), 0, random) : records.get(i));
        }
        try (OperationBuffer buffer = OperationBuffer.on(log);
                LocalGraph graph = graph(SegmentLog.inMemory())) {
            buffer.drain(graph);
        } catch (Invalid | LimitExceeded | Unsupported | UserFailure expected) {
            // a clear answer
        }
    }
}
