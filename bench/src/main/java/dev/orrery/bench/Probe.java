package dev.orrery.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Something measured in a JVM of its own, so that neither the compiler nor the heap knows anything
 * else. What it measures beside something it alternates itself.
 */
interface Probe {
    /** Measures; named values. */
    Map<String, Double> measure(Effort effort) throws Exception;

    private static Map<String, Probe> all() {
        return Map.ofEntries(
                Map.entry("hit", new HitProbe()),
                Map.entry("fan-in of 10,000", new FanInProbe(10_000)),
                Map.entry("fan-in of 1,000,000", new FanInProbe(1_000_000)),
                Map.entry("tree", new TreeProbe()),
                Map.entry("chain", new ChainProbe()),
                Map.entry("two cores", new TwoCoresProbe()),
                Map.entry("footprint", new FootprintProbe()),
                Map.entry("takings", new TakingsProbe()),
                Map.entry("takings on PostgreSQL", new SharedTakingsProbe()),
                Map.entry("deltas", new DeltaProbe()),
                Map.entry("rebuild", new RebuildProbe()),
                Map.entry("keys", new KeysProbe()));
    }

    /** What a probe in another JVM measured. */
    record Values(Map<String, Double> named) {
        double of(String name) {
            return Objects.requireNonNull(named.get(name), name);
        }
    }

    /** Runs a probe in a new JVM. */
    static Values run(String name, Effort effort) throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        try (LineProcess process = LineProcess.java(Main.class, name, effort.name())) {
            for (String line = process.answer(); !line.equals(Main.END); line = process.answer()) {
                int space = line.lastIndexOf(' ');
                values.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            }
        }
        return new Values(values);
    }

    /** The program in the new JVM. */
    final class Main {
        private static final String END = "end";

        private Main() {}

        static void main(String[] arguments) throws Exception {
            Probe probe = Objects.requireNonNull(all().get(arguments[0]), arguments[0]);
            probe.measure(Effort.valueOf(arguments[1]))
                    .forEach((name, value) -> IO.println(name + " " + value));
            IO.println(END);
        }
    }
}
