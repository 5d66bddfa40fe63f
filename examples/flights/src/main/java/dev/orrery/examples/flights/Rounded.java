package dev.orrery.examples.flights;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Means with as many decimals as are shown. */
final class Rounded {
    private Rounded() {}

    /** The mean of some minutes, rounded half up: towards the greater number, also below zero. */
    static BigDecimal mean(long minutes, long departures, int decimals) {
        return BigDecimal.valueOf(minutes)
                .divide(
                        BigDecimal.valueOf(departures),
                        decimals,
                        minutes < 0 ? RoundingMode.HALF_DOWN : RoundingMode.HALF_UP);
    }
}
