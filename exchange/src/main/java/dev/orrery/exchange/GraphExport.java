package dev.orrery.exchange;

import dev.orrery.graph.GraphState;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * Writes graphs to files. What is written is what can be seen of a graph at one revision, nodes
 * first, in the order of their ids: equal graphs are equal files.
 *
 * <pre>{@code
 * GraphExport.of(graph).write(GraphFormat.JSON_LINES, out);
 * }</pre>
 */
public final class GraphExport {
    private static final int TOLD = 1_000;

    private final GraphState graph;
    private final Consumer<Exported> progress;

    private GraphExport(GraphState graph, Consumer<Exported> progress) {
        this.graph = graph;
        this.progress = progress;
    }

    /** Of a graph as it is, or as it was ({@link dev.orrery.graph.Graph#asOf}). */
    public static GraphExport of(GraphState graph) {
        return new GraphExport(graph, _ -> {});
    }

    /** Telling after each thousand nodes or edges what was written so far. */
    public GraphExport progress(Consumer<Exported> listener) {
        return new GraphExport(graph, listener);
    }

    /**
     * Writes the graph, flushes, and leaves the stream open.
     *
     * @throws IOException when the stream cannot be written to
     * @throws dev.orrery.core.OrreryException.Invalid when the form cannot name something
     */
    public Exported write(GraphFormat format, OutputStream out) throws IOException {
        try (Contents contents = Contents.of(graph)) {
            ElementWriter writer = format.writer(out, contents);
            Counter counter = new Counter();
            contents.nodes(node -> {
                writer.node(node);
                counter.node();
            });
            contents.edges(edge -> {
                writer.edge(edge);
                counter.edge();
            });
            writer.end();
            return counter.done();
        }
    }

    /** Counts, and tells of it. */
    private final class Counter {
        private long nodes;
        private long edges;

        void node() {
            nodes++;
            tell();
        }

        void edge() {
            edges++;
            tell();
        }

        private void tell() {
            if ((nodes + edges) % TOLD == 0) {
                progress.accept(done());
            }
        }

        Exported done() {
            return new Exported(nodes, edges);
        }
    }
}
