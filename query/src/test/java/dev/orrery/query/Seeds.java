package dev.orrery.query;

import java.util.stream.LongStream;

/**
 * The seeds of random tests: given by {@code -Dorrery.seed}, or as many fresh ones as asked for.
 */
final class Seeds {
    private Seeds() {}

    /** A run that may throw anything. */
    @FunctionalInterface
    interface Check {
        void run() throws Throwable;
    }

    static LongStream of(int count) {
        Long given = Long.getLong("orrery.seed");
        return given != null
                ? LongStream.of(given)
                : LongStream.range(0, count).map(i -> System.nanoTime() * 31 + i);
    }

    /** Adds the seed to whatever a run throws, so that it can be run again. */
    static void run(long seed, Check check) {
        try {
            check.run();
        } catch (Throwable thrown) {
            throw new AssertionError("seed " + seed + " (-Dorrery.seed=" + seed + ")", thrown);
        }
    }
}
