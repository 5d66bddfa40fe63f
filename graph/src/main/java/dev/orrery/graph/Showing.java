package dev.orrery.graph;

import dev.orrery.core.Timeline;
import dev.orrery.core.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is visible of a replica: its relations on the timeline. Thread-safe. */
final class Showing {
    private final Timeline timeline;
    private final String name;
    private final NodeRelation nodes;
    private final EdgeRelation edges;
    private final QuarantineRelation quarantine;

    Showing(Timeline timeline, String name) {
        this.timeline = timeline;
        this.name = name;
        this.nodes = new NodeRelation(timeline, name);
        this.edges = new EdgeRelation(timeline, name);
        this.quarantine = new QuarantineRelation(timeline, name);
    }

    /** Shows what was found at opening; nobody reads yet. */
    void begin(State state, Batch found) {
        for (State.Slot slot : state.slots()) {
            switch (slot.shown) {
                case Node node -> nodes.begin(node);
                case Edge edge -> edges.begin(edge);
                case null, default -> {}
            }
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
    }

    private void show(
            Transaction transaction, String id, @Nullable Object before, @Nullable Object after) {
        if (before instanceof Node && !(after instanceof Node)) {
            transaction.remove(nodes, id);
        } else if (before instanceof Edge && !(after instanceof Edge)) {
            transaction.remove(edges, id);
        }
        switch (after) {
            case Node node -> transaction.put(nodes, id, node);
            case Edge edge -> {
                edges.note(edge);
                transaction.put(edges, id, edge);
            }
            case null, default -> {}
        }
    }
}
