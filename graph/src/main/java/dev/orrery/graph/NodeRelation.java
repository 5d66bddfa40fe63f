package dev.orrery.graph;

import dev.orrery.core.LocalRelation;
import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The visible nodes of a graph, by id; and those of a type, as a subset that is made when it is
 * first asked for. As rows they are their properties, with {@code :id} and {@code :type}.
 * Thread-safe.
 */
final class NodeRelation extends Indexed<Node> {
    private final Map<String, Relation<String, Node>> types = new ConcurrentHashMap<>();
    private final RowShapes shapes = new RowShapes(":id", ":type");

    NodeRelation(Timeline timeline, String graph) {
        super(timeline, graph + " nodes");
    }

    @Override
    Row properties(Node node) {
        return node.properties();
    }

    /** The nodes of a type, those of types that extend it included. */
    Relation<String, Node> ofType(String type) {
        Relation<String, Node> known = types.get(type);
        return known != null
                ? known
                : types.computeIfAbsent(
                        type, _ -> subset(name() + " " + type, node -> node.is(type)));
    }

    /** The nodes that belong to a part of the graph. */
    LocalRelation<String, Node> part(String part, Predicate<? super Node> belongs) {
        return subset(name() + " " + part, belongs);
    }

    @Override
    public Row toRow(String id, Node node) {
        return shapes.row(node.properties(), id, node.lineage().getFirst());
    }
}
