package dev.orrery.graph;

import java.util.List;

/**
 * A way through a graph. Immutable.
 *
 * @param nodes from its beginning to its end
 * @param edges between them, one fewer; each as it is, whichever way it was walked
 */
public record Path(List<Node> nodes, List<Edge> edges) {
    /** A way of these. */
    public Path {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /** Where it ends. */
    public Node end() {
        return nodes.getLast();
    }
}
