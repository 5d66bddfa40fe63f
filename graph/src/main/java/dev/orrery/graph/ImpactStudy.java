package dev.orrery.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What another schema would make of a state. Confined to the lock of its graph. */
final class ImpactStudy {
    private static final int EXAMPLES = 10;

    private final State state;
    private final Judge other;
    private final Map<String, Node> nodes = new HashMap<>();
    private final List<Quarantined> examples = new ArrayList<>();
    private long hidden;
    private long lost;

    ImpactStudy(State state, Judge judge, Ontology ontology) {
        this.state = state;
        this.other = judge.under(new Schema(ontology));
    }

    Ontology.Impact run() {
        List<State.Slot> edges = new ArrayList<>();
        for (State.Slot slot : state.slots()) {
            Entity.Add add = slot.entity().shown();
            if (add != null && add.isEdge()) {
                edges.add(slot);
            } else {
                look(slot);
            }
        }
        edges.forEach(this::look);
        return new Ontology.Impact(hidden, lost, examples);
    }

    private void look(State.Slot slot) {
        Judgement judgement = other.judge(slot.entity(), nodes::get, state::isKnown);
        Node node = judgement.node();
        if (node != null) {
            nodes.put(node.id(), node);
        }
        if (slot.shown == null) {
            return;
        }
        int values = values(slot.shown);
        int left = values(node == null ? judgement.edge() : node);
        if (!judgement.isVisible()) {
            hidden++;
        } else if (left < values) {
            lost += values - left;
        } else {
            return;
        }
        if (examples.size() < EXAMPLES) {
            examples.addAll(judgement.quarantined());
        }
    }

    private static int values(@Nullable Object shown) {
        return switch (shown) {
            case Node node -> node.properties().columns().size();
            case Edge edge -> edge.properties().columns().size();
            case null, default -> 0;
        };
    }
}
