package dev.orrery.table;

/**
 * What a live table has done since it was opened. Immutable.
 *
 * @param polls how often the source was asked whether anything changed
 * @param fetches how often all rows were read
 * @param foreignChanges rows found different by a fetch
 * @param sent mutations handed to the source, again counted again
 * @param confirmed mutations the source confirmed
 * @param refused mutations the source refused
 * @param overtaken mutations that somebody else's change overtook
 * @param pending mutations that wait for the source now
 */
public record Ledger(
        long polls,
        long fetches,
        long foreignChanges,
        long sent,
        long confirmed,
        long refused,
        long overtaken,
        int pending) {}
