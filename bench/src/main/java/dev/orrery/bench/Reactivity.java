package dev.orrery.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tests of js-reactivity-benchmark by name, in its order. {@code reactivity.mjs} has the same
 * on the peer.
 */
final class Reactivity {
    /** A test built on one runtime. */
    interface Test {
        Sample on(Reactive reactive);
    }

    /** One sample: checks what it computed, and returns how long that took. */
    interface Sample {
        double millis();
    }

    private Reactivity() {}

    /**
     * The tests with all of the work, or an Nth of it for a first look. Sums and counts of layered
     * graphs are known for all of it only.
     */
    static Map<String, Test> tests(int part) {
        Map<String, Test> tests = new LinkedHashMap<>();
        tests.putAll(new KairoShapes(part).tests());
        tests.putAll(CellxShapes.tests(part));
        tests.putAll(LayeredShapes.tests(part));
        tests.putAll(new SignalShapes(part).tests());
        return tests;
    }

    /** How long work takes, in milliseconds. */
    static double timed(Runnable work) {
        long began = System.nanoTime();
        work.run();
        return (System.nanoTime() - began) / 1e6;
    }
}
