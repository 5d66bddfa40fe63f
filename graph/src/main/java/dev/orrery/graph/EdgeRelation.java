package dev.orrery.graph;

import dev.orrery.core.LocalRelation;
import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The visible edges of a graph, by id; and those of a type, as a subset that is made when it is
 * first asked for. As rows they are their properties, with {@code :id}, {@code :type}, {@code
 * :from} and {@code :to}. Thread-safe.
 */
final class EdgeRelation extends LocalRelation<String, Edge> {
    private final Map<String, Relation<String, Edge>> types = new ConcurrentHashMap<>();
    private final RowShapes shapes = new RowShapes(":id", ":type", ":from", ":to");

    EdgeRelation(Timeline timeline, String graph) {
        super(timeline, graph + " edges");
    }

    /** Fills in what was there before anyone could read it. */
    void begin(Edge edge) {
        restore(edge.id(), edge);
    }

    /** The edges of a type. */
    Relation<String, Edge> ofType(String type) {
        Relation<String, Edge> known = types.get(type);
        return known != null
                ? known
                : types.computeIfAbsent(
                        type, _ -> subset(name() + " " + type, edge -> edge.type().equals(type)));
    }

    @Override
    public Row toRow(String id, Edge edge) {
        return shapes.row(edge.properties(), id, edge.type(), edge.from(), edge.to());
    }
}
