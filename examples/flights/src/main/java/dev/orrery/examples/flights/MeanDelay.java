package dev.orrery.examples.flights;

import dev.orrery.core.Row;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The mean delay of all departures as it is shown, so that a flight that does not change what is
 * shown changes nothing.
 *
 * @param minutes rounded half up to a hundredth; null before the first departure
 */
record MeanDelay(@Nullable BigDecimal minutes) {
    private static final int DECIMALS = 2;

    /** What it is made of, which rows of delays enter and leave. */
    record Sum(long minutes, long departures) {
        static final Sum NONE = new Sum(0, 0);

        Sum plus(Row delays) {
            return new Sum(
                    minutes + delays.integer("minutes"), departures + delays.integer("departures"));
        }

        Sum minus(Row delays) {
            return new Sum(
                    minutes - delays.integer("minutes"), departures - delays.integer("departures"));
        }
    }

    static MeanDelay of(Sum sum) {
        return new MeanDelay(
                sum.departures() == 0
                        ? null
                        : Rounded.mean(sum.minutes(), sum.departures(), DECIMALS));
    }
}
