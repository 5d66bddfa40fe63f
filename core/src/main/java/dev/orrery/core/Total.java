package dev.orrery.core;

/** How many rows there are, and how sure that is. Immutable. */
public sealed interface Total {
    /**
     * Counted: there are exactly so many.
     *
     * @param rows the number of rows, not negative
     */
    record Exact(long rows) implements Total {
        @Override
        public String toString() {
            return Long.toString(rows);
        }
    }

    /**
     * At least so many are known; there may be more.
     *
     * @param rows the number of rows known, not negative
     */
    record AtLeast(long rows) implements Total {
        @Override
        public String toString() {
            return rows + "+";
        }
    }

    /** Nobody has counted yet. */
    record Unknown() implements Total {
        @Override
        public String toString() {
            return "?";
        }
    }
}
