package dev.orrery.projection;

/**
 * What a running projection has done since it was made live. Immutable.
 *
 * @param events events folded into what is served
 * @param batches transactions that took
 * @param lastBatch events in the last of them
 * @param retries how often a fold threw and its event was tried again, parked or left out
 * @param parked keys that wait now
 * @param subscribers who follows a key now
 * @param resets how often one of them was sent the whole because what it missed is not kept
 */
public record Statistics(
        long events,
        long batches,
        long lastBatch,
        long retries,
        long parked,
        int subscribers,
        long resets) {}
