package dev.orrery.graph;

/** When a write is safe from a crash. */
public enum Durability {
    /** When it returns. */
    IMMEDIATE,
    /**
     * When the graph is flushed, closed, or made immediate again, or when some 64 MiB have come
     * together. After a crash the writes since then are gone, the last ones first.
     */
    DEFERRED
}
