package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.examples.flights.MeanDelay.Sum;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class MeanDelayTest {
    private static MeanDelay of(long minutes, long departures) {
        return MeanDelay.of(new Sum(minutes, departures));
    }

    @Test
    void aFlightThatDoesNotChangeWhatIsShownChangesNothing() {
        assertThat(of(154_000 + 8, 20_001)).isEqualTo(of(154_000, 20_000));
        assertThat(of(154_000 + 300, 20_001)).isNotEqualTo(of(154_000, 20_000));
    }

    @Test
    void halfAHundredthIsRoundedUpAlsoBelowZero() {
        assertThat(of(1_005, 1_000).minutes()).isEqualTo(new BigDecimal("1.01"));
        assertThat(of(-1_005, 1_000).minutes()).isEqualTo(new BigDecimal("-1.00"));
    }

    @Test
    void beforeTheFirstDepartureThereIsNone() {
        assertThat(MeanDelay.of(Sum.NONE).minutes()).isNull();
    }
}
