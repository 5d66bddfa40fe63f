package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Bytes;
import dev.orrery.core.Row;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Entries of format version 1 are written and read the same for ever. */
class EntryFormatTest { // law G1
    private final EntryCodec codec = new EntryCodec();

    /** One author's history with every operation in it. */
    private List<Entry> history() {
        Ontology schema =
                Ontology.define("golden")
                        .node("T", t -> t.text("name", Constraint.required()).integer("n"))
                        .edge("e", e -> e.from("T").to("T"))
                        .build();
        List<Operation> operations =
                List.of(
                        new Operation.AddNode(
                                "n",
                                "T",
                                Row.of(
                                        "name",
                                        "é",
                                        "n",
                                        1L,
                                        "x",
                                        1.5,
                                        "d",
                                        new BigDecimal("1.50"),
                                        "at",
                                        Instant.EPOCH,
                                        "null",
                                        null,
                                        "list",
                                        List.of(true))),
                        new Operation.AddNode("m", "T/sub", Row.of()),
                        new Operation.AddEdge("nm", "e", "n", "m", Row.of("w", 2L)),
                        new Operation.Set("n", "n", -7L),
                        new Operation.Unset("n", "x"),
                        new Operation.Remove("m", Map.of("ann", 2L, "bob", 1_000L)),
                        new Operation.Extend(
                                schema.extend()
                                        .node("U", u -> u.extend("T"))
                                        .build()
                                        .without(schema)));
        List<Entry> entries = new ArrayList<>();
        entries.add(codec.root(new Operation.Define("golden", schema.facts())));
        HybridTime time = new HybridTime(1_700_000_000_000L, 0);
        Hash previous = null;
        for (int i = 0; i < operations.size(); i++) {
            List<Hash> parents = new ArrayList<>(List.of(entries.getLast().hash()));
            if (i == 3) {
                parents.add(entries.getFirst().hash());
                parents.sort(null);
            }
            entries.add(codec.encode("ann", i + 1, previous, time, parents, operations.get(i)));
            previous = entries.getLast().hash();
            time = time.next();
        }
        Identity ann = Identity.of("ann", Bytes.of(new byte[32]));
        entries.add(
                Seals.make(
                        codec,
                        ann,
                        operations.size() + 1,
                        previous,
                        time,
                        List.of(entries.getFirst().hash())));
        for (Operation later :
                List.of(
                        new Operation.Erase("m", new TreeMap<>(Map.of("ann", 2L))),
                        new Operation.Grant("bob", Bytes.of(new byte[32])),
                        new Operation.Revoke("bob", Bytes.of(new byte[32])))) {
            Entry last = entries.getLast();
            time = time.next();
            entries.add(
                    codec.encode(
                            "ann",
                            last.sequence() + 1,
                            last.hash(),
                            time,
                            List.of(last.hash()),
                            later));
        }
        return entries;
    }

    @Test
    void versionOneIsWrittenAndReadAsItsGoldenFileShows() throws IOException {
        List<String> golden;
        try (InputStream file =
                Objects.requireNonNull(
                        EntryFormatTest.class.getResourceAsStream("golden/v1/entries.txt"))) {
            golden = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
        List<Entry> entries = history();
        assertThat(entries.stream().map(entry -> HexFormat.of().formatHex(entry.content())))
                .isEqualTo(golden);
        for (int i = 0; i < golden.size(); i++) {
            Entry read = codec.decode(HexFormat.of().parseHex(golden.get(i)));
            assertThat(read).isEqualTo(entries.get(i));
            assertThat(read.operation()).isEqualTo(entries.get(i).operation());
        }
    }
}
