package dev.orrery.bench;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Measured values of one thing. Confined to one thread. */
final class Samples {
    private final DoubleStream.Builder builder = DoubleStream.builder();
    private double[] sorted = {};
    private boolean sealed;

    void add(double value) {
        if (sealed) {
            throw new IllegalStateException("these samples were read already");
        }
        builder.add(value);
    }

    double median() {
        return quantile(0.5);
    }

    /** The smallest value that at least this share of the values does not exceed. */
    double quantile(double share) {
        if (!sealed) {
            sorted = builder.build().toArray();
            Arrays.sort(sorted);
            sealed = true;
        }
        if (sorted.length == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, rank - 1)];
    }
}
