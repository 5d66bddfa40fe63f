package dev.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

/** Quantiles of what was measured. */
class SamplesTest {
    @Test
    void theMedianIsAMeasuredValueInWhateverOrderTheyCame() {
        assertThat(samples(3, 1, 2).median()).isEqualTo(2);
        assertThat(samples(4, 1, 3, 2).median()).isEqualTo(2);
    }

    @Test
    void aQuantileIsTheSmallestValueThatSoManyDoNotExceed() {
        Samples hundred = new Samples();
        for (int value = 100; value >= 1; value--) {
            hundred.add(value);
        }
        assertThat(hundred.quantile(0.99)).isEqualTo(99);
        assertThat(hundred.quantile(1)).isEqualTo(100);
        assertThat(hundred.quantile(0)).isEqualTo(1);
    }

    @Test
    void nothingMeasuredHasNoMedian() {
        assertThatIllegalStateException().isThrownBy(() -> new Samples().median());
    }

    @Test
    void whatWasReadTakesNoMore() {
        Samples read = samples(1);
        assertThat(read.median()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> read.add(2));
    }

    private static Samples samples(double... values) {
        Samples samples = new Samples();
        for (double value : values) {
            samples.add(value);
        }
        return samples;
    }
}
