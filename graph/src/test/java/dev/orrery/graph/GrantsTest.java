package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that are granted, changed and revoked in the graph itself. Law G66. */
class GrantsTest {
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final Identity ann = Identity.generate("ann"); // who administers
    private final Identity bob = Identity.generate("bob");
    private final Identity cid = Identity.generate("cid");
    private final Identity dan = Identity.generate("dan");
    private final Trust strict = Trust.strict().allow("ann", ann.publicKey()).administeredBy("ann");

    private LocalGraph open(Identity identity) {
        return open(identity, SegmentLog.inMemory());
    }

    private LocalGraph open(Identity identity, SegmentLog log) {
        LocalGraph graph =
                (LocalGraph)
                        Graphs.on(Replicas.timeline())
                                .clock(wall)
                                .log(() -> log)
                                .identity(identity)
                                .open(Replicas.ANYTHING);
        graph.trust(strict);
        return graph;
    }

    private static void add(LocalGraph graph, String id) {
        graph.addNode("Thing", id, Row.of());
    }

    @Test
    void whomAnAdministratorGrantsAKeyIsTrusted() {
        LocalGraph administrator = open(ann);
        LocalGraph writer = open(bob);
        LocalGraph reader = open(dan);
        add(writer, "b");
        assertThat(Replicas.pull(reader, writer).refused()).hasSize(2);
        administrator.grant("bob", bob.publicKey());
        Replicas.pull(reader, administrator);
        assertThat(reader.trust().keys("bob")).containsExactly(bob.publicKey());
        assertThat(Replicas.pull(reader, writer).added()).isEqualTo(2);
        assertThat(reader.nodes().keys()).containsExactly("b");
    }

    @Test
    void aGrantCountsForWhatComesWithIt() {
        LocalGraph administrator = open(ann);
        LocalGraph writer = open(bob);
        administrator.grant("bob", bob.publicKey());
        writer.sync(administrator::answer);
        add(writer, "b");
        LocalGraph reader = open(dan);
        List<Entry> all = new ArrayList<>(Replicas.entries(writer));
        assertThat(reader.inside().merge(all.reversed()).refused()).isEmpty();
        assertThat(reader.stateHash()).isEqualTo(writer.stateHash());
    }

    @Test
    void aGrantByAnybodyElseDoesNotCount() {
        LocalGraph administrator = open(ann);
        administrator.grant("bob", bob.publicKey());
        LocalGraph writer = open(bob);
        Replicas.pull(writer, administrator);
        writer.trust(Trust.open());
        writer.grant("cid", cid.publicKey());
        LocalGraph reader = open(dan);
        Replicas.pull(reader, writer);
        LocalGraph other = open(cid);
        add(other, "c");
        assertThat(reader.trust().keys("cid")).isEmpty();
        assertThat(Replicas.pull(reader, other).added()).isZero();
    }

    @Test
    void whoMayNotSayWhoseAKeyIsIsToldSo() {
        LocalGraph writer = open(bob);
        assertThatThrownBy(() -> writer.grant("cid", cid.publicKey()))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("administrator");
        LocalGraph nobody = Replicas.open(wall, "nobody", Replicas.ANYTHING);
        assertThatThrownBy(() -> nobody.revoke("bob", bob.publicKey()))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("Graphs.identity");
        assertThat(writer.entryCount()).isEqualTo(1);
        assertThat(nobody.entryCount()).isEqualTo(1);
    }

    @Test
    void anAuthorChangesHisKeyAndTheOldOneIsOfNoUse() {
        LocalGraph administrator = open(ann);
        SegmentLog log = SegmentLog.inMemory();
        LocalGraph first = open(bob, log);
        administrator.grant("bob", bob.publicKey());
        Replicas.pull(first, administrator);
        add(first, "1");
        LocalGraph stolen = open(bob);
        Replicas.pull(stolen, administrator);
        Replicas.pull(stolen, first);
        Identity renewed = Identity.generate("bob");
        first.grant("bob", renewed.publicKey());
        LocalGraph second = open(renewed, log);
        second.revoke("bob", bob.publicKey());
        add(second, "2");
        LocalGraph reader = open(dan);
        assertThat(Replicas.pull(reader, second).waiting()).isEmpty();
        assertThat(reader.nodes().keys()).containsExactly("1", "2");
        assertThat(reader.trust().keys("bob")).containsExactly(renewed.publicKey());
        add(stolen, "3");
        Merged refused = Replicas.pull(reader, stolen);
        assertThat(refused.added()).isZero();
        assertThat(refused.waiting())
                .extracting(Merged.Waiting::cause)
                .containsExactly(Merged.Cause.REVOKED, Merged.Cause.MISSING_PARENT);
    }

