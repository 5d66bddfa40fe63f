package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.Orrery;
import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Row;
import dev.orrery.graph.Graph;
import dev.orrery.graph.HttpPeer;
import dev.orrery.graph.Ontology;
import dev.orrery.graph.Synced;
import org.junit.jupiter.api.Test;

class GraphPeerTest {
    private static final Ontology ZOO =
            Ontology.define("zoo")
                    .node("Animal", animal -> {})
                    .edge("eats", eats -> eats.from("Animal").to("Animal"))
                    .build();

    @Test
    void replicasSyncThroughAGateway() {
        try (Orrery here = Orrery.inMemory();
                Orrery there = Orrery.inMemory();
                Served served = new Served()) {
            Graph left = here.graph(ZOO);
            Graph right = there.graph(ZOO);
            served.rpc.method(
                    "zoo", (_, message) -> Bytes.of(right.answer(((Bytes) message).toArray())));
            for (int i = 0; i < 200; i++) {
                right.addNode("Animal", "r" + i, Row.of("name", "right " + i));
                left.addNode("Animal", "l" + i, Row.of("name", "left " + i));
            }
            left.addEdge("eats", "e", "l1", "l2", Row.of());

            Synced synced = left.sync(HttpPeer.at(served.http("/rpc/zoo")));
            assertThat(synced.received()).isEqualTo(200);
            assertThat(synced.sent()).isEqualTo(201);
            assertThat(synced.equal()).isTrue();
            assertThat(left.stateHash()).isEqualTo(right.stateHash());

            assertThatThrownBy(() -> left.sync(HttpPeer.at(served.http("/rpc/nobody"))))
                    .isInstanceOf(Unavailable.class);
        }
    }
}
