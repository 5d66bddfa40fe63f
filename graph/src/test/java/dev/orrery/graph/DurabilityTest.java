package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Writes that become durable later: all of a beginning, or nothing. */
class DurabilityTest {
    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final SegmentLog disk = SegmentLog.inMemory();

    private LocalGraph open(Durability durability) {
        return (LocalGraph)
                Replicas.on(wall, "a")
                        .log(() -> disk)
                        .durability(durability)
                        .open(Replicas.ANYTHING);
    }

    /** The graph as a crash at this moment would leave it. */
    private LocalGraph crashed() {
        return open(Durability.IMMEDIATE);
    }

    @Test
    @DisplayName("AC-159 what is not flushed is gone after a crash, what is flushed is there")
    void whatIsNotFlushedIsGone() {
        LocalGraph graph = open(Durability.DEFERRED);
        graph.flush();
        for (int i = 0; i < 1_000; i++) {
            graph.addNode("Thing", "n" + i, Row.of());
        }
        assertThat(disk.end()).isEqualTo(2); // the root and the name: nothing was forced since
        assertThat(graph.nodes().count()).isEqualTo(1_000);
        assertThat(Replicas.entries(graph)).hasSize(1_001);
        assertThat(crashed().nodes().count()).isZero();
        graph.flush();
        assertThat(Replicas.seen(crashed())).isEqualTo(Replicas.seen(graph));
        graph.set("n1", "p", 1L);
        assertThat(graph.entries(1_001, 5)).hasSize(1);
        assertThat(graph.entries(1_000, 5)).hasSize(2);
    }

    @Test
    @DisplayName("AC-161 a durable write is never there without what it follows")
    void aDurableWriteTakesWhatItFollowsAlong() {
        LocalGraph graph = open(Durability.DEFERRED);
        graph.addNode("Thing", "n", Row.of("p", 1));
        graph.durability(Durability.IMMEDIATE);
        graph.set("n", "p", 2L);
        assertThat(Replicas.seen(crashed())).isEqualTo(Replicas.seen(graph));
        graph.durability(Durability.DEFERRED);
        List<Object> seen = Replicas.seen(graph);
        graph.set("n", "p", 3L);
        assertThat(Replicas.seen(crashed())).isEqualTo(seen);
        graph.flush();
        assertThat(crashed().node("n").orElseThrow().integer("p")).isEqualTo(3);
    }
}