    @Test
    void whatATrustedReplicaHadTakenInBeforeIsTakenInByAll() {
        LocalGraph administrator = open(ann);
        administrator.grant("bob", bob.publicKey());
        administrator.grant("cid", cid.publicKey());
        LocalGraph writer = open(bob);
        LocalGraph witness = open(cid);
        LocalGraph reader = open(dan);
        for (LocalGraph each : List.of(writer, witness, reader)) {
            Replicas.pull(each, administrator);
        }
        add(writer, "seen");
        Replicas.pull(witness, writer);
        administrator.revoke("bob", bob.publicKey());
        Replicas.pull(reader, administrator);
        assertThat(Replicas.pull(reader, writer).waiting()).hasSize(2);
        add(writer, "unseen");
        Replicas.pull(witness, administrator); // which has it write a seal
        assertThat(Replicas.pull(reader, witness).waiting()).isEmpty();
        Replicas.pull(administrator, witness);
        assertThat(Replicas.pull(witness, writer).added()).isZero();
        for (LocalGraph each : List.of(administrator, witness, reader)) {
            assertThat(each.nodes().keys()).containsExactly("seen");
            assertThat(each.sync(administrator::answer).equal()).isTrue();
        }
    }

    @Test
    void aThiefDoesNotGrantHimselfAnotherKeyOnceHisIsRevoked() {
        LocalGraph administrator = open(ann);
        administrator.grant("bob", bob.publicKey());
        SegmentLog log = SegmentLog.inMemory();
        LocalGraph thief = open(bob, log);
        Replicas.pull(thief, administrator);
        administrator.revoke("bob", bob.publicKey());
        wall.move(1);
        Identity another = Identity.generate("bob");
        thief.grant("bob", another.publicKey());
        LocalGraph again = open(another, log);
        add(again, "junk");
        LocalGraph reader = open(dan);
        List<Entry> all = new ArrayList<>(Replicas.entries(again));
        all.addAll(Replicas.entries(administrator));
        Merged merged = reader.inside().merge(all);
        assertThat(merged.waiting()).isNotEmpty();
        assertThat(reader.nodes().keys()).isEmpty();
        assertThat(reader.trust().keys("bob")).isEmpty();
    }

    @Test
    void whatIsSaidAboutKeysOutlivesOpeningCheckpointsAndCompaction(@TempDir Path directory) {
        LocalGraph administrator = open(ann);
        administrator.grant("bob", bob.publicKey());
        administrator.grant("cid", cid.publicKey());
        administrator.revoke("cid", cid.publicKey());
        Graphs kept = Graphs.on(Replicas.timeline()).clock(wall).identity(dan).directory(directory);
        try (Graph graph = kept.open(Replicas.ANYTHING)) {
            graph.trust(strict);
            graph.sync(administrator::answer);
        }
        for (Runnable ignored : new Runnable[3]) {
            try (Graph graph =
                    Graphs.on(Replicas.timeline())
                            .clock(wall)
                            .identity(dan)
                            .directory(directory)
                            .open(Replicas.ANYTHING)) {
                graph.trust(strict);
                assertThat(graph.trust().keys("bob")).containsExactly(bob.publicKey());
                assertThat(graph.trust().keys("cid")).isEmpty();
                graph.checkpoint();
                graph.compact(Compaction.everything());
            }
        }
        assertThat(administrator.compact(Compaction.everything()).kept()).isZero();
        LocalGraph fresh = open(dan);
        fresh.trust(strict.allowBases("ann"));
        assertThat(fresh.sync(administrator::answer).equal()).isTrue();
        assertThat(fresh.trust().keys("bob")).containsExactly(bob.publicKey());
        assertThat(fresh.trust().keys("cid")).isEmpty();
    }

    /** Whoever keeps his key ends up with the same, whatever others do with theirs meanwhile. */
    @Test
    void whoIsTrustedConverges() {
        for (long seed = 1; seed <= 20; seed++) {
            converge(new Random(seed), seed);
        }
    }

    private void converge(Random random, long seed) {
        List<Identity> others = List.of(bob, cid, dan, Identity.generate("eve"));
        List<LocalGraph> graphs = new ArrayList<>(List.of(open(ann)));
        others.forEach(other -> graphs.add(open(other)));
        List<LocalGraph> trusted = new ArrayList<>(graphs);
        for (Identity other : others) {
            graphs.getFirst().grant(other.name(), other.publicKey());
        }
        for (int step = 0; step < 40; step++) {
            LocalGraph one = graphs.get(random.nextInt(graphs.size()));
            LocalGraph two = graphs.get(random.nextInt(graphs.size()));
            wall.move(random.nextInt(3));
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> add(one, "n" + random.nextInt(10));
                case 3 -> {
                    int which = random.nextInt(others.size());
                    if (trusted.size() > 3) {
                        Identity gone = others.get(which);
                        graphs.getFirst().revoke(gone.name(), gone.publicKey());
                        trusted.remove(graphs.get(which + 1));
                    }
                }
                default -> one.sync(two::answer);
            }
        }
        for (int round = 0; round < 4; round++) {
            for (LocalGraph left : trusted) {
                trusted.forEach(right -> left.sync(right::answer));
            }
        }
        for (LocalGraph each : trusted) {
            assertThat(each.stateHash())
                    .as("seed %s", seed)
                    .isEqualTo(trusted.getFirst().stateHash());
            assertThat(each.sync(trusted.getFirst()::answer).equal()).as("seed %s", seed).isTrue();
        }
    }
}
