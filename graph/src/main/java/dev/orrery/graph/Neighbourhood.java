package dev.orrery.graph;

import static dev.orrery.core.Column.text;

import dev.orrery.core.Condition;
import java.util.ArrayList;
import java.util.List;

/**
 * The edges at a node, and what is at their other ends. Inside a query what is read is recorded, so
 * that the query runs again when an edge comes or goes at one of these nodes, and at no other.
 * Thread-safe.
 */
final class Neighbourhood { // law G54
    private final GraphState graph;
    private final List<String> edgeTypes;

    /** Which way an edge is walked. */
    enum Direction {
        /** From where it comes to where it leads. */
        OUT,
        /** From where it leads to where it comes from. */
        IN,
        /** Either way. */
        BOTH
    }

    /** An edge and the node that it leads to from where one stands. */
    record Step(Edge edge, String to) {}

    /** With edges of these types; of all when there are none. */
    Neighbourhood(GraphState graph, List<String> edgeTypes) {
        this.graph = graph;
        this.edgeTypes = edgeTypes;
    }

    /** The steps away from a node, in the order of edge ids. */
    List<Step> of(String node, Direction direction) {
        List<Step> steps = new ArrayList<>();
        if (direction != Direction.IN) {
            edges(":from", node).forEach(edge -> steps.add(new Step(edge, edge.to())));
        }
        if (direction != Direction.OUT) {
            for (Edge edge : edges(":to", node)) {
                if (direction == Direction.IN || !edge.from().equals(edge.to())) {
                    steps.add(new Step(edge, edge.from()));
                }
            }
        }
        return steps;
    }

    private List<Edge> edges(String end, String node) {
        Condition at = text(end).eq(node);
        return graph.edges()
                .where(edgeTypes.isEmpty() ? at : at.and(text(":type").in(edgeTypes)))
                .list();
    }

    /** All edges of these types. */
    List<Edge> all() {
        return edgeTypes.isEmpty()
                ? graph.edges().list()
                : graph.edges().where(text(":type").in(edgeTypes)).list();
    }
}
