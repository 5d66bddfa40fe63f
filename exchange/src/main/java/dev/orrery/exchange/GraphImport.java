package dev.orrery.exchange;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.graph.Graph;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads files into a graph. Immutable: each method gives the import with one more thing settled.
 *
 * <pre>{@code
 * GraphImport.into(graph).read(GraphFormat.GRAPHML, in);
 * }</pre>
 *
 * <p>What the file says of an id is made so, and nothing else: what is there as it says is not
 * written again, and properties it does not speak of stay. So a file can be imported again, after a
 * refusal say. It is written in commits of at most a thousand nodes and edges; a refused one is not
 * written at all, those before it are. Nodes stand before the edges that end at them.
 *
 * <p>In GraphML of other programs an edge may have the id of a node, which stands before it. The
 * edge is then called {@code edge:} and that id, as often as it takes; {@link Imported#renamed}
 * counts them.
 */
public final class GraphImport {
    private static final int BATCH = 1_000;
    private static final long BATCH_BYTES = 4 << 20;

    private final Graph graph;
    private final @Nullable String nodeType;
    private final @Nullable String edgeType;
    private final Consumer<Imported> progress;

    private GraphImport(
            Graph graph,
            @Nullable String nodeType,
            @Nullable String edgeType,
            Consumer<Imported> progress) {
        this.graph = graph;
        this.nodeType = nodeType;
        this.edgeType = edgeType;
        this.progress = progress;
    }

    /** Into a graph. */
    public static GraphImport into(Graph graph) {
        return new GraphImport(graph, null, null, _ -> {});
    }

    /** With a type for nodes of which the file says none, as files of other programs do. */
    public GraphImport untypedNodes(String type) {
        return new GraphImport(graph, type, edgeType, progress);
    }

    /** With a type for edges of which the file says none. */
    public GraphImport untypedEdges(String type) {
        return new GraphImport(graph, nodeType, type, progress);
    }

    /** Telling after each commit what was done so far, outside of it. */
    public GraphImport progress(Consumer<Imported> listener) {
        return new GraphImport(graph, nodeType, edgeType, listener);
    }

    /**
     * Reads to the end of the stream, and leaves it open.
     *
     * @throws IOException when the stream cannot be read
     * @throws Invalid naming the first bad line and what it must be
     */
    public Imported read(GraphFormat format, InputStream in) throws IOException {
        ElementReader reader = format.reader(in);
        Imported done = Imported.NOTHING;
        for (var batch = next(reader); !batch.isEmpty(); batch = next(reader)) {
            done = done.plus(new ImportBatch(graph, format, nodeType, edgeType).write(batch));
            progress.accept(done);
        }
        return done;
    }

    private static List<Element> next(ElementReader reader) throws IOException { // law X4
        List<Element> batch = new ArrayList<>();
        long bytes = 0;
        while (batch.size() < BATCH && bytes < BATCH_BYTES) {
            Element element = reader.next();
            if (element == null) {
                return batch;
            }
            batch.add(element);
            bytes += element.place().bytes();
        }
        return batch;
    }
}
