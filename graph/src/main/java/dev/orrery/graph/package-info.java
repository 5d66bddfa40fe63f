/**
 * A property graph under a schema that is replicated without a leader and always converges.
 *
 * <p>The front door is {@link dev.orrery.graph.Graphs}. Every write is an {@link
 * dev.orrery.graph.Entry}: content-addressed, linked to what its author had seen, stamped by a
 * hybrid logical clock. What the graph is follows from the set of entries alone, whatever their
 * order; local write, merge and replay are one function. What breaks the schema is kept and hidden:
 * it is quarantined.
 *
 * <p>Everything public is thread-safe. One writer at a time builds entries; writers that come
 * together share one force of the disk and one revision. Readers never wait for writers: nodes and
 * edges are relations on the timeline. No user code runs under a lock of this module, but for the
 * work of a commit that writes to a graph, which keeps other writers of that graph waiting. The
 * laws and their proofs are in {@code LAWS.md}.
 */
@NullMarked
package dev.orrery.graph;

import org.jspecify.annotations.NullMarked;
