package dev.orrery.query;

/**
 * What the runtime has done since it was made, for one query or for all. Immutable.
 *
 * @param computed bodies run to an end
 * @param spared results found to hold still without running the body
 * @param hits results that were simply there; threads that count at the same time may lose a few
 * @param marked results that commits put in doubt
 * @param visited dependencies looked at to verify results
 * @param evicted values dropped to keep within a query's limit
 */
public record Statistics(
        long computed, long spared, long hits, long marked, long visited, long evicted) {
    static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, 0);

    Statistics plus(Statistics other) {
        return new Statistics(
                computed + other.computed,
                spared + other.spared,
                hits + other.hits,
                marked + other.marked,
                visited + other.visited,
                evicted + other.evicted);
    }
}
