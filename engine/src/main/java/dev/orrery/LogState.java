package dev.orrery;

/**
 * How a log stands: the value of its entry in the channel {@code engine:logs}. Immutable.
 *
 * @param position its newest event
 * @param behind events that the slowest of its projections has not folded
 * @param perSecond events appended per second, over the last two seconds
 */
public record LogState(long position, long behind, double perSecond) {}
