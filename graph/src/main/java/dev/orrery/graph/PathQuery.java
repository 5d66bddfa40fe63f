package dev.orrery.graph;

import dev.orrery.core.Condition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Relation;
import dev.orrery.graph.Neighbourhood.Direction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of nodes and edges: where it begins, and step by step where it leads. Nothing is read
 * before {@link #paths} or {@link #ends} is called; inside a query what they read is recorded.
 * Immutable: each method gives the pattern with one more thing said.
 *
 * <pre>{@code
 * graph.match("Bird").where(text("habitat").eq("tree")).out("eats").to("Animal").paths(100)
 * graph.from("worm").in("eats").upTo(3).ends(100)
 * }</pre>
 */
public final class PathQuery { // law G52
    private final GraphState graph;
    private final Start start;
    private final List<Leg> legs;

    /** Which nodes belong at a place; null for a type that may be any. */
    private record Place(@Nullable String type, Condition condition) {
        Place and(Condition more) {
            return new Place(type, condition.equals(Condition.all()) ? more : condition.and(more));
        }
    }

    /** Where a pattern begins. */
    private record Start(@Nullable String node, Place place) {}

    /** A step, walked up to so many times. */
    private record Leg(Direction direction, List<String> edges, int most, Place place) {}

    private PathQuery(GraphState graph, Start start, List<Leg> legs) {
        this.graph = graph;
        this.start = start;
        this.legs = legs;
    }

    static PathQuery ofType(GraphState graph, String type) {
        graph.nodes(type); // refused when there is none
        return new PathQuery(graph, new Start(null, new Place(type, Condition.all())), List.of());
    }

    static PathQuery from(GraphState graph, String node) {
        return new PathQuery(graph, new Start(node, new Place(null, Condition.all())), List.of());
    }

    // ---- saying what

    /** Only nodes that meet a condition, at the place where the pattern has come to. */
    public PathQuery where(Condition condition) {
        return at(place().and(condition));
    }

    /**
     * Only nodes of a type or of one that extends it, at the place where the pattern has come to.
     */
    public PathQuery to(String type) {
        graph.nodes(type); // refused when there is none
        return at(new Place(type, place().condition()));
    }

    /** One step along an edge, of one of these types if any are named. */
    public PathQuery out(String... edgeTypes) {
        return step(Direction.OUT, edgeTypes);
    }

    /** One step against an edge. */
    public PathQuery in(String... edgeTypes) {
        return step(Direction.IN, edgeTypes);
    }

    /** One step along or against an edge. */
    public PathQuery both(String... edgeTypes) {
        return step(Direction.BOTH, edgeTypes);
    }

    /**
     * The last step, walked once or more, up to so many times; what is said of its place holds of
     * each node on the way.
     */
    public PathQuery upTo(int times) {
        if (legs.isEmpty() || times < 1) {
            throw new Invalid("upTo", "repeats a step, at least once", times);
        }
        Leg last = legs.getLast();
        return with(new Leg(last.direction(), last.edges(), times, last.place()));
    }

    private Place place() {
        return legs.isEmpty() ? start.place() : legs.getLast().place();
    }

    private PathQuery at(Place place) {
        if (legs.isEmpty()) {
            return new PathQuery(graph, new Start(start.node(), place), legs);
        }
        Leg last = legs.getLast();
        return with(new Leg(last.direction(), last.edges(), last.most(), place));
    }

    private PathQuery with(Leg last) {
        List<Leg> changed = new ArrayList<>(legs.subList(0, legs.size() - 1));
        changed.add(last);
        return new PathQuery(graph, start, changed);
    }

    private PathQuery step(Direction direction, String... edgeTypes) {
        for (String type : edgeTypes) {
            graph.edges(type); // refused when there is none
        }
        List<Leg> longer = new ArrayList<>(legs);
        longer.add(new Leg(direction, List.of(edgeTypes), 1, new Place(null, Condition.all())));
        return new PathQuery(graph, start, longer);
    }

    // ---- asking

    /**
     * The first so many ways that fit the whole pattern; none walks an edge twice.
     *
     * @throws Missing when the schema no longer has a type that was named
     */
    public List<Path> paths(int most) {
        requirePositive(most);
        List<Path> found = new ArrayList<>();
        for (Node node : starts()) {
            Way way = new Way(node);
            walk(way, 0, 0, most, found);
            if (found.size() >= most) {
                break;
            }
        }
        return found;
    }

    /** A way under way. */
    private static final class Way {
        private final List<Node> nodes = new ArrayList<>();
        private final Map<String, Edge> edges = new LinkedHashMap<>();

        Way(Node start) {
            nodes.add(start);
        }
    }

    private void walk(Way way, int leg, int walked, int most, List<Path> found) {
        if (leg == legs.size()) {
            found.add(new Path(way.nodes, List.copyOf(way.edges.values())));
            return;
        }
        Leg next = legs.get(leg);
        Predicate<Node> fits = fits(next.place());
        Neighbourhood around = new Neighbourhood(graph, next.edges());
        for (Neighbourhood.Step step : around.of(way.nodes.getLast().id(), next.direction())) {
            Node node = graph.node(step.to()).filter(fits).orElse(null);
            if (node == null || way.edges.putIfAbsent(step.edge().id(), step.edge()) != null) {
                continue;
            }
            way.nodes.add(node);
            walk(way, leg + 1, 0, most, found);
            if (found.size() < most && walked + 1 < next.most()) {
                walk(way, leg, walked + 1, most, found);
            }
            way.nodes.removeLast();
            way.edges.remove(step.edge().id());
            if (found.size() >= most) {
                return;
            }
        }
    }

    /** The first so many nodes at which a way through the pattern ends, each once. */
    public List<Node> ends(int most) {
        requirePositive(most);
        Map<String, Node> at = new LinkedHashMap<>();
        starts().forEach(node -> at.put(node.id(), node));
        Map<String, Node> reached = at;
        for (Leg leg : legs) {
            reached = image(reached, leg);
        }
        return reached.values().stream().limit(most).toList();
    }

    /** The nodes that one leg leads to from some. */
    private Map<String, Node> image(Map<String, Node> from, Leg leg) {
        Predicate<Node> fits = fits(leg.place());
        Neighbourhood around = new Neighbourhood(graph, leg.edges());
        Map<String, Node> reached = new LinkedHashMap<>();
        Set<String> edge = from.keySet();
        for (int times = 0; times < leg.most() && !edge.isEmpty(); times++) {
            Set<String> further = new LinkedHashSet<>();
            for (String node : edge) {
                for (Neighbourhood.Step step : around.of(node, leg.direction())) {
                    if (!reached.containsKey(step.to())) {
                        graph.node(step.to())
                                .filter(fits)
                                .ifPresent(end -> {
                                    reached.put(end.id(), end);
                                    further.add(end.id());
                                });
                    }
                }
            }
            edge = further;
        }
        return reached;
    }

    private List<Node> starts() {
        Place place = start.place();
        if (start.node() != null) {
            return graph.node(start.node()).filter(fits(place)).stream().toList();
        }
        Relation<String, Node> nodes =
                place.type() == null ? graph.nodes() : graph.nodes(place.type());
        return nodes.where(place.condition()).list();
    }

    private Predicate<Node> fits(Place place) {
        String type = place.type();
        Condition condition = place.condition();
        if (condition.equals(Condition.all())) { // for which nobody needs a row
            return node -> type == null || node.is(type);
        }
        Relation<String, Node> rows = graph.nodes();
        return node ->
                (type == null || node.is(type)) && condition.holds(rows.toRow(node.id(), node));
    }

    private static void requirePositive(int most) {
        if (most < 1) {
            throw new Invalid("most", "is at least 1", most);
        }
    }
}
