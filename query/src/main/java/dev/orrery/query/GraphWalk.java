package dev.orrery.query;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Walks what remembered results have read, breadth first, within bounds. Confined to a thread. */
final class GraphWalk {
    private final Dependencies.Bounds bounds;
    private final Map<Dependency, Integer> depths = new LinkedHashMap<>();
    private final Set<Dependencies.Edge> edges = new LinkedHashSet<>();
    private long leftOut;

    private GraphWalk(Dependencies.Bounds bounds) {
        this.bounds = bounds;
    }

    /** What a result rests on. */
    static Dependencies below(Dependency result, @Nullable Node node, Dependencies.Bounds bounds) {
        GraphWalk walk = new GraphWalk(bounds);
        Map<Dependency, Node> nodes = new HashMap<>();
        if (node != null) {
            nodes.put(result, node);
        }
        walk.walk(List.of(result), at -> readsOf(nodes.get(at), nodes), Dependencies.Edge::new);
        return walk.graph();
    }

    /** Everything that is remembered. */
    static Dependencies all(Engine engine, Dependencies.Bounds bounds) {
        GraphWalk walk = new GraphWalk(bounds);
        Map<Dependency, Node> nodes = new HashMap<>();
        List<Dependency> results = new ArrayList<>();
        each(
                engine,
                node -> {
                    if (node.memo != null) {
                        Dependency result = Dependency.of(node);
                        nodes.put(result, node);
                        results.add(result);
                    }
                });
        walk.walk(results, at -> readsOf(nodes.get(at), nodes), Dependencies.Edge::new);
        return walk.graph();
    }

    /** What rests on something; looks at every remembered result once. */
    static Dependencies above(Engine engine, Dependency read, Dependencies.Bounds bounds) {
        Map<Dependency, Set<Dependency>> readers = new HashMap<>();
        each(
                engine,
                node -> {
                    Dependency reader = Dependency.of(node);
                    for (Dependency each : readsOf(node, new HashMap<>())) {
                        readers.computeIfAbsent(each, _ -> new LinkedHashSet<>()).add(reader);
                    }
                });
        GraphWalk walk = new GraphWalk(bounds);
        walk.walk(
                List.of(read),
                at -> readers.getOrDefault(at, Set.of()),
                (at, reader) -> new Dependencies.Edge(reader, at));
        return walk.graph();
    }

    private static void each(Engine engine, Consumer<Node> action) {
        engine.definitions.values().forEach(definition -> engine.nodes(definition).forEach(action));
    }

    /** What a result has read, in order; a set is one thing, whatever remembers it. */
    private static List<Dependency> readsOf(@Nullable Node node, Map<Dependency, Node> nodes) {
        Memo memo = node == null ? null : node.memo;
        if (memo == null) {
            return List.of();
        }
        return Arrays.stream(memo.dependencies)
                .map(cell -> {
                    Dependency read = Dependency.of(cell);
                    if (cell instanceof Node below && read.kind() == Dependency.Kind.QUERY) {
                        nodes.put(read, below);
                    }
                    return read;
                })
                .distinct()
                .toList();
    }

    @FunctionalInterface
    private interface Step {
        Dependencies.Edge edge(Dependency at, Dependency next);
    }

    private void walk(
            List<Dependency> from, Function<Dependency, Iterable<Dependency>> nextOf, Step step) {
        Deque<Dependency> ahead = new ArrayDeque<>();
        for (Dependency start : from) {
            if (shows(start, 0)) {
                ahead.add(start);
            } else {
                nextOf.apply(start).forEach(_ -> leftOut++);
            }
        }
        while (!ahead.isEmpty()) {
            Dependency at = ahead.remove();
            int depth = depths.getOrDefault(at, 0) + 1;
            for (Dependency next : nextOf.apply(at)) {
                boolean known = depths.containsKey(next);
                if (!known && !shows(next, depth)) {
                    leftOut++;
                    continue;
                }
                edges.add(step.edge(at, next));
                if (!known) {
                    ahead.add(next);
                }
            }
        }
    }

    /** Takes in something new, if the bounds allow. */
    private boolean shows(Dependency next, int depth) {
        if (depth > bounds.depth() || depths.size() >= bounds.nodes()) {
            return false;
        }
        depths.put(next, depth);
        return true;
    }

    private Dependencies graph() {
        return new Dependencies(List.copyOf(depths.keySet()), List.copyOf(edges), leftOut);
    }
}
