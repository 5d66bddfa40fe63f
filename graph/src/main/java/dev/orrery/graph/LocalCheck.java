package dev.orrery.graph;

import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses local writes that would only be hidden: what arrives from others cannot be refused, what
 * is written here can. Confined to the lock of its graph.
 */
final class LocalCheck { // law G13
    private final State state;
    private final Schema schema;
    private final String graph;

    LocalCheck(State state, Schema schema, String graph) {
        this.state = state;
        this.schema = schema;
        this.graph = graph;
    }

    /**
     * Checks an operation.
     *
     * @throws Invalid naming what breaks which rule
     * @throws Missing when an end of an edge is not there
     * @throws Conflict when the id is in use for the other kind of thing
     */
    void check(Operation operation) {
        switch (operation) {
            case Operation.AddNode add -> node(add);
            case Operation.AddEdge add -> edge(add);
            case Operation.Set(String id, String property, Object value) ->
                    property(id, property, value, false);
            case Operation.Unset(String id, String property) -> property(id, property, null, true);
            case Operation.Remove _,
                    Operation.Erase _,
                    Operation.Define _,
                    Operation.Extend _,
                    Operation.Grant _,
                    Operation.Revoke _,
                    Operation.Seal _ -> {}
        }
    }

    private void node(Operation.AddNode add) {
        ResolvedType type = schema.node(add.type());
        if (type == null) {
            throw new Invalid("type", "is a node type of " + graph, add.type());
        }
        Object shown = shown(add.id());
        if (shown instanceof Edge) {
            throw new Conflict(add.id(), "a node", "an edge");
        }
        Row before = shown instanceof Node node ? node.properties() : Row.of();
        properties(type, add.properties(), before);
    }

    private void edge(Operation.AddEdge add) {
        ResolvedType type = schema.edge(add.type());
        if (type == null) {
            throw new Invalid("type", "is an edge type of " + graph, add.type());
        }
        Object shown = shown(add.id());
        if (shown instanceof Node) {
            throw new Conflict(add.id(), "an edge", "a node");
        }
        Node from = end(add.from());
        Node to = end(add.to());
        if (type.isChecked() && type.isStrict()) {
            if (!type.mayComeFrom(from)) {
                throw new Invalid(
                        type.name() + ".from",
                        "is one of " + type.from(),
                        from.lineage().getFirst());
            }
            if (!type.mayLeadTo(to)) {
                throw new Invalid(
                        type.name() + ".to", "is one of " + type.to(), to.lineage().getFirst());
            }
        }
        properties(
                type, add.properties(), shown instanceof Edge edge ? edge.properties() : Row.of());
    }

    private @Nullable Object shown(String id) {
        State.Slot slot = state.slot(id);
        return slot == null ? null : slot.shown;
    }

    private Node end(String id) {
        Node node = state.node(id);
        if (node == null) {
            throw new Missing(graph + " nodes", id);
        }
        return node;
    }

    private static void properties(ResolvedType type, Row properties, Row before) {
        if (!type.isStrict()) {
            return;
        }
        List<Invalid.Violation> violations = new ArrayList<>();
        if (type.isSubtyped()) {
            violations.add(new Invalid.Violation("type", "needs a subtype", type.name()));
        }
        List<String> columns = properties.columns();
        for (int i = 0; i < columns.size(); i++) {
            String property = columns.get(i);
            Object value = properties.at(i);
            String broken = type.brokenBy(property, value);
            if (broken != null) {
                violations.add(violation(type, property, broken, value));
            }
        }
        for (String required : type.required()) {
            if (!properties.has(required) && !before.has(required)) {
                violations.add(violation(type, required, "is required", null));
            }
        }
        if (!violations.isEmpty()) {
            throw new Invalid(violations);
        }
    }

    private static Invalid.Violation violation(
            ResolvedType type, String property, String rule, @Nullable Object value) {
        return new Invalid.Violation(type.name() + "." + property, rule, String.valueOf(value));
    }

    private void property(String id, String property, @Nullable Object value, boolean isUnset) {
        ResolvedType type =
                switch (shown(id)) {
                    case Node node -> schema.node(node.lineage().getFirst());
                    case Edge edge -> schema.edge(edge.type());
                    case null, default -> null;
                };
        if (type == null || !type.isStrict()) {
            return; // what is not there yet is judged when it comes
        }
        String broken =
                isUnset
                        ? (type.required().contains(property) ? "is required" : null)
                        : type.brokenBy(property, value);
        if (broken != null) {
            throw new Invalid(List.of(violation(type, property, broken, value)));
        }
    }
}
