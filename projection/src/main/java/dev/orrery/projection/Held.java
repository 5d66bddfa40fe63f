package dev.orrery.projection;

/**
 * A state in memory. Immutable.
 *
 * @param version how often it changed in its epoch
 * @param position the number of the event that changed it last
 */
record Held<S>(S state, long version, long position) {}
