package dev.orrery.graph;

import dev.orrery.graph.Neighbourhood.Direction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Questions about a whole graph, or about how far one gets in it. Those that begin at a node read
 * what they come by; the others read all nodes and edges. Answers are in an order that depends on
 * the graph alone. Immutable.
 */
public final class Algorithms {
    private final GraphState graph;
    private final Neighbourhood around;

    Algorithms(GraphState graph, List<String> edgeTypes) {
        this.graph = graph;
        this.around = new Neighbourhood(graph, edgeTypes);
    }

    /**
     * The same over edges of these types alone.
     *
     * @throws dev.orrery.core.OrreryException.Missing when the schema has no such type
     */
    public Algorithms over(String... types) {
        for (String type : types) {
            graph.edges(type);
        }
        return new Algorithms(graph, List.of(types));
    }

    /** The part of a graph around a node. */
    public record Subgraph(Set<String> nodes, Set<String> edges) {}

    // ---- from a node

    /**
     * The nodes that edges lead to from one, itself first, the nearest first.
     *
     * @param depth how many edges to follow at most
     */
    public List<String> reachable(String from, int depth) {
        return List.copyOf(levels(from, depth, Direction.OUT).keySet());
    }

    /** The nodes that a node can be reached from, itself first: what a change of it may touch. */
    public List<String> impact(String on) {
        return List.copyOf(levels(on, Integer.MAX_VALUE, Direction.IN).keySet());
    }

    /**
     * The nodes within so many edges of one, whichever way these lead, and all edges among them.
     */
    public Subgraph subgraph(String center, int depth) {
        Set<String> nodes = new TreeSet<>(levels(center, depth, Direction.BOTH).keySet());
        Set<String> edges = new TreeSet<>();
        for (String node : nodes) {
            for (Neighbourhood.Step step : around.of(node, Direction.OUT)) {
                if (nodes.contains(step.to())) {
                    edges.add(step.edge().id());
                }
            }
        }
        return new Subgraph(nodes, edges);
    }

    private Map<String, Integer> levels(String from, int depth, Direction direction) {
        Map<String, Integer> levels = new LinkedHashMap<>();
        if (graph.node(from).isEmpty()) {
            return levels;
        }
        levels.put(from, 0);
        ArrayDeque<String> todo = new ArrayDeque<>(List.of(from));
        while (!todo.isEmpty()) {
            String node = todo.remove();
            int level = levels.getOrDefault(node, 0);
            if (level >= depth) {
                continue;
            }
            for (Neighbourhood.Step step : around.of(node, direction)) {
                if (levels.putIfAbsent(step.to(), level + 1) == null) {
                    todo.add(step.to());
                }
            }
        }
        return levels;
    }

    /** A way with the fewest edges, from its first node to its last; empty when there is none. */
    public List<String> shortestPath(String from, String to) {
        if (graph.node(from).isEmpty() || graph.node(to).isEmpty()) {
            return List.of();
        }
        Map<String, String> before = new HashMap<>(Map.of(from, from));
        ArrayDeque<String> todo = new ArrayDeque<>(List.of(from));
        while (!todo.isEmpty() && !before.containsKey(to)) {
            String node = todo.remove();
            for (Neighbourhood.Step step : around.of(node, Direction.OUT)) {
                if (before.putIfAbsent(step.to(), node) == null) {
                    todo.add(step.to());
                }
            }
        }
        return before.containsKey(to) ? back(before, from, to) : List.of();
    }

    private static List<String> back(Map<String, String> before, String from, String to) {
        ArrayDeque<String> path = new ArrayDeque<>(List.of(to));
        for (String at = to; !at.equals(from); ) {
            at = before.getOrDefault(at, from);
            path.addFirst(at);
        }
        return List.copyOf(path);
    }

    // ---- of the whole

