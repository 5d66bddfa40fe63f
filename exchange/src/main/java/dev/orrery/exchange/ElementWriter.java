package dev.orrery.exchange;

import dev.orrery.graph.Edge;
import dev.orrery.graph.Node;
import java.io.IOException;

/** Writes the nodes of a graph, then its edges. Confined to one thread. */
interface ElementWriter {
    void node(Node node) throws IOException;

    void edge(Edge edge) throws IOException;

    /** Writes what comes after the last edge, and flushes. */
    void end() throws IOException;
}
