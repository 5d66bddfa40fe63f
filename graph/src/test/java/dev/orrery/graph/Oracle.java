package dev.orrery.graph;

import dev.orrery.core.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a set of entries means, said in the plainest way: everything is looked at for every answer,
 * nothing is kept or pruned. Types are taken for declared, properties for valid.
 */
final class Oracle {
    private final List<Entry> entries;

    Oracle(List<Entry> entries) {
        this.entries = entries;
    }

    private List<Entry> about(String id) {
        Map<String, Long> removed = new HashMap<>();
        for (Entry entry : entries) {
            if (entry.operation() instanceof Operation.Remove remove && remove.id().equals(id)) {
                remove.seen().forEach((author, last) -> removed.merge(author, last, Math::max));
            }
            if (entry.operation() instanceof Operation.Erase erase && erase.id().equals(id)) {
                erase.seen().forEach((author, last) -> removed.merge(author, last, Math::max));
            }
        }
        List<Entry> about = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.operation() instanceof Operation.OfEntity of
                    && !(of instanceof Operation.Remove)
                    && !(of instanceof Operation.Erase)
                    && of.id().equals(id)
                    && removed.getOrDefault(entry.author(), 0L) < entry.sequence()) {
                about.add(entry);
            }
        }
        about.sort((left, right) -> left.stamp().compareTo(right.stamp()));
        return about;
    }

    private Set<String> ids() {
        Set<String> ids = new TreeSet<>();
        for (Entry entry : entries) {
            if (entry.operation() instanceof Operation.OfEntity of) {
                ids.add(of.id());
            }
        }
        return ids;
    }

    /** The last addition of an id, or null. */
    private Operation added(String id) {
        Operation added = null;
        for (Entry entry : about(id)) {
            if (entry.operation() instanceof Operation.AddNode
                    || entry.operation() instanceof Operation.AddEdge) {
                added = entry.operation();
            }
        }
        return added;
    }

    private Row properties(String id) {
        Map<String, Object> values = new TreeMap<>();
        for (Entry entry : about(id)) {
            switch (entry.operation()) {
                case Operation.AddNode add -> values.putAll(add.properties().toMap());
                case Operation.AddEdge add -> values.putAll(add.properties().toMap());
                case Operation.Set set -> values.put(set.property(), set.value());
                case Operation.Unset unset -> values.remove(unset.property());
                default -> {}
            }
        }
        return Row.from(values);
    }

    List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        for (String id : ids()) {
            if (added(id) instanceof Operation.AddNode add) {
                nodes.add(new Node(id, List.of(add.type()), properties(id)));
            }
        }
        return nodes;
    }

    List<Edge> edges() {
        Set<String> nodes = new TreeSet<>();
        nodes().forEach(node -> nodes.add(node.id()));
        List<Edge> edges = new ArrayList<>();
        for (String id : ids()) {
            if (added(id) instanceof Operation.AddEdge add
                    && nodes.contains(add.from())
                    && nodes.contains(add.to())) {
                edges.add(new Edge(id, add.type(), add.from(), add.to(), properties(id)));
            }
        }
        return edges;
    }
}
