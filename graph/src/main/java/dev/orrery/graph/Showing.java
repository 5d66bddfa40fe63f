package dev.orrery.graph;

import dev.orrery.core.Timeline;
import dev.orrery.core.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is visible of a replica: its relations on the timeline. Thread-safe. */
final class Showing {
    private final Timeline timeline;
    private final String name;
    private final NodeRelation nodes;
    private final EdgeRelation edges;
    private final QuarantineRelation quarantine;
    private final Map<String, GraphPart> parts = new ConcurrentHashMap<>();
    private @Nullable Schema indexed;

    Showing(Timeline timeline, String name) {
        this.timeline = timeline;
        this.name = name;
        this.nodes = new NodeRelation(timeline, name);
        this.edges = new EdgeRelation(timeline, name);
        this.quarantine = new QuarantineRelation(timeline, name);
    }

    /** Shows what was found at opening; nobody reads yet. */
    void begin(State state, Batch found, Schema schema) {
        index(schema);
        RestingEntities resting = state.resting();
        if (resting != null) {
            nodes.rest(resting, Node.class);
            edges.rest(resting, Edge.class);
        }
        for (State.Slot slot : state.awake()) {
            nodes.begin(slot.entity().id(), as(Node.class, slot.shown));
            edges.begin(slot.entity().id(), as(Edge.class, slot.shown));
        }
        found.held().forEach(each -> each.now().ifPresent(quarantine::begin));
    }

    Timeline timeline() {
        return timeline;
    }

    NodeRelation nodes() {
        return nodes;
    }

    EdgeRelation edges() {
        return edges;
    }

    QuarantineRelation quarantine() {
        return quarantine;
    }

    /** A part that is kept up, when it was asked for before. */
    Optional<GraphPart> part(String part) {
        return Optional.ofNullable(parts.get(part));
    }

    /** Keeps up a part from now on. While nothing is being shown. */
    GraphPart keep(String part, Predicate<? super Node> belongs) {
        GraphPart kept = new GraphPart(part, belongs, nodes, edges);
        timeline.transact(name, kept::begin);
        parts.put(part, kept);
        return kept;
    }

    /** Indexes what a schema says is to be. While nothing is being shown. */
    void index(Schema schema) {
        if (indexed != schema) {
            nodes.index(schema.nodeTypes());
            edges.index(schema.edgeTypes());
            indexed = schema;
        }
    }

    /** Shows batches as one revision. */
    void show(List<Batch> group) {
        timeline.transact(name, transaction -> group.forEach(batch -> show(transaction, batch)));
    }

    /** Shows a batch with the rest of a commit. */
    void show(Transaction transaction, Batch batch) {
        for (Batch.Shown shown : batch.shown()) {
            show(transaction, shown.id(), shown.before(), shown.after());
        }
        for (Batch.Held held : batch.held()) {
            held.now()
                    .ifPresentOrElse(
                            each -> transaction.put(quarantine, held.entry(), each),
                            () -> transaction.remove(quarantine, held.entry()));
        }
        if (!parts.isEmpty()) {
            parts.values().forEach(part -> part.follow(transaction, batch.shown()));
        }
    }

    private void show(
            Transaction transaction, String id, @Nullable Object before, @Nullable Object after) {
        show(transaction, nodes, id, as(Node.class, before), as(Node.class, after));
        show(transaction, edges, id, as(Edge.class, before), as(Edge.class, after));
    }

    private static <V> @Nullable V as(Class<V> type, @Nullable Object shown) {
        return type.isInstance(shown) ? type.cast(shown) : null;
    }

    private static <V> void show(
            Transaction transaction,
            Indexed<V> relation,
            String id,
            @Nullable V before,
            @Nullable V after) {
        if (after != null) {
            relation.note(id, before, after);
            transaction.put(relation, id, after);
        } else if (before != null) {
            relation.note(id, before, null);
            transaction.remove(relation, id);
        }
    }
}
