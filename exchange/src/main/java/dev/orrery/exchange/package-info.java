/**
 * Graphs as files that other programs read and write.
 *
 * <p>The front doors are {@link dev.orrery.exchange.GraphExport} and {@link
 * dev.orrery.exchange.GraphImport}. Both stream: beside the graph, which is in memory, an export
 * holds a reference for each node or edge and an import one batch. What is imported is written as
 * anyone writes, in commits, so that schema and limits hold for it.
 *
 * <p>Everything runs on the thread that calls it, and opens no file. The forms are described in
 * {@code docs/formats/graph-exchange.md}, the laws and their proofs in {@code LAWS.md}.
 */
@NullMarked
package dev.orrery.exchange;

import org.jspecify.annotations.NullMarked;
