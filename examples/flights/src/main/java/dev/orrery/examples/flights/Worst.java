package dev.orrery.examples.flights;

import java.math.BigDecimal;
import java.util.Comparator;

/**
 * An airport of a state and its mean delay, as the worst of that state; {@link #NONE} where no
 * airport has enough departures.
 *
 * @param airport its code, empty for none
 * @param name its name
 * @param mean minutes, rounded half up to a tenth
 */
public record Worst(String airport, String name, BigDecimal mean) {
    static final int ENOUGH_DEPARTURES = 5;
    static final Worst NONE = new Worst("", "", BigDecimal.ZERO);

    /** The highest mean first; of equals the greatest code. */
    static final Comparator<Worst> ORDER =
            Comparator.comparing(Worst::mean).thenComparing(Worst::airport);

    static Worst of(Airport airport, Delays delays) {
        BigDecimal mean = Rounded.mean(delays.minutes(), delays.departures(), 1);
        return new Worst(airport.iata(), airport.name(), mean);
    }
}
