package dev.orrery.examples.flights;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a replay must come to: the totals, and departures and delay minutes of each origin.
 *
 * <p>Made twice, from what Orrery derived and by a plain loop over the input; the demo is right
 * when both are equal.
 */
record Facts(
        long flights,
        long origins,
        long routes,
        long delayMinutes,
        long distanceMiles,
        Map<String, Origin> airports) {
    record Origin(long departures, long delayMinutes) {}

    /** A plain fold over the input: the oracle. */
    static Facts of(Iterable<Flight> flights) {
        Map<String, Delays> delays = new TreeMap<>();
        Map<String, RouteTotal> routes = new TreeMap<>();
        for (Flight flight : flights) {
            delays.put(
                    flight.origin(),
                    delays.getOrDefault(flight.origin(), Delays.NONE).plus(flight));
            routes.put(
                    flight.route(),
                    routes.getOrDefault(flight.route(), RouteTotal.NONE).plus(flight));
        }
        return of(delays, routes);
    }

    /** The facts that folded states say. */
    static Facts of(Map<String, Delays> delays, Map<String, RouteTotal> routes) {
        Map<String, Origin> origins = new TreeMap<>();
        delays.forEach((code, state) ->
                origins.put(code, new Origin(state.departures(), state.minutes())));
        return new Facts(
                routes.values().stream().mapToLong(RouteTotal::flights).sum(),
                origins.size(),
                routes.size(),
                origins.values().stream().mapToLong(Origin::delayMinutes).sum(),
                routes.values().stream().mapToLong(RouteTotal::distance).sum(),
                origins);
    }
}
