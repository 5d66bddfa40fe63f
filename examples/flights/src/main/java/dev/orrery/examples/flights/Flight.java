package dev.orrery.examples.flights;

import java.util.List;

/**
 * One departure, as reported.
 *
 * @param date local date and time as text, {@code yyyy/MM/dd HH:mm}; it names no zone, so it stays
 *     text
 * @param delay minutes late; negative is early
 * @param distance miles
 * @param origin code of the airport it left
 * @param destination code of the airport it went to
 */
public record Flight(String date, int delay, int distance, String origin, String destination) {
    /** The 20,000 flights that come with the example, in time order. */
    public static List<Flight> all() {
        return Lines.flights();
    }

    /** Origin and destination, the key of its route. */
    public String route() {
        return origin + "-" + destination;
    }
}
