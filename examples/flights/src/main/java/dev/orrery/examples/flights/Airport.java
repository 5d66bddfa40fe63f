package dev.orrery.examples.flights;

/** A row of the airports table, in a SQLite file that other programs may change too. */
public record Airport(
        String iata,
        String name,
        String city,
        String state,
        String country,
        double latitude,
        double longitude) {}
