package dev.orrery.query;

import org.jspecify.annotations.Nullable;

/**
 * Something a result can rest on: a key or a set of a source ({@link Leaf}), or another result
 * ({@link Node}). It knows, by one-shot edges, who relies on it since its last mark.
 *
 * <p>Its edges are guarded by its monitor. A thread holds at most one such monitor. // law Q11
 */
abstract sealed class Cell permits Leaf, Node {
    private @Nullable Edges edges;

    /** What the cell is called in explanations: its source or query, and its key. */
    abstract String label();

    /** Has the next mark of this cell travel to a position of a reader. Holding the monitor. */
    final void arm(Node reader, int position) {
        if (edges == null) {
            edges = new Edges();
        }
        edges.add(reader, position);
    }

    /** Takes an edge away, if it has not been consumed. */
    final synchronized void disarm(Node reader, int position) {
        if (edges != null && edges.remove(reader, position) && edges.size() == 0) {
            edges = null;
        }
    }

    /** Consumes all edges: what a mark travels over. Holding the monitor. */
    final @Nullable Edges takeEdges() { // law Q4
        Edges taken = edges;
        edges = null;
        return taken;
    }

    /** Whether an edge is armed; for the sweep that checks the laws at rest. */
    final synchronized boolean isArmed(Node reader, int position) {
        return edges != null && edges.contains(reader, position);
    }

    /** How many edges are armed; for the sweep. */
    final synchronized int armed() {
        return edges == null ? 0 : edges.size();
    }
}
