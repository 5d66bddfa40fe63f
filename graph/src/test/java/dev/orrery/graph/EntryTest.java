package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.testkit.Seeded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Entries: one form, everything in it counts, and hostile bytes are an expected value. */
class EntryTest {
    private static final HybridTime TIME = new HybridTime(1_700_000_000_000L, 0);

    private final EntryCodec codec = new EntryCodec();
    private final Entry root = codec.root(new Operation.Define("g", List.of()));

    private Entry entry(String author, long sequence, HybridTime time, Operation operation) {
        return codec.encode(author, sequence, null, time, List.of(root.hash()), operation);
    }

    @Test
    @DisplayName("AC-002 equal parts, equal hash; any other part, another hash")
    void everyPartIsInTheHash() {
        var operation = new Operation.AddNode("n", "T", Row.of("p", 1));
        Entry first = entry("a", 1, TIME, operation);
        assertThat(entry("a", 1, TIME, operation).hash()).isEqualTo(first.hash());
        Entry other = codec.root(new Operation.Define("h", List.of()));
        Set<Hash> hashes = new HashSet<>();
        hashes.add(first.hash());
        hashes.add(entry("b", 1, TIME, operation).hash());
        hashes.add(entry("a", 1, TIME.next(), operation).hash());
        hashes.add(entry("a", 1, TIME, new Operation.AddNode("n", "T", Row.of("p", 2))).hash());
        hashes.add(codec.encode("a", 1, null, TIME, List.of(other.hash()), operation).hash());
        hashes.add(codec.encode("a", 2, root.hash(), TIME, List.of(root.hash()), operation).hash());
        hashes.add(
                codec.encode("a", 2, other.hash(), TIME, List.of(root.hash()), operation).hash());
        assertThat(hashes).hasSize(7);
    }

    @Test
    @DisplayName("AC-013 a hash takes 34 bytes, a node without properties 110 at most")
    void entriesAreSmall() {
        CborWriter out = new CborWriter();
        out.bytes(root.hash().toArray());
        assertThat(out.toByteArray()).hasSize(34);
        Entry first = entry("abc", 1, TIME, new Operation.AddNode("node-1", "Server", Row.of()));
        Entry second =
                codec.encode(
                        "abc",
                        2,
                        first.hash(),
                        TIME.next(),
                        List.of(first.hash()),
                        new Operation.AddNode("node-2", "Server", Row.of()));
        assertThat(second.content().length).isLessThanOrEqualTo(80);
    }

    @Test
    @DisplayName("AC-014 what a newer version wrote is refused by name, whatever follows it")
    void aNewerFormatIsRefusedByName() {
        CborWriter out = new CborWriter();
        out.beginList(9);
        out.whole(2);
        for (int i = 0; i < 8; i++) {
            out.text("new");
        }
        out.end();
        assertThatThrownBy(() -> codec.decode(out.toByteArray())).isInstanceOf(Unsupported.class);
    }

    private static Operation operation(Seeded random) {
        String id = "n" + random.below(5);
        return switch (random.below(6)) {
            case 0 -> new Operation.AddNode(id, "T", random.row(List.of("a", "b", "c")));
            case 1 -> new Operation.AddEdge(id, "E", "x", "y", random.row(List.of("a", "b")));
            case 2 -> new Operation.Set(id, "p", random.valueOrNull());
            case 3 -> new Operation.Unset(id, "p");
            case 4 -> new Operation.Remove(id, new TreeMap<>(Map.of("a", 1L, "b", 7L)));
            default ->
                    new Operation.Extend(
                            Ontology.define("g")
                                    .node("T" + random.below(9), type -> type.text("name"))
                                    .build()
                                    .facts());
        };
    }

    private Entry entry(Seeded random) {
        List<Hash> parents = new ArrayList<>(List.of(root.hash()));
        for (int i = random.below(3); i > 0; i--) {
            parents.add(Hash.of(new byte[] {(byte) i}));
        }
        parents.sort(null);
        boolean first = random.oneIn(2);
        Hash previous = random.oneIn(2) ? parents.getFirst() : Hash.of(new byte[] {9});
        HybridTime time = new HybridTime(Math.abs(random.bits() >> 20), random.below(1000));
        long sequence = first ? 1 : 2 + random.below(1000);
        return codec.encode(
                "author", sequence, first ? null : previous, time, parents, operation(random));
    }

    @Test
    void whatIsWrittenIsReadBackEqualAndWrittenAlike() {
        Seeded.runs(
                2_000,
                random -> {
                    Entry entry = entry(random);
                    Entry read = codec.decode(entry.toArray());
                    assertThat(read.hash()).isEqualTo(entry.hash());
                    assertThat(read.operation()).isEqualTo(entry.operation());
                    assertThat(read.time()).isEqualTo(entry.time());
                    assertThat(read.previous()).isEqualTo(entry.previous());
                    Entry again =
                            codec.encode(
                                    read.author(),
                                    read.sequence(),
                                    read.previous().orElse(null),
                                    read.time(),
                                    read.parents(),
                                    read.operation());
                    assertThat(again.content()).isEqualTo(entry.content());
                });
    }

    @Test
    @DisplayName("AC-106 hostile bytes are refused, and what is accepted is canonical")
    void hostileBytesAreRefusedOrCanonical() {
        Seeded.runs(
                20_000,
                random -> {
                    byte[] bytes = entry(random).toArray();
                    switch (random.below(3)) {
                        case 0 -> bytes = Arrays.copyOf(bytes, random.below(bytes.length));
                        case 1 -> {
                            for (int i = 1 + random.below(4); i > 0; i--) {
                                bytes[random.below(bytes.length)] = (byte) random.bits();
                            }
                        }
                        default -> {
                            int from = random.below(bytes.length);
                            int to = from + random.below(bytes.length - from);
                            byte[] cut = new byte[bytes.length - (to - from)];
                            System.arraycopy(bytes, 0, cut, 0, from);
                            System.arraycopy(bytes, to, cut, from, bytes.length - to);
                            bytes = cut;
                        }
                    }
                    try {
                        Entry read = codec.decode(bytes.clone());
                        Entry again =
                                read.isRoot()
                                        ? codec.root((Operation.Define) read.operation())
                                        : codec.encode(
                                                read.author(),
                                                read.sequence(),
                                                read.previous().orElse(null),
                                                read.time(),
                                                read.parents(),
                                                read.operation());
                        assertThat(again.content()).isEqualTo(bytes);
                    } catch (Invalid | LimitExceeded | Unsupported expected) {
                        // a clear answer
                    }
                });
    }

    @Test
    void theLimitsHoldOnTheWayInAndOnTheWayOut() {
        String longId = "x".repeat(Limits.ID + 1);
        assertThatThrownBy(() -> entry("a", 1, TIME, new Operation.Unset(longId, "p")))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> entry("a", 1, TIME, new Operation.Unset("", "p")))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> entry("a", 1, TIME, new Operation.Unset("n", ":id")))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(
                        () -> entry("a", 1, TIME, new Operation.Set("n", "p", "x".repeat(1 << 20))))
                .isInstanceOf(LimitExceeded.class);
        assertThatThrownBy(() -> codec.decode(new byte[Limits.ENTRY_BYTES + 1]))
                .isInstanceOf(LimitExceeded.class);
    }
}
