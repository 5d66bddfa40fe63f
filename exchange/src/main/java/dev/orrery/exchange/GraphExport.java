package dev.orrery.exchange;

import dev.orrery.graph.Edge;
import dev.orrery.graph.GraphState;
import dev.orrery.graph.Node;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes graphs to files. What is written is what can be seen of a graph at one revision, nodes
 * first, in the order of their ids: equal graphs are equal files.
 *
 * <pre>{@code
 * GraphExport.of(graph).write(GraphFormat.JSON_LINES, out);
 * }</pre>
 */
public final class GraphExport {
    private final GraphState graph;

    private GraphExport(GraphState graph) {
        this.graph = graph;
    }

    /** Of a graph as it is, or as it was ({@link dev.orrery.graph.Graph#asOf}). */
    public static GraphExport of(GraphState graph) {
        return new GraphExport(graph);
    }

    /**
     * Writes the graph, flushes, and leaves the stream open.
     *
     * @throws IOException when the stream cannot be written to
     * @throws dev.orrery.core.OrreryException.Invalid when the form cannot name something
     */
    public Exported write(GraphFormat format, OutputStream out) throws IOException {
        Contents contents = Contents.of(graph);
        ElementWriter writer = format.writer(out, contents);
        for (Node node : contents.nodes()) {
            writer.node(node);
        }
        for (Edge edge : contents.edges()) {
            writer.edge(edge);
        }
        writer.end();
        return new Exported(contents.nodes().size(), contents.edges().size());
    }
}
