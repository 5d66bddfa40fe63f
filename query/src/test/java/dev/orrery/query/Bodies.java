package dev.orrery.query;

import java.util.Random;

/** What the bodies of a random world compute, whatever they read it from. Immutable. */
final class Bodies {
    private final int[] traits = new int[World.KEYS];

    Bodies(Random random) {
        for (int key = 0; key < World.KEYS; key++) {
            traits[key] = random.nextInt(1 << 20);
        }
    }

    /** What a body reads, from the runtime or from a state. */
    interface Reads extends Rings.Outside {
        @Override
        int input(int key);

        /** The least fixed point of a circle. */
        int ring(int key);

        int group(int group);

        /** The value, or minus one minus the key whose body threw. */
        @Override
        int outcome(int key);

        /** The value; throws when the body threw. */
        int value(int key);

        /** Two values, side by side; throws when a body threw, the first one's first. */
        int both(int first, int second, boolean asFunctions);
    }

    /** A body that threw on purpose. */
    static final class Boom extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int key;

        Boom(int key) {
            super("boom", null, false, false);
            this.key = key;
        }
    }

    int body(int key, Reads reads) {
        int level = key / World.WIDTH;
        int trait = traits[key];
        return level == 0 ? ground(key, trait, reads) : upper(key, level, trait, reads);
    }

    private static int ground(int key, int trait, Reads reads) {
        int first = reads.input(trait % World.INPUTS);
        int value = first;
        if (first > 0) {
            value += reads.input((trait / 8) % World.INPUTS);
        } else if (trait % 3 == 0) {
            value += reads.group((trait / 64) % World.GROUPS);
        }
        if (trait % 5 == 0 && value == 3) {
            throw new Boom(key);
        }
        return Math.floorMod(trait % 2 == 0 ? value / 2 : value, 4);
    }

    private static int upper(int key, int level, int trait, Reads reads) {
        boolean careful = trait % 4 == 0;
        int first = read(child(level, trait), careful, reads);
        int second = read(child(level, trait / 7 + first), careful, reads);
        int value = first + second;
        if (trait % 16 == 5 || trait % 16 == 13) {
            value += reads.both(child(level, trait / 5), child(level, trait), trait % 16 == 5);
        }
        if (trait % 16 == 9) {
            value += reads.ring(trait % Rings.SIZE);
        }
        if (value % 2 == 1) {
            int lower = 1 + Math.floorMod(trait / 3, level);
            value += read(child(lower, trait / 11 + second), careful, reads);
        }
        if (trait % 16 == 1 && value == 4) {
            throw new Boom(key);
        }
        if (trait % 8 == 2) {
            value += reads.input((trait / 32) % World.INPUTS);
        }
        return Math.floorMod(trait % 3 == 0 ? value / 3 : value, 4);
    }

    private static int child(int level, int choice) {
        return (level - 1) * World.WIDTH + Math.floorMod(choice, World.WIDTH);
    }

    private static int read(int key, boolean careful, Reads reads) {
        return careful ? Math.floorMod(reads.outcome(key), 3) : reads.value(key);
    }
}
