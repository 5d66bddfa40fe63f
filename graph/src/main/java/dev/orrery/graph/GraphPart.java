package dev.orrery.graph;

import dev.orrery.core.LocalRelation;
import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import dev.orrery.core.Transaction;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A part of a graph: the nodes that belong to it, and the edges both of whose ends do. It is kept
 * up by the commits that change the graph, at a cost of what they change and the edges there.
 * Thread-safe.
 *
 * <p>Both are relations: queries, views and watches stand on them. The edges are there from the
 * revision on at which the part was first asked for.
 */
public final class GraphPart {
    private final EdgeRelation all;
    private final LocalRelation<String, Node> nodes;
    private final Inner edges;

    /** The edges within the part. */
    private final class Inner extends LocalRelation<String, Edge> {
        private Inner(String name) {
            super(all.timeline(), name);
        }

        @Override
        public Row toRow(String id, Edge edge) {
            return all.toRow(id, edge);
        }
    }

    GraphPart(String name, Predicate<? super Node> belongs, NodeRelation nodes, EdgeRelation all) {
        this.all = all;
        this.nodes = nodes.part(name, belongs);
        this.edges = new Inner(all.name() + " " + name);
    }

    /** The nodes that belong to it, by id. */
    public Relation<String, Node> nodes() {
        return nodes;
    }

    /** The edges between them, by id. */
    public Relation<String, Edge> edges() {
        return edges;
    }

    /** Takes in what is there. */
    void begin(Transaction transaction) {
        nodes.keys().forEach(node -> all.at(node).forEach(edge -> follow(transaction, edge)));
    }

    /** Follows what a batch has changed; within the transaction, after it was written. */
    void follow(Transaction transaction, List<Batch.Shown> changed) { // law G56
        Set<String> concerned = new LinkedHashSet<>();
        for (Batch.Shown shown : changed) {
            if (shown.before() instanceof Node || shown.after() instanceof Node) {
                concerned.addAll(all.at(shown.id()));
            }
            if (shown.before() instanceof Edge || shown.after() instanceof Edge) {
                concerned.add(shown.id());
            }
        }
        concerned.forEach(edge -> follow(transaction, edge));
    }

    private void follow(Transaction transaction, String id) {
        Optional<Edge> edge =
                all.find(id)
                        .filter(each ->
                                nodes.find(each.from()).isPresent()
                                        && nodes.find(each.to()).isPresent());
        if (edge.isPresent()) {
            transaction.put(edges, id, edge.get());
        } else if (edges.find(id).isPresent()) {
            transaction.remove(edges, id);
        }
    }
}
