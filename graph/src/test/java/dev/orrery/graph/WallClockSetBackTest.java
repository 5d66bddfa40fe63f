package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.testkit.KeptLog;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stores whose newest entry is further ahead of the wall clock than entries may be. Law G5. */
class WallClockSetBackTest {
    private static final long HOUR = 3_600_000;

    private final Replicas.Wall wall = new Replicas.Wall(10 * HOUR);
    private final KeptLog log = new KeptLog();

    private LocalGraph open() {
        return Replicas.open(wall, "ann", Replicas.ANYTHING, log);
    }

    private void written() {
        LocalGraph graph = open();
        graph.addNode("Thing", "n", Row.of());
        graph.close();
        wall.move(-HOUR);
    }

    @Test
    void theStoreOpensAndSyncsAndIsWrittenToWhenTheWallClockIsThere() {
        written();
        LocalGraph graph = open();
        LocalGraph peer = Replicas.open(wall, "bob", Replicas.ANYTHING);
        peer.addNode("Thing", "m", Row.of());
        Synced synced = graph.sync(peer::answer);
        assertThat(synced.received()).isEqualTo(1);
        assertThat(graph.nodes().keys()).containsExactlyInAnyOrder("n", "m");
        assertThatThrownBy(() -> graph.set("n", "p", 1L))
                .asInstanceOf(type(Unavailable.class))
                .satisfies(refused ->
                        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMinutes(50)))
                .extracting(Throwable::getMessage)
                .asString()
                .contains("set it right", "try again", "drift");
        wall.move(Duration.ofMinutes(50).toMillis());
        graph.set("n", "p", 1L);
        assertThat(graph.sync(peer::answer).equal()).isTrue();
        assertThat(Replicas.seen(graph)).isEqualTo(Replicas.seen(peer));
        graph.close();
        LocalGraph again = open();
        assertThat(Replicas.seen(again)).isEqualTo(Replicas.seen(peer));
        again.close();
        peer.close();
    }

    @Test
    void aGreaterDriftLetsItBeWrittenToAtOnce() {
        written();
        for (Duration drift : List.of(Duration.ofHours(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            try (Graph graph =
                    Replicas.on(wall, "ann").log(() -> log).drift(drift).open(Replicas.ANYTHING)) {
                graph.set("n", "p", drift.toString());
                assertThat(Replicas.entries(graph).getLast().time().millis()).isEqualTo(10 * HOUR);
            }
        }
    }

    @Test
    void anExtensionAtOpeningIsRefusedAndLosesNothing() {
        written();
        Ontology more = Replicas.ANYTHING.extend().node("More", node -> {}).build();
        assertThatThrownBy(() -> Replicas.open(wall, "ann", more, log))
                .isInstanceOf(Unavailable.class);
        LocalGraph graph = open();
        assertThat(graph.nodes().keys()).containsExactly("n");
        graph.close();
        wall.move(HOUR);
        LocalGraph extended = Replicas.open(wall, "ann", more, log);
        extended.addNode("More", "o", Row.of());
        extended.close();
    }

    private LocalGraph open(Identity identity) {
        return (LocalGraph)
                Graphs.on(Replicas.timeline())
                        .clock(wall)
                        .identity(identity)
                        .log(() -> log)
                        .open(Replicas.ANYTHING);
    }

    @Test
    void whatOthersWriteIsTakenInThoughItCannotBeSealed() { // law G16
        Identity ann = Identity.generate("ann");
        LocalGraph graph = open(ann);
        graph.addNode("Thing", "n", Row.of());
        graph.close();
        wall.move(-HOUR);
        LocalGraph again = open(ann);
        LocalGraph peer = Replicas.open(wall, "bob", Replicas.ANYTHING);
        peer.addNode("Thing", "m", Row.of());
        assertThat(Replicas.pull(again, peer).added()).isEqualTo(1);
        peer.addNode("Thing", "o", Row.of());
        assertThat(Replicas.pull(again, peer).added()).isEqualTo(1);
        assertThatThrownBy(() -> again.set("n", "p", 1L)).isInstanceOf(Unavailable.class);
        wall.move(HOUR);
        again.set("n", "p", 1L);
        assertThat(Replicas.entries(again).getLast().operation())
                .isInstanceOf(Operation.Seal.class);
        again.close();
        peer.close();
    }

    @Test
    void anEntryAtTheEndOfTimeCostsNothingButWriting() {
        LocalGraph graph = open();
        Entry last =
                new EntryCodec()
                        .encode(
                                "eve",
                                1,
                                null,
                                new HybridTime(Long.MAX_VALUE, Integer.MAX_VALUE),
                                graph.heads(),
                                new Operation.AddNode("x", "Thing", Row.of()));
        graph.close();
        log.append(EntryRecord.of(2, List.of(last)));
        LocalGraph again = open();
        assertThat(again.nodes().keys()).containsExactly("x");
        assertThatThrownBy(() -> again.addNode("Thing", "y", Row.of()))
                .isInstanceOf(Unavailable.class);
        LocalGraph peer = Replicas.open(wall, "bob", Replicas.ANYTHING, SegmentLog.inMemory());
        assertThat(peer.sync(again::answer).waiting()).isEqualTo(1);
        peer.addNode("Thing", "m", Row.of());
        assertThat(again.sync(peer::answer).received()).isEqualTo(1);
        peer.close();
        again.close();
    }
}
