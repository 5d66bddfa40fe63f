package dev.orrery.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One measured figure, with the peer measured beside it and the goal it has. Immutable.
 *
 * @param suite the suite it belongs to
 * @param name what was measured
 * @param value the median
 * @param unit its unit
 * @param peer what it was measured beside, if anything
 * @param goal what it should reach, if anything
 */
record Figure(
        String suite,
        String name,
        double value,
        String unit,
        Optional<Peer> peer,
        Optional<Goal> goal) {
    /** The same work done by something else, alternated with ours in the same run. */
    record Peer(String name, double value) {}

    /** A bound, on the value itself or on its ratio to the peer's. */
    sealed interface Goal {
        String text();

        boolean metBy(Figure figure);

        /** The value is at most this. */
        record AtMost(double bound) implements Goal {
            @Override
            public String text() {
                return "at most " + Figure.number(bound);
            }

            @Override
            public boolean metBy(Figure figure) {
                return figure.value <= bound;
            }
        }

        /** The value is at least this. */
        record AtLeast(double bound) implements Goal {
            @Override
            public String text() {
                return "at least " + Figure.number(bound);
            }

            @Override
            public boolean metBy(Figure figure) {
                return figure.value >= bound;
            }
        }

        /** The value divided by the peer's is at most this. */
        record RatioAtMost(double bound) implements Goal {
            @Override
            public String text() {
                return "ratio at most " + Figure.number(bound);
            }

            @Override
            public boolean metBy(Figure figure) {
                return figure.ratio().orElse(Double.POSITIVE_INFINITY) <= bound;
            }
        }

        /** The value divided by the peer's is at least this. */
        record RatioAtLeast(double bound) implements Goal {
            @Override
            public String text() {
                return "ratio at least " + Figure.number(bound);
            }

            @Override
            public boolean metBy(Figure figure) {
                return figure.ratio().orElse(0.0) >= bound;
            }
        }
    }

    static Figure alone(String suite, String name, double value, String unit) {
        return new Figure(suite, name, value, unit, Optional.empty(), Optional.empty());
    }

    Figure beside(String peerName, double peerValue) {
        return new Figure(
                suite, name, value, unit, Optional.of(new Peer(peerName, peerValue)), goal);
    }

    Figure withGoal(Goal wanted) {
        return new Figure(suite, name, value, unit, peer, Optional.of(wanted));
    }

    /** Our value divided by the peer's. */
    Optional<Double> ratio() {
        return peer.map(beside -> value / beside.value());
    }

    /** Whether the goal was met; empty where there is none. */
    Optional<Boolean> met() {
        return goal.map(wanted -> wanted.metBy(this));
    }

    /** The members of its JSON object: always all of them, null where there is nothing to say. */
    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("suite", suite);
        json.put("name", name);
        json.put("value", value);
        json.put("unit", unit);
        json.put("peer", peer.map(Peer::name).orElse(null));
        json.put("peerValue", peer.map(Peer::value).orElse(null));
        json.put("ratio", ratio().orElse(null));
        json.put("goal", goal.map(Goal::text).orElse(null));
        json.put("met", met().orElse(null));
        return json;
    }

    /** A number as people read it: three significant digits, thousands grouped. */
    static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
