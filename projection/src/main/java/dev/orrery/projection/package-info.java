/**
 * Folds of events into one state per key, stored with their position.
 *
 * <p>Front door: {@link dev.orrery.projection.Projections} runs a {@link
 * dev.orrery.projection.Projection} over an event log and gives back a {@link
 * dev.orrery.projection.LiveProjection}. Every public type is immutable or thread-safe. All
 * projections of a log are folded together on one thread, in the order of the log; what they make
 * of a batch is stored in one transaction, then visible in one commit of the timeline, then told.
 * {@link dev.orrery.projection.Effects} runs an {@link dev.orrery.projection.Effect}: something
 * done in the world outside for each event, at least once, in order by key, on threads of its own.
 * The laws are in {@code LAWS.md} beside the module.
 */
@NullMarked
package dev.orrery.projection;

import org.jspecify.annotations.NullMarked;
