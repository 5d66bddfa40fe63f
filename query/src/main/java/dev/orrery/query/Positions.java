package dev.orrery.query;

import java.util.Arrays;

/** Places in an array of dependencies: the few that most results have are made once. */
final class Positions {
    static final int[] NONE = {};

    private static final int[][] SINGLE = new int[32][];

    static {
        Arrays.setAll(SINGLE, position -> new int[] {position});
    }

    private Positions() {}

    /** The first so many, ascending, none twice; not to be written to. */
    static int[] sorted(int[] positions, int count) {
        if (count == 0) {
            return NONE;
        }
        if (count == 1) {
            int only = positions[0];
            return only < SINGLE.length ? SINGLE[only] : new int[] {only};
        }
        int[] sorted = Arrays.copyOf(positions, count);
        Arrays.sort(sorted);
        int kept = 1;
        for (int i = 1; i < count; i++) {
            if (sorted[kept - 1] != sorted[i]) {
                sorted[kept++] = sorted[i];
            }
        }
        return kept == count ? sorted : Arrays.copyOf(sorted, kept);
    }

    /** The same with room for more; to be written to by its owner. */
    static int[] roomier(int[] positions) {
        return Arrays.copyOf(positions, Math.max(4, positions.length * 2));
    }
}
