package dev.orrery.query;

import org.jspecify.annotations.Nullable;

/**
 * Something a result can rest on: a key or a set of a source ({@link Leaf}), or another result
 * ({@link Node}). It knows, by one-shot edges, who relies on it since its last mark.
 *
 * <p>Its edges are guarded by its monitor. A thread holds at most one such monitor. // law Q11
 */
abstract sealed class Cell permits Leaf, Node {
    /** The reader of the only edge, or {@link Edges} when there are, or were, more. */
    private @Nullable Object readers;

    /** The position of the only edge in its reader. */
    private int position;

    /** What the cell is called in explanations: its source or query, and its key. */
    abstract String label();

    /** Has the next mark of this cell travel to a position of a reader. Holding the monitor. */
    final void arm(Node reader, int at) {
        if (readers == null) {
            readers = reader;
            position = at;
        } else if (readers instanceof Edges edges) {
            edges.add(reader, at);
        } else if (readers != reader || position != at) {
            Edges edges = new Edges();
            edges.add((Node) readers, position);
            edges.add(reader, at);
            readers = edges;
        }
    }

    /**
     * Arms a reader that read this at a revision, or tells from when on that reading is in doubt.
     *
     * @return {@link Memo#OPEN} when armed, {@link Link#LEFT} when what was read is no longer on
     *     the live line
     */
    abstract long link(Node reader, int at, long revision, Faults faults);

    /** Takes an edge away, if it has not been consumed. */
    final synchronized void disarm(Node reader, int at) {
        if (readers instanceof Edges edges) {
            if (edges.remove(reader, at) && edges.size() == 0) {
                readers = null;
            }
        } else if (readers == reader && position == at) {
            readers = null;
        }
    }

    /** Consumes all edges: a mark travels over them. Holding the monitor. */
    final void handEdges(Walk walk) { // law Q4
        if (readers == null) {
            return;
        }
        if (readers instanceof Edges edges) {
            walk.add(this, edges);
        } else {
            walk.add(this, (Node) readers, position);
        }
        readers = null;
    }

    /** Takes back the room of edges that a mark has travelled over. */
    final synchronized void takeBack(Edges walked) {
        if (readers == null) {
            walked.clear();
            readers = walked;
        }
    }

    /** Whether an edge is armed; for the sweep that checks the laws at rest. */
    final synchronized boolean isArmed(Node reader, int at) {
        return readers instanceof Edges edges
                ? edges.contains(reader, at)
                : readers == reader && position == at;
    }

    /** How many edges are armed; for the sweep. */
    final synchronized int armed() {
        return readers instanceof Edges edges ? edges.size() : readers == null ? 0 : 1;
    }
}
