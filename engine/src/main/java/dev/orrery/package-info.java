/**
 * The front door: {@link dev.orrery.Orrery} introduces the modules to each other and keeps what
 * they keep in one directory.
 *
 * <p>All of it is thread-safe. Everything defined through one Orrery commits to one timeline, so a
 * query or a view over a log, a table and an input never shows a mix of two moments. Each
 * projection, live table and followed query has a thread of its own, made by the configured
 * factory; nothing is folded before {@code start}, and {@code close} ends them all before it
 * returns. The laws are in the module's {@code LAWS.md}.
 */
@NullMarked
package dev.orrery;

import org.jspecify.annotations.NullMarked;
