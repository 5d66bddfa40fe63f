package dev.orrery.core;

/**
 * A point on the timeline: zero before the first commit, then one more with each commit that had an
 * effect. Immutable.
 *
 * @param number zero or more
 */
public record Revision(long number) implements Comparable<Revision> {
    @Override
    public int compareTo(Revision other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return "r" + number;
    }
}
