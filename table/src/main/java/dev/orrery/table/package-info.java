/**
 * Rows behind a driver, and live, durable, write-through copies of them.
 *
 * <p>A {@link dev.orrery.table.Table} is somebody else's rows: every read and write goes to its
 * source, through a driver ({@link dev.orrery.table.MemoryTable}, {@link dev.orrery.table.Jdbc}). A
 * {@link dev.orrery.table.LiveTable} is a copy of one, kept here: described by {@link
 * dev.orrery.table.Live}, opened by {@link dev.orrery.table.LiveTables}, the front door. Reads of a
 * copy never touch the source; writes are visible at once, durable when they return, and sent in
 * order in the background.
 *
 * <p>Threads: everything public is thread-safe or immutable. Each live table owns one thread, its
 * courier, which is the only one that talks to the source. Writes of one key reach the source in
 * the order in which they became visible; writes of different keys may overtake each other when one
 * of them has to be tried again.
 */
@NullMarked
package dev.orrery.table;

import org.jspecify.annotations.NullMarked;
