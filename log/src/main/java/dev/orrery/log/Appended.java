package dev.orrery.log;

/**
 * Events that became durable together, and when. Immutable.
 *
 * @param log the log's name
 * @param first the position of the first of them
 * @param last the position of the last of them
 * @param askedNanos when the first append among them was called, by the clock for intervals
 * @param durableNanos when all of them were on disk
 */
public record Appended(String log, long first, long last, long askedNanos, long durableNanos) {}