    /** All nodes so that every edge leads forward; empty when edges lead round in a circle. */
    public Optional<List<String>> topologicalOrder() {
        Links links = links();
        Map<String, Integer> open = new HashMap<>();
        links.next()
                .values()
                .forEach(ends -> ends.forEach(end -> open.merge(end, 1, Integer::sum)));
        TreeSet<String> ready = new TreeSet<>(links.nodes());
        ready.removeAll(open.keySet());
        List<String> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            String node = ready.removeFirst();
            order.add(node);
            for (String end : links.next().getOrDefault(node, List.of())) {
                if (open.merge(end, -1, Integer::sum) == 0) {
                    ready.add(end);
                }
            }
        }
        return order.size() == links.nodes().size() ? Optional.of(order) : Optional.empty();
    }

    /** The nodes of a circle that edges lead round in, in order; empty when there is none. */
    public Optional<List<String>> cycle() {
        Links links = links();
        Set<String> done = new HashSet<>();
        for (String start : links.nodes()) {
            Optional<List<String>> found = cycleFrom(start, links, done);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Walks down from a node without a stack of calls, as deep as the graph is. */
    private static Optional<List<String>> cycleFrom(String start, Links links, Set<String> done) {
        LinkedHashSet<String> path = new LinkedHashSet<>();
        ArrayDeque<ArrayDeque<String>> left = new ArrayDeque<>();
        left.push(new ArrayDeque<>(List.of(start)));
        while (!left.isEmpty()) {
            String node = left.getFirst().poll();
            if (node == null) {
                left.pop();
                if (!path.isEmpty()) {
                    done.add(path.removeLast());
                }
            } else if (path.contains(node)) {
                List<String> all = List.copyOf(path);
                return Optional.of(all.subList(all.indexOf(node), all.size()));
            } else if (!done.contains(node)) {
                path.add(node);
                left.push(new ArrayDeque<>(links.next().getOrDefault(node, List.of())));
            }
        }
        return Optional.empty();
    }

    /** The nodes that hang together, whichever way edges lead: the largest parts first. */
    public List<Set<String>> components() {
        Links links = links();
        Map<String, List<String>> touching = new HashMap<>();
        links.next()
                .forEach((from, ends) -> {
                    for (String end : ends) {
                        touching.computeIfAbsent(from, _ -> new ArrayList<>()).add(end);
                        touching.computeIfAbsent(end, _ -> new ArrayList<>()).add(from);
                    }
                });
        List<Set<String>> parts = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String node : links.nodes()) {
            if (seen.add(node)) {
                Set<String> part = new TreeSet<>(Set.of(node));
                ArrayDeque<String> todo = new ArrayDeque<>(part);
                while (!todo.isEmpty()) {
                    for (String other : touching.getOrDefault(todo.remove(), List.of())) {
                        if (seen.add(other)) {
                            part.add(other);
                            todo.add(other);
                        }
                    }
                }
                parts.add(part);
            }
        }
        parts.sort((one, other) -> Integer.compare(other.size(), one.size()));
        return parts;
    }

    /**
     * How much each node is pointed at by nodes that are pointed at much; the sum is one.
     *
     * @param damping how much is passed on along edges, between 0 and 1; 0.85 is usual
     * @param rounds how often it is passed on
     */
    public Map<String, Double> pageRank(double damping, int rounds) {
        Links links = links();
        int count = links.nodes().size();
        Map<String, Double> rank = new TreeMap<>();
        links.nodes().forEach(node -> rank.put(node, 1.0 / count));
        for (int round = 0; round < rounds; round++) {
            Map<String, Double> next = new HashMap<>();
            double kept = 0; // of nodes that point nowhere: everybody's
            for (Map.Entry<String, Double> each : rank.entrySet()) {
                List<String> ends = links.next().getOrDefault(each.getKey(), List.of());
                if (ends.isEmpty()) {
                    kept += each.getValue();
                }
                double share = each.getValue() / Math.max(1, ends.size());
                ends.forEach(end -> next.merge(end, share, Double::sum));
            }
            double everybody = (1 - damping + damping * kept) / count;
            rank.replaceAll((node, _) -> everybody + damping * next.getOrDefault(node, 0.0));
        }
        return rank;
    }

    /** All nodes, and where edges lead from each. */
    private record Links(TreeSet<String> nodes, Map<String, List<String>> next) {}

    private Links links() {
        TreeSet<String> nodes = new TreeSet<>(graph.nodes().keys());
        Map<String, List<String>> next = new HashMap<>();
        for (Edge edge : around.all()) {
            next.computeIfAbsent(edge.from(), _ -> new ArrayList<>()).add(edge.to());
        }
        return new Links(nodes, next);
    }
}
