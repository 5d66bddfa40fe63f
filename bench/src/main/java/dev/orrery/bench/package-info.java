/**
 * Orrery beside its peers, measured in one run: the bench command.
 *
 * <p>The front door is {@link dev.orrery.bench.BenchCommand}, which runs each {@link
 * dev.orrery.bench.Suite} and prints its {@link dev.orrery.bench.Figure}s. Everything is measured
 * on the thread that runs the command, one thing at a time: Orrery and each peer in turn, so that
 * what the machine does meanwhile meets them alike.
 */
@NullMarked
package dev.orrery.bench;

import org.jspecify.annotations.NullMarked;
