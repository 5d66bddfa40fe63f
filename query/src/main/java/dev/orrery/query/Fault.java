package dev.orrery.query;

/**
 * A fault that can be planted at a point of the protocol, to see that the random run finds it. For
 * the tests of this module; nothing is planted otherwise.
 */
enum Fault {
    /** Marks that arrive while a result is linked are forgotten. */
    ARRIVALS_IGNORED,
    /** Commits are marked after they can be seen. */
    MARKED_AFTER_PUBLISHING,
    /** Intervals of equal values are joined across the revisions between them. */
    MERGED_ACROSS_GAPS,
    /** A reader is armed on a source without looking whether it has changed meanwhile. */
    LEAF_NOT_LOOKED_AT_AGAIN,
    /** A reader is armed on a result without looking whether it is still in force. */
    CHILD_NOT_LOOKED_AT_AGAIN,
    /** Only the first suspect of a closed result is noted. */
    LATER_SUSPECTS_FORGOTTEN,
    /** A new value is said to hold since its predecessor began. */
    FROM_TOO_EARLY,
    /** A result of an old reader becomes the live one. */
    OLD_RESULT_INSTALLED,
    /** A mark stops at the first result above a source. */
    MARK_STOPS_EARLY,
    /** Of several suspects only the first is verified. */
    ONE_SUSPECT_VERIFIED,
    /** A failure is remembered until something changes. */
    FAILURE_STICKS,
    /** A set is marked by rows that enter or stay, not by those that leave. */
    LEAVING_ROWS_UNSEEN,
    /** A child that changed in the very revision of doubt counts as unchanged. */
    STAMP_OFF_BY_ONE,
    /** An equal value keeps no stamp of its own: a changed one does. */
    STAMP_KEPT_ON_CHANGE,
    /** What rests on a result of its revision only is said to rest on the live line. */
    PRIVATE_TAKEN_FOR_LIVE,
    /** A new leaf does not ask its source what has changed before commits could find it. */
    LEAF_STARTED_BLIND,
    /** An access does not hold the revision it reads at. */
    ACCESS_NOT_PINNED,
    /** What is adopted is believed without verifying what it rests on. */
    ADOPTED_UNDOUBTED,
    /** A branch adopts what its parent remembers now, not what it did where the branch begins. */
    ADOPTED_NEWEST,
    /** A branch counts a dependency that changed with its first commit as unchanged. */
    ADOPTED_TOO_FAR,
    /** With an evicted value goes the memo, and its edges stay. */
    EDGES_LOST_WITH_THE_VALUE,
    /** A forgotten result is verified like any other. */
    FORGETTING_FORGOTTEN,
    /** What functions read that run side by side is not recorded for their whole. */
    PARTS_FORGOTTEN,
    /** That a frozen fact was not there is not recorded. */
    FROZEN_ABSENCE_FORGOTTEN
}
