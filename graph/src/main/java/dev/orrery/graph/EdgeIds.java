package dev.orrery.graph;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ids of edges by a node. What was added stays, so that readers of older revisions find it; whoever
 * finds an id looks at the edge. Thread-safe.
 */
final class EdgeIds {
    private final Map<String, Ids> byNode = new ConcurrentHashMap<>();

    /** The ids of one node; some perhaps twice. */
    private static final class Ids {
        private String[] ids = new String[2];
        private int size;

        synchronized void add(String id) {
            if (size == ids.length) {
                String[] each = new LinkedHashSet<>(Arrays.asList(ids)).toArray(String[]::new);
                size = each.length;
                ids = Arrays.copyOf(each, Math.max(2 * size, ids.length));
            }
            ids[size++] = id;
        }

        synchronized Set<String> each() {
            return new LinkedHashSet<>(Arrays.asList(ids).subList(0, size));
        }
    }

    void add(String node, String edge) {
        byNode.computeIfAbsent(node, _ -> new Ids()).add(edge);
    }

    /** The ids of a node's edges, each once. */
    Set<String> of(String node) {
        Ids ids = byNode.get(node);
        return ids == null ? Set.of() : ids.each();
    }
}
