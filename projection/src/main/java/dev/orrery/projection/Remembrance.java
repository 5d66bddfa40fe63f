package dev.orrery.projection;

/**
 * How long a key is remembered after its state was removed, so that keys which come, go and never
 * return cost nothing for ever, neither in memory nor in the store. // law P14
 *
 * <p>Until then who follows the key goes on from its version. After that it counts as a key that
 * never was, whether its row is gone yet or not: what becomes of an event depends on positions
 * alone. Should the key return, its versions begin above all it ever had, so that an old cursor is
 * never taken for a new one: it had at most one version for each event up to its removal, which is
 * further back than where the new ones begin by more edits than anybody makes of one key.
 */
final class Remembrance {
    /** So many events after its removal a key is forgotten. */
    static final long EVENTS = 1 << 18;

    private static final long BEGIN_BEHIND = EVENTS / 2;

    private Remembrance() {}

    /** Whether a key that was removed by one event is forgotten at another. */
    static boolean isOver(long removedAt, long position) {
        return position - removedAt > EVENTS;
    }

    /**
     * The version, of no state, behind which those of a key begin that is not known at an event.
     */
    static long versionBefore(long position) {
        return Math.max(0, position - BEGIN_BEHIND);
    }
}
