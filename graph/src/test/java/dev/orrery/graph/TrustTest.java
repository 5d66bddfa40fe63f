package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Bytes;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Seals: who wrote what, and whose entries are taken in. */
class TrustTest {
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final Identity ann = Identity.generate("ann");
    private final Identity bob = Identity.generate("bob");
    private final Identity eve = Identity.generate("bob"); // who says she is bob

    private LocalGraph open(Identity identity) {
        return open(identity, SegmentLog.inMemory());
    }

    private LocalGraph open(Identity identity, SegmentLog log) {
        return (LocalGraph)
                Graphs.on(Replicas.timeline())
                        .clock(wall)
                        .log(() -> log)
                        .identity(identity)
                        .open(Replicas.ANYTHING);
    }

    @Test
    void signaturesAreThoseOfTheStandard() { // RFC 8032, section 7.1, test 2
        var scheme = new JdkEd25519();
        byte[] seed =
                HexFormat.of()
                        .parseHex(
                                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        byte[] key =
                HexFormat.of()
                        .parseHex(
                                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature =
                HexFormat.of()
                        .parseHex(
                                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
        assertThat(scheme.publicKey(seed)).isEqualTo(key);
        assertThat(scheme.sign(seed, new byte[] {0x72})).isEqualTo(signature);
        assertThat(scheme.verify(key, new byte[] {0x72}, signature)).isTrue();
        assertThat(scheme.verify(key, new byte[] {0x73}, signature)).isFalse();
        assertThat(scheme.verify(new byte[3], new byte[] {0x72}, signature)).isFalse();
        assertThat(scheme.verify(new byte[32], new byte[] {0x72}, new byte[64])).isFalse();
    }

    @Test
    void anIdentityIsKeptByItsSeed() {
        assertThat(Identity.of("ann", ann.seed()).publicKey()).isEqualTo(ann.publicKey());
        assertThat(ann.toString()).doesNotContain(HexFormat.of().formatHex(ann.seed().toArray()));
    }

    @Test
    void oneSealIsWrittenForACommitHoweverMuchIsInIt() {
        LocalGraph graph = open(ann);
        graph.inside()
                .timeline()
                .commit(() -> {
                    for (int i = 0; i < 10; i++) {
                        graph.addNode("Thing", "n" + i, Row.of());
                    }
                });
        assertThat(seals(graph)).isEqualTo(1);
        graph.addNode("Thing", "m", Row.of());
        assertThat(seals(graph)).isEqualTo(2);
        assertThat(graph.entryCount()).isEqualTo(1 + 10 + 1 + 1 + 1);
    }

    private static long seals(Graph graph) {
        return Replicas.entries(graph).stream()
                .filter(entry -> entry.operation() instanceof Operation.Seal)
                .count();
    }

    @Test
    @DisplayName("AC-176 strict trust takes in what a known author has sealed, and nothing else")
    void strictTrustTakesInWhatAKnownAuthorSealed() {
        LocalGraph strict = open(ann);
        strict.trust(Trust.strict().allow("bob", bob.publicKey()));
        LocalGraph honest = open(bob);
        honest.addNode("Thing", "n", Row.of());
        LocalGraph unknown = open(Identity.generate("mallory"));
        unknown.addNode("Thing", "m", Row.of());
        LocalGraph forger = open(eve);
        forger.addNode("Thing", "f", Row.of());
        LocalGraph unsigned = Replicas.open(wall, "bob", Replicas.ANYTHING);
        unsigned.addNode("Thing", "u", Row.of());
        assertThat(Replicas.pull(strict, honest).added()).isEqualTo(2);
        assertThat(Replicas.pull(strict, unknown).refused())
                .hasSize(2)
                .allMatch(refused -> refused.rule().contains("not trusted"));
        Merged forged = Replicas.pull(strict, forger);
        assertThat(forged.added()).isZero();
        assertThat(forged.refused())
                .singleElement()
                .matches(refused -> refused.rule().contains("key that is not trusted"));
        Merged bare = Replicas.pull(strict, unsigned);
        assertThat(bare.added()).isZero();
        assertThat(bare.waiting())
                .singleElement()
                .matches(waiting -> waiting.cause() == Merged.Cause.UNSEALED);
        assertThat(strict.nodes().keys()).containsExactly("n");
    }

    @Test
    void whatIsNotSealedYetWaitsForItsSeal() {
        LocalGraph strict = open(ann);
        strict.trust(Trust.strict().allow("bob", bob.publicKey()));
        LocalGraph honest = open(bob);
        honest.inside()
                .timeline()
                .commit(() -> {
                    for (int i = 0; i < 5; i++) {
                        honest.addNode("Thing", "n" + i, Row.of());
                    }
                });
        List<Entry> entries = Replicas.entries(honest);
        Merged early = strict.inside().merge(entries.subList(0, 4));
        assertThat(early.added()).isZero();
        assertThat(early.waiting()).hasSize(3);
        assertThat(strict.inside().merge(entries).added()).isEqualTo(6);
        assertThat(strict.stateHash()).isEqualTo(honest.stateHash());
    }

    @Test
    @DisplayName("AC-114 AC-176 a seal that was altered, or put elsewhere, is refused")
    void anAlteredSealIsRefused() {
        LocalGraph graph = open(ann);
        graph.trust(Trust.open().allow("bob", bob.publicKey()));
        LocalGraph honest = open(bob);
        honest.addNode("Thing", "n", Row.of());
        List<Entry> entries = Replicas.entries(honest);
        Entry seal = entries.getLast();
        var genuine = (Operation.Seal) seal.operation();
        EntryCodec codec = new EntryCodec();
        byte[] bent = genuine.signature().toArray();
        bent[7] ^= 1;
        List<Entry> wrong = new ArrayList<>();
        wrong.add(
                again(
                        codec,
                        seal,
                        seal.time(),
                        new Operation.Seal(genuine.publicKey(), Bytes.of(bent))));
        wrong.add(again(codec, seal, seal.time().next(), genuine));
        Entry other =
                codec.encode(
                        "bob",
                        1,
                        null,
                        entries.get(1).time(),
                        entries.get(1).parents(),
                        new Operation.AddNode("forged", "Thing", Row.of()));
        wrong.add(
                codec.encode("bob", 2, other.hash(), seal.time(), List.of(other.hash()), genuine));
        for (Entry each : wrong) {
            Merged merged = graph.inside().merge(List.of(entries.get(1), other, each));
            assertThat(merged.refused())
                    .singleElement()
                    .matches(refused -> refused.rule().contains("signature that does not fit"));
        }
        assertThat(graph.inside().merge(entries).added()).isEqualTo(1);
    }

    private static Entry again(
            EntryCodec codec, Entry entry, HybridTime time, Operation operation) {
        return codec.encode(
                entry.author(),
                entry.sequence(),
                entry.previous().orElse(null),
                time,
                entry.parents(),
                operation);
    }

    @Test
    void aKeyIsChangedForAnotherAndTheOldOneRevoked() {
        LocalGraph strict = open(ann);
        strict.trust(Trust.strict().allow("bob", bob.publicKey()));
        SegmentLog log = SegmentLog.inMemory();
        LocalGraph first = open(bob, log);
        first.addNode("Thing", "1", Row.of());
        Replicas.pull(strict, first);
        Identity renewed = Identity.generate("bob");
        LocalGraph second = open(renewed, log);
        second.addNode("Thing", "2", Row.of());
        assertThat(Replicas.pull(strict, second).added()).isZero();
        strict.trust(
                Trust.strict()
                        .allow("bob", bob.publicKey())
                        .allow("bob", renewed.publicKey())
                        .revoke("bob", bob.publicKey()));
        assertThat(Replicas.pull(strict, second).added()).isEqualTo(2);
        LocalGraph stolen = open(bob, log);
        stolen.addNode("Thing", "3", Row.of());
        assertThat(Replicas.pull(strict, stolen).refused()).hasSize(1);
        assertThat(strict.nodes().keys()).containsExactly("1", "2");
    }

    @Test
    void aStrangersRootIsNotTakenInUnlessItIsAllowed() {
        LocalGraph strict = open(ann);
        strict.trust(Trust.strict());
        Ontology more = Replicas.ANYTHING.extend().node("More", m -> {}).build();
        LocalGraph other = Replicas.open(wall, "x", more);
        Entry root = Replicas.entries(other).getFirst();
        assertThat(strict.inside().merge(List.of(root)).refused()).hasSize(1);
        strict.trust(Trust.strict().allowRoot(root.hash()));
        assertThat(strict.inside().merge(List.of(root)).added()).isEqualTo(1);
    }

    @Test
    @DisplayName("AC-176 three replicas that trust each other converge")
    void threeThatTrustEachOtherConverge() {
        Identity cid = Identity.generate("cid");
        Trust all =
                Trust.strict()
                        .allow("ann", ann.publicKey())
                        .allow("bob", bob.publicKey())
                        .allow("cid", cid.publicKey());
        List<LocalGraph> graphs = List.of(open(ann), open(bob), open(cid));
        graphs.forEach(graph -> graph.trust(all));
        for (int round = 0; round < 3; round++) {
            for (LocalGraph graph : graphs) {
                graph.addNode("Thing", "n" + round, Row.of(graph.replica(), round));
                wall.move(1);
            }
            for (LocalGraph left : graphs) {
                graphs.forEach(right -> Replicas.pull(left, right));
            }
        }
        for (LocalGraph graph : graphs) {
            assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(graphs.getFirst()));
        }
        assertThat(graphs.getFirst().nodes().count()).isEqualTo(3);
    }

    @Test
    void aSealedHistoryOfManyChunksIsEqualAfterOneSync() { // law G37
        LocalGraph one = strict(ann);
        LocalGraph other = strict(bob);
        for (int batch = 0; batch < 40; batch++) { // two and a half chunks each, cut in batches
            write(one, "a" + batch, 8);
            write(other, "b" + batch, 8);
        }
        assertEqualAfterOneSync(one, other);
    }

    @Test
    void aBatchLongerThanAChunkIsTakenInBySync() { // law G37
        LocalGraph one = strict(ann);
        LocalGraph other = strict(bob);
        write(one, "a", 700); // 5.6 MiB each: more than any message may have
        write(other, "b", 700);
        assertEqualAfterOneSync(one, other);
    }

    private static void assertEqualAfterOneSync(LocalGraph one, LocalGraph other) {
        long all = one.entryCount() + other.entryCount() - 1;
        Synced synced = one.sync(other::answer);
        assertThat(synced.waiting()).isZero();
        assertThat(synced.equal()).isTrue();
        assertThat(one.entryCount()).isEqualTo(all);
        assertThat(Replicas.seen(one)).isEqualTo(Replicas.seen(other));
    }

    private LocalGraph strict(Identity identity) {
        LocalGraph graph = open(identity);
        graph.trust(Trust.strict().allow("ann", ann.publicKey()).allow("bob", bob.publicKey()));
        return graph;
    }

    /** One commit of so many nodes of 8 KiB. */
    private static void write(LocalGraph graph, String prefix, int nodes) {
        Random random = new Random(1);
        graph.inside()
                .timeline()
                .commit(() -> {
                    for (int i = 0; i < nodes; i++) {
                        byte[] noise = new byte[8 << 10];
                        random.nextBytes(noise);
                        graph.addNode("Thing", prefix + "-" + i, Row.of("noise", Bytes.of(noise)));
                    }
                });
    }
}
