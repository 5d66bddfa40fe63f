package dev.orrery.examples.flights;

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
    /** Origin and destination, the key of its route. */
    public String route() {
        return origin + "-" + destination;
    }
}
