package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A part of a graph that a replica can have without the rest: {@link Graph#sync(Peer, Topic)}. To
 * it belongs every node and edge of which it was ever said that it is of one of some types; of a
 * node type its subtypes and what extends it, too. An edge comes without its ends, and shows where
 * both are. Immutable: each method gives a topic with more in it. Two that name the same types are
 * the same, whatever they are called.
 *
 * <pre>{@code
 * graph.sync(peer, Topic.of("birds").nodes("Bird").edges("eats"));
 * }</pre>
 */
public final class Topic {
    /** The most types of nodes, and of edges, that one may name. */
    static final int MOST_TYPES = 1_024;

    private final String name;
    private final SortedSet<String> nodes;
    private final SortedSet<String> edges;

    Topic(String name, SortedSet<String> nodes, SortedSet<String> edges) {
        this.name = Limits.name("topic", name);
        this.nodes = checked(nodes);
        this.edges = checked(edges);
    }

    private static SortedSet<String> checked(SortedSet<String> types) {
        types.forEach(Limits::type);
        if (types.size() > MOST_TYPES) {
            throw new Invalid("topic", "names at most " + MOST_TYPES + " types", types.size());
        }
        return Collections.unmodifiableSortedSet(types);
    }

    /** A topic with nothing in it yet, under a name for people. */
    public static Topic of(String name) {
        return new Topic(name, new TreeSet<>(), new TreeSet<>());
    }

    /** With the nodes of these types. */
    public Topic nodes(String... types) {
        return new Topic(name, more(nodes, types), edges);
    }

    /** With the edges of these types. */
    public Topic edges(String... types) {
        return new Topic(name, nodes, more(edges, types));
    }

    private static SortedSet<String> more(SortedSet<String> known, String... types) {
        SortedSet<String> more = new TreeSet<>(known);
        Collections.addAll(more, types);
        return more;
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    SortedSet<String> nodeTypes() {
        return nodes;
    }

    SortedSet<String> edgeTypes() {
        return edges;
    }

    /** Whether what is said to be of a type belongs to it, as a schema has it. */
    boolean has(TypeName type, Schema schema) {
        if (type.isEdge()) {
            return edges.contains(type.name());
        }
        int slash = type.name().indexOf('/');
        ResolvedType known = schema.node(type.name());
        return nodes.contains(type.name())
                || (slash > 0 && nodes.contains(type.name().substring(0, slash)))
                || (known != null && isNamed(known.lineage()));
    }

    private boolean isNamed(List<String> lineage) {
        return !Collections.disjoint(nodes, lineage);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Topic topic
                && nodes.equals(topic.nodes)
                && edges.equals(topic.edges);
    }

    @Override
    public int hashCode() {
        return Objects.hash(nodes, edges);
    }

    @Override
    public String toString() {
        return name + ": nodes " + nodes + ", edges " + edges;
    }
}
