package dev.orrery.view;

import java.util.Random;

/** The seed of a random test: printed, and taken from {@code -Dorrery.seed} when given. */
final class Seed {
    private Seed() {}

    static Random random(String test) {
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        System.out.println(test + ": -Dorrery.seed=" + seed);
        return new Random(seed);
    }
}
