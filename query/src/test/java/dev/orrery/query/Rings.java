package dev.orrery.query;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * A few queries that read each other in circles, which close and open as the facts change: one kind
 * has a value to start from and so a least fixed point, the other has none and fails when it
 * reaches a circle. And both of them from scratch.
 */
final class Rings {
    static final int SIZE = 5;

    /** What stands for a circle where a value was asked for. */
    static final int CIRCLE = -1_000;

    private Rings() {}

    /** What the bodies read outside the rings. */
    interface Outside {
        int input(int key);

        /** The outcome of a result below; it may be that of a failure. */
        int outcome(int key);
    }

    /** The body with a least fixed point: it only grows with what it reads of its own kind. */
    static int ring(int key, Outside outside, IntUnaryOperator self) {
        int own = Math.floorMod(outside.outcome(key), 5);
        int first = Math.floorMod(key + 1 + outside.input(key), SIZE);
        int value = Math.max(own, self.applyAsInt(first));
        if (own % 2 == 0) {
            value = Math.max(value, self.applyAsInt(Math.floorMod(outside.input(key + 1), SIZE)));
        }
        return value;
    }

    /** The body without one: how far it is to where no input says how to go on. */
    static int knot(int key, Outside outside, IntUnaryOperator self) {
        int step = outside.input(key);
        return step < 0 ? 0 : 1 + self.applyAsInt(Math.floorMod(key + step, SIZE));
    }

    /** The least fixed point, by starting from zero and going on until nothing changes. */
    static int[] solved(Outside outside) {
        int[] values = new int[SIZE];
        int[] before;
        do {
            before = values.clone();
            for (int key = 0; key < SIZE; key++) {
                values[key] = ring(key, outside, each -> values[each]);
            }
        } while (!Arrays.equals(before, values));
        return values;
    }

    /** How far it is, {@link #CIRCLE} where that leads into one. */
    static int knot(int key, Outside outside) {
        return knot(key, outside, new BitSet());
    }

    private static int knot(int key, Outside outside, BitSet above) {
        if (above.get(key)) {
            return CIRCLE;
        }
        above.set(key);
        int[] below = {0};
        int value =
                knot(
                        key,
                        outside,
                        next -> {
                            below[0] = knot(next, outside, above);
                            return below[0];
                        });
        return below[0] == CIRCLE ? CIRCLE : value;
    }
}
