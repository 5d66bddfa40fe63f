package dev.orrery.exchange;

import dev.orrery.core.Condition;
import dev.orrery.core.Pin;
import dev.orrery.core.Tracking;
import dev.orrery.core.Versioned;
import dev.orrery.graph.Edge;
import dev.orrery.graph.GraphState;
import dev.orrery.graph.Node;
import java.util.List;
import java.util.Map;

/**
 * All nodes and edges of a graph as of one revision, in the order of their ids: one reference for
 * each. Immutable.
 */
record Contents(String graph, List<Node> nodes, List<Edge> edges) {

    /** As of now; inside a query or a commit, as that sees them. */
    static Contents of(GraphState graph) {
        String name = graph.ontology().name();
        if (Tracking.scope() == null
                && graph.nodes() instanceof Versioned<String, Node> nodes
                && graph.edges() instanceof Versioned<String, Edge> edges) {
            try (Pin pin = nodes.timeline().pin()) {
                return new Contents(name, all(nodes, pin), all(edges, pin)); // law X2
            }
        }
        return new Contents(name, graph.nodes().list(), graph.edges().list());
    }

    private static <V> List<V> all(Versioned<String, V> source, Pin pin) {
        return source.selectAt(Condition.all(), pin.revision().number()).stream()
                .map(Map.Entry::getValue)
                .toList();
    }
}
