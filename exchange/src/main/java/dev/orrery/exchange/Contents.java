package dev.orrery.exchange;

import dev.orrery.core.Condition;
import dev.orrery.core.Pin;
import dev.orrery.core.Tracking;
import dev.orrery.core.Versioned;
import dev.orrery.graph.Edge;
import dev.orrery.graph.GraphState;
import dev.orrery.graph.Node;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All nodes and edges of a graph as of one revision, in the order of their ids. They are given one
 * by one; putting them in order takes a reference for each node or, later, for each edge, never for
 * both. Confined to one thread.
 */
final class Contents implements AutoCloseable {
    private final GraphState graph;
    private final @Nullable Pin pin;

    /** What is done with each element. */
    interface Use<V> {
        void with(V element) throws IOException;
    }

    private Contents(GraphState graph, @Nullable Pin pin) {
        this.graph = graph;
        this.pin = pin;
    }

    /** As of now; inside a query or a commit, as that sees them. */
    static Contents of(GraphState graph) {
        if (Tracking.scope() == null && graph.nodes() instanceof Versioned<String, Node> nodes) {
            return new Contents(graph, nodes.timeline().pin()); // law X2
        }
        return new Contents(graph, null);
    }

    /** What the graph is called. */
    String graph() {
        return graph.ontology().name();
    }

    void nodes(Use<Node> use) throws IOException {
        if (pin != null && graph.nodes() instanceof Versioned<String, Node> nodes) {
            each(nodes, pin, use);
        } else {
            for (Node node : graph.nodes().list()) {
                use.with(node);
            }
        }
    }

    void edges(Use<Edge> use) throws IOException {
        if (pin != null && graph.edges() instanceof Versioned<String, Edge> edges) {
            each(edges, pin, use);
        } else {
            for (Edge edge : graph.edges().list()) {
                use.with(edge);
            }
        }
    }

    private static <V> void each(Versioned<String, V> source, Pin pin, Use<V> use)
            throws IOException {
        for (Map.Entry<String, V> entry :
                source.selectAt(Condition.all(), pin.revision().number())) {
            use.with(entry.getValue());
        }
    }

    /** Lets go of the revision. */
    @Override
    public void close() {
        if (pin != null) {
            pin.close();
        }
    }
}
