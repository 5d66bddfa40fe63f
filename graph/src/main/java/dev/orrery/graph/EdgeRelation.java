package dev.orrery.graph;

import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The visible edges of a graph, by id; and those of a type, as a subset that is made when it is
 * first asked for. As rows they are their properties, with {@code :id}, {@code :type}, {@code
 * :from} and {@code :to}. Thread-safe.
 */
final class EdgeRelation extends Indexed<Edge> {
    private final Map<String, Relation<String, Edge>> types = new ConcurrentHashMap<>();
    private final RowShapes shapes = new RowShapes(":id", ":type", ":from", ":to");

    EdgeRelation(Timeline timeline, String graph) {
        super(timeline, graph + " edges");
    }

    /** Edges by the node at one of their ends: at least those that are seen at any revision. */
    private final EdgeIds byFrom = new EdgeIds();

    private final EdgeIds byTo = new EdgeIds();

    @Override
    void index(String id, @Nullable Edge before, @Nullable Edge after) {
        super.index(id, before, after);
        if (after != null) {
            byFrom.add(after.from(), id);
            byTo.add(after.to(), id);
        }
    }

    @Override
    Row properties(Edge edge) {
        return edge.properties();
    }

    @Override
    Optional<Set<String>> find(String column, Object value) {
        return switch (column) {
            case ":from" -> Optional.of(ids(byFrom, value));
            case ":to" -> Optional.of(ids(byTo, value));
            default -> Optional.empty();
        };
    }

    private Set<String> ids(EdgeIds edges, Object node) {
        indexWhatRests();
        return node instanceof String id ? edges.of(id) : Set.of();
    }

    /** The ids of edges that have an end at a node, or had. */
    Set<String> at(String node) {
        indexWhatRests();
        Set<String> ids = byFrom.of(node);
        return ids.isEmpty() ? byTo.of(node) : with(ids, byTo.of(node));
    }

    private static Set<String> with(Set<String> some, Set<String> others) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(others);
        return all;
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
