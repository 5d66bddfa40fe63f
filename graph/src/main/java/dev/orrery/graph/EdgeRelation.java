package dev.orrery.graph;

import dev.orrery.core.Condition;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** Edges by the node at one of their ends: at least those that are seen at any revision. */
    private final EdgeIds byFrom = new EdgeIds();

    private final EdgeIds byTo = new EdgeIds();

    /** Fills in what was there before anyone could read it. */
    void begin(Edge edge) {
        note(edge);
        restore(edge.id(), edge);
    }

    /** Called before an edge can be seen. */
    void note(Edge edge) {
        byFrom.add(edge.from(), edge.id());
        byTo.add(edge.to(), edge.id());
    }

    @Override
    protected Optional<Set<String>> candidates(Condition condition) { // law C63
        return switch (condition) {
            case Condition.Compare(String column, Condition.Comparison how, Object value)
                    when how == Condition.Comparison.EQUAL && value instanceof String node ->
                    switch (column) {
                        case ":from" -> Optional.of(byFrom.of(node));
                        case ":to" -> Optional.of(byTo.of(node));
                        default -> Optional.empty();
                    };
            case Condition.And(List<Condition> parts) ->
                    parts.stream().map(this::candidates).flatMap(Optional::stream).findFirst();
            default -> Optional.empty();
        };
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
