package dev.orrery.bench;

/** How much work a measurement does. */
enum Effort {
    /** Little, for a first look. */
    QUICK,
    /** Enough for figures to keep. */
    FULL;

    /** One of two amounts. */
    int either(int whenQuick, int whenFull) {
        return this == QUICK ? whenQuick : whenFull;
    }
}
