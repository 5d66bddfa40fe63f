package dev.orrery.query;

import dev.orrery.core.OrreryException.Invalid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A part of what remembered results rest on: who has read what. Immutable.
 *
 * <p>Each result's reads are those it had when it was looked at; commits in between may make two of
 * them of different revisions.
 *
 * @param nodes results, and the keys and sets they read, nearest to where the walk began first
 * @param edges who has read what; both ends are among the nodes
 * @param leftOut how many further reads the bounds have left out; zero when this is the whole
 */
public record Dependencies(List<Dependency> nodes, List<Edge> edges, long leftOut) {
    /** A result, and something it has read. */
    public record Edge(Dependency reader, Dependency read) {}

    /**
     * How far a walk goes.
     *
     * @param nodes the most it shows, at least one
     * @param depth the most edges between where it begins and what it shows
     */
    public record Bounds(int nodes, int depth) {
        /** What a person can look at. */
        public static final Bounds USUAL = new Bounds(200, 20);

        public Bounds {
            if (nodes < 1) {
                throw new Invalid("nodes", "is at least 1", nodes);
            }
            if (depth < 0) {
                throw new Invalid("depth", "is at least 0", depth);
            }
        }
    }

    /**
     * Counts of a graph.
     *
     * @param readers results that have read something
     * @param read what was read by at least one of them
     * @param edges reads
     * @param constants results that have read nothing
     * @param byReads how many results have read so many things
     */
    public record Shape(
            int readers, int read, int edges, int constants, SortedMap<Integer, Integer> byReads) {}

    public Dependencies {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /** What there is, counted. */
    public Shape shape() {
        Map<Dependency, Integer> reads = new HashMap<>();
        Set<Dependency> read = new HashSet<>();
        for (Edge edge : edges) {
            reads.merge(edge.reader(), 1, Integer::sum);
            read.add(edge.read());
        }
        SortedMap<Integer, Integer> byReads = new TreeMap<>();
        reads.values().forEach(count -> byReads.merge(count, 1, Integer::sum));
        long results = nodes.stream().filter(node -> node.kind() == Dependency.Kind.QUERY).count();
        int constants = (int) results - reads.size();
        return new Shape(reads.size(), read.size(), edges.size(), constants, byReads);
    }

    /** The shortest way from a reader down to what it rests on, both included; empty without. */
    public List<Dependency> path(Dependency reader, Dependency read) {
        Map<Dependency, List<Dependency>> reads = new HashMap<>();
        edges.forEach(edge ->
                reads.computeIfAbsent(edge.reader(), _ -> new ArrayList<>()).add(edge.read()));
        Map<Dependency, Dependency> cameFrom = new LinkedHashMap<>();
        Deque<Dependency> ahead = new ArrayDeque<>(List.of(reader));
        cameFrom.put(reader, reader);
        while (!ahead.isEmpty() && !cameFrom.containsKey(read)) {
            Dependency next = ahead.remove();
            for (Dependency below : reads.getOrDefault(next, List.of())) {
                if (cameFrom.putIfAbsent(below, next) == null) {
                    ahead.add(below);
                }
            }
        }
        return cameFrom.containsKey(read) && nodes.contains(reader)
                ? back(cameFrom, reader, read)
                : List.of();
    }

    private static List<Dependency> back(
            Map<Dependency, Dependency> cameFrom, Dependency reader, Dependency read) {
        Deque<Dependency> path = new ArrayDeque<>(List.of(read));
        for (Dependency at = read; !at.equals(reader); ) {
            at = cameFrom.getOrDefault(at, reader);
            path.addFirst(at);
        }
        return List.copyOf(path);
    }

    /** The graph in the language of Graphviz. */
    public String toDot() {
        return new GraphText(this).dot();
    }

    /** The graph as a Mermaid flowchart. */
    public String toMermaid() {
        return new GraphText(this).mermaid();
    }

    /**
     * The graph as one JSON object: {@code nodes} with {@code kind}, {@code name} and {@code
     * label}, {@code edges} as pairs of indexes into them, reader first, and {@code leftOut}.
     */
    public String toJson() {
        return new GraphText(this).json();
    }
}
