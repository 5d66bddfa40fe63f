package dev.orrery.graph;

import java.util.Optional;

/** What is different of one id between two moments of a graph. Immutable. */
public sealed interface Difference {
    /** The node or edge concerned. */
    String id();

    /** A node that came, went or changed. */
    record OfNode(String id, Optional<Node> before, Optional<Node> after) implements Difference {}

    /** An edge that came, went or changed. */
    record OfEdge(String id, Optional<Edge> before, Optional<Edge> after) implements Difference {}
}
