package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Row;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Ontology;
import org.junit.jupiter.api.Test;

class GraphQueriesTest {
    private static final Ontology ZOO =
            Ontology.define("zoo")
                    .node("Animal", animal -> {})
                    .edge("eats", eats -> eats.from("Animal").to("Animal"))
                    .build();

    @Test
    void aQueryRunsAgainWhenItsNeighbourhoodChanges() {
        try (Orrery orrery = Orrery.inMemory()) {
            Graph zoo = orrery.graph(ZOO);
            int[] runs = {0};
            var prey =
                    orrery.query(
                            "prey",
                            String.class,
                            Long.class,
                            animal -> {
                                runs[0]++;
                                return (long) zoo.from(animal).out("eats").ends(100).size();
                            });
            for (String animal : new String[] {"robin", "worm", "cat", "mouse"}) {
                zoo.addNode("Animal", animal, Row.of());
            }
            zoo.addEdge("eats", "robin-worm", "robin", "worm", Row.of());
            assertThat(prey.of("robin")).isEqualTo(1);
            assertThat(runs[0]).isEqualTo(1);
            zoo.addEdge("eats", "cat-mouse", "cat", "mouse", Row.of()); // elsewhere
            assertThat(prey.of("robin")).isEqualTo(1);
            assertThat(runs[0]).isEqualTo(1);
            zoo.addEdge("eats", "robin-mouse", "robin", "mouse", Row.of());
            assertThat(prey.of("robin")).isEqualTo(2);
            assertThat(runs[0]).isEqualTo(2);
            zoo.removeNode("worm");
            assertThat(prey.of("robin")).isEqualTo(1);
        }
    }
}
