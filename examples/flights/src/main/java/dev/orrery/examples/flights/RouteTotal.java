package dev.orrery.examples.flights;

/** How many flights one route had, and the miles they flew together. */
public record RouteTotal(long flights, long distance) {
    static final RouteTotal NONE = new RouteTotal(0, 0);

    RouteTotal plus(Flight flight) {
        return new RouteTotal(flights + 1, distance + flight.distance());
    }
}
