package dev.orrery.exchange;

import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.Versioned;
import dev.orrery.graph.Edge;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes elements of a file as one commit. Confined to one thread, and used once. */
final class ImportBatch { // law X4
    /** What an edge's id begins with where a node has the id that the file says. */
    static final String RENAMED = "edge:";

    private final Graph graph;
    private final GraphFormat format;
    private final @Nullable String nodeType;
    private final @Nullable String edgeType;
    private long nodes;
    private long edges;
    private long added;
    private long changed;
    private long renamed;

    ImportBatch(
            Graph graph, GraphFormat format, @Nullable String nodeType, @Nullable String edgeType) {
        this.graph = graph;
        this.format = format;
        this.nodeType = nodeType;
        this.edgeType = edgeType;
    }

    /** Writes what differs, all of it or nothing. */
    Imported write(List<Element> elements) {
        if (!(graph.nodes() instanceof Versioned<String, Node> source)) {
            throw new Unsupported("import", graph.name());
        }
        source.timeline().commit(() -> elements.forEach(this::write));
        return new Imported(nodes, edges, added, changed, renamed);
    }

    private void write(Element element) {
        long line = element.place().line();
        try {
            switch (element) {
                case Element.OfNode node -> write(node);
                case Element.OfEdge edge -> write(edge);
            }
        } catch (Invalid refused) {
            throw BadLine.of(line, refused);
        } catch (Missing missing) {
            throw BadLine.of(
                    line,
                    "must come after the nodes it joins, and one of them is not there",
                    missing.key());
        } catch (Conflict conflict) {
            throw BadLine.of(
                    line,
                    "must have an id of its own; this one is taken by " + conflict.actual(),
                    element instanceof Element.OfNode node ? node.id() : edgeId(element));
        } catch (LimitExceeded large) {
            throw BadLine.of(
                    line, large.limit() + " must be at most " + large.allowed(), large.asked());
        }
    }

    private static String edgeId(Element element) {
        return element instanceof Element.OfEdge edge ? edge.given().orElse("none") : "none";
    }

    private void write(Element.OfNode node) {
        nodes++;
        String type = type(node, nodeType);
        Optional<Node> there = graph.node(node.id());
        boolean isSame = there.filter(known -> type.equals(typeOf(known))).isPresent();
        Row differing = differing(node.properties(), there.map(Node::properties));
        if (isSame && differing.columns().isEmpty()) {
            return;
        }
        graph.addNode(type, node.id(), differing);
        count(there);
    }

    private void write(Element.OfEdge edge) {
        edges++;
        String type = type(edge, edgeType);
        String id = freeOfNodes(edge.id(type));
        Optional<Edge> there = graph.edge(id);
        boolean isSame =
                there.filter(known ->
                                known.type().equals(type)
                                        && known.from().equals(edge.from())
                                        && known.to().equals(edge.to()))
                        .isPresent();
        Row differing = differing(edge.properties(), there.map(Edge::properties));
        if (isSame && differing.columns().isEmpty()) {
            return;
        }
        graph.addEdge(type, id, edge.from(), edge.to(), differing);
        count(there);
    }

    /** Elsewhere an edge may have a node's id; here it is given another, the same one each time. */
    private String freeOfNodes(String said) {
        if (format == GraphFormat.JSON_LINES) { // which is ours, so that it is a mistake there
            return said;
        }
        String id = said;
        while (graph.node(id).isPresent()) {
            id = RENAMED + id;
        }
        renamed += id.equals(said) ? 0 : 1;
        return id;
    }

    private void count(Optional<?> there) {
        if (there.isPresent()) {
            changed++;
        } else {
            added++;
        }
    }

    /** A node's type as it is added. */
    static String typeOf(Node node) {
        return node.subtype().map(subtype -> node.type() + "/" + subtype).orElse(node.type());
    }

    private static String type(Element element, @Nullable String otherwise) {
        String type = element.type() == null ? otherwise : element.type();
        if (type == null) {
            throw new Invalid(
                    "type", "must be there; say it in the file, or which untyped ones have", null);
        }
        return type;
    }

    /** The properties that are not there with the very same value. */
    private static Row differing(Row wanted, Optional<Row> there) { // law X3
        if (there.isEmpty()) {
            return wanted;
        }
        Map<String, @Nullable Object> differing = new LinkedHashMap<>();
        wanted.toMap()
                .forEach((property, value) -> {
                    if (!there.get().has(property)
                            || !Objects.equals(there.get().value(property), value)) {
                        differing.put(property, value);
                    }
                });
        return Row.from(differing);
    }
}
