package dev.orrery.graph;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Condition;
import dev.orrery.core.Pin;
import dev.orrery.core.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Properties that are found without looking at all nodes. Laws C63, G55. */
class PropertyIndexTest {
    private static final long SEED = Long.getLong("orrery.seed", 20261126);
    private static final int IDS = 30;

    private static final Ontology TOWN =
            Ontology.define("town")
                    .node("Place", place -> place.any("zone").index("zone"))
                    .node("House", house -> house.extend("Place"))
                    .node("Tree", tree -> tree.any("age"))
                    .edge("near", near -> near.from("Place").to("Place").any("zone").index("zone"))
                    .build();

    private final Replicas.Wall wall = new Replicas.Wall(1_000_000);
    private final Random random = new Random(SEED);

    @AutoClose private final LocalGraph graph = Replicas.open(wall, "a", TOWN);

    private NodeRelation all() {
        return (NodeRelation) graph.nodes();
    }

    @Test
    void onlyWhatMayMatchIsLookedAtAlsoOfOneType() {
        for (int i = 0; i < 1_000; i++) {
            graph.addNode(i % 2 == 0 ? "House" : "Place", "p" + i, Row.of("zone", i / 10));
        }
        Condition zone = integer("zone").eq(7).and(text(":type").eq("House"));
        assertThat(all().candidates(zone).orElseThrow()).hasSize(10);
        assertThat(graph.nodes("House").where(integer("zone").eq(7)).keys())
                .containsExactly("p70", "p72", "p74", "p76", "p78");
        assertThat(all().candidates(integer("zone").in(List.of(7L, 8L))).orElseThrow()).hasSize(20);
        assertThat(all().candidates(text("name").eq("x"))).isEmpty();
    }

    @Test
    void valuesThatNobodyReadsAnyMoreAreForgotten() {
        graph.addNode("House", "h", Row.of("zone", 0));
        try (Pin pin = all().timeline().pin()) {
            for (int zone = 1; zone <= 1_000; zone++) {
                graph.set("h", "zone", zone);
            }
            assertThat(all().selectAt(integer("zone").eq(0), pin.revision().number())).hasSize(1);
        }
        for (int zone = 0; zone < 2_000; zone++) {
            graph.set("h", "zone", -zone % 3);
        }
        assertThat(all().indexSize("zone")).isLessThan(20);
    }

    @Test
    void theIndexFindsWhatLookingAtAllFinds() {
        System.out.println("-Dorrery.seed=" + SEED);
        List<Pin> pins = new ArrayList<>();
        for (int step = 0; step < 3_000; step++) {
            wall.move(1);
            change(step);
            if (random.nextInt(20) == 0) {
                pins.add(all().timeline().pin());
            }
            if (pins.size() > 4) {
                pins.remove(random.nextInt(pins.size())).close();
            }
            compare(all().timeline().published());
            if (!pins.isEmpty()) {
                compare(pins.get(random.nextInt(pins.size())).revision().number());
            }
        }
        pins.forEach(Pin::close);
        assertThat(all().indexSize("age")).as("declared on the way").isPositive();
    }

    private void change(int step) {
        if (step == 1_000) {
            graph.extend(
                    graph.ontology()
                            .extend()
                            .node("Tree", tree -> tree.any("age").index("age"))
                            .build());
        }
        String id = "n" + random.nextInt(IDS);
        switch (random.nextInt(7)) {
            case 0 -> graph.removeNode(id);
            case 6 ->
                    assertThatThrownBy(() ->
                                    all().timeline()
                                            .commit(() -> {
                                                graph.removeNode(id);
                                                add(id);
                                                throw new IllegalStateException("not so");
                                            }))
                            .isInstanceOf(IllegalStateException.class);
            case 1 ->
                    all().timeline()
                            .commit(() -> {
                                add(id);
                                add("n" + random.nextInt(IDS));
                            });
            case 2, 3 -> add(id);
            default -> {
                if (graph.node(id).isPresent()) {
                    graph.set(id, random.nextBoolean() ? "zone" : "age", value());
                }
            }
        }
    }

    private void add(String id) {
        if (graph.node(id).isEmpty()) {
            String type = List.of("Place", "House", "Tree").get(random.nextInt(3));
            graph.addNode(type, id, Row.of("zone", value(), "age", value()));
        }
    }

    /** One and the same number in several forms, and texts. */
    private Object value() {
        int number = random.nextInt(4);
        return switch (random.nextInt(3)) {
            case 0 -> (long) number;
            case 1 -> (double) number;
            default -> "v" + number;
        };
    }

    private void compare(long revision) {
        for (String property : List.of("zone", "age")) {
            Condition condition =
                    random.nextBoolean()
                            ? integer(property).eq(random.nextInt(4))
                            : text(property).in(Arrays.asList("v0", "v" + random.nextInt(4)));
            List<Map.Entry<String, Node>> expected =
                    all().selectAt(Condition.all(), revision).stream()
                            .filter(entry ->
                                    condition.holds(all().toRow(entry.getKey(), entry.getValue())))
                            .toList();
            assertThat(all().selectAt(condition, revision)).isEqualTo(expected);
        }
    }
}
