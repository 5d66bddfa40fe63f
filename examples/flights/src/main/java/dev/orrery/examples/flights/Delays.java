package dev.orrery.examples.flights;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of one airport's departures.
 *
 * @param departures how many flights left
 * @param minutes the sum of their delays
 * @param last the delays of the last {@value #KEPT} departures, oldest first
 * @param seen date and time of the last one
 */
public record Delays(long departures, long minutes, List<Long> last, String seen) {
    static final int KEPT = 24;

    /** What is known of an airport before its first departure. */
    public static final Delays NONE = new Delays(0, 0, List.of(), "");

    /** What is known after one more departure. */
    public Delays plus(Flight flight) {
        List<Long> kept = new ArrayList<>(last.size() < KEPT ? last : last.subList(1, KEPT));
        kept.add((long) flight.delay());
        return new Delays(
                departures + 1, minutes + flight.delay(), List.copyOf(kept), flight.date());
    }
}
