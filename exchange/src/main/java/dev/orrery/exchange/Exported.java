package dev.orrery.exchange;

/** How many nodes and edges were written to a file. */
public record Exported(long nodes, long edges) {}
