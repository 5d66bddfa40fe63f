package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** What users do at once has the results of doing it one after the other: {@link ThreeResults}. */
class LincheckTest {
    private static final int ITERATIONS = Integer.getInteger("lincheck.iterations", 10);

    /** A look at each of 16 stripes is no lock that is waited for. */
    private static final int MORE_THAN_STRIPES = 20;

    /** Who waits for a lock may look at it this often while another thread is led on. */
    private static final int LOOKS_AT_A_LOCK = 1_000;

    /** Scenarios that are tried until a fault is found. */
    private static final int PATIENCE = 200;

    @Test
    void stressed() {
        stress().iterations(ITERATIONS).check(ThreeResults.class);
    }

    @Test
    void everyInterleavingOfAFew() {
        interleavings().iterations(ITERATIONS).check(ThreeResults.class);
    }

    /** These tests can fail: a fault planted into the protocol is found. */
    @Test
    void aPlantedFaultIsFoundUnderStress() {
        StressOptions options = stress().iterations(PATIENCE);
        assertThatThrownBy(() -> options.check(ThreeResults.Planted.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("Invalid execution results");
    }

    private static StressOptions stress() {
        return new StressOptions().threads(3).actorsPerThread(3).invocationsPerIteration(500);
    }

    private static ModelCheckingOptions interleavings() {
        return new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(2)
                .invocationsPerIteration(200)
                .loopIterationsBeforeThreadSwitch(MORE_THAN_STRIPES)
                .loopBound(LOOKS_AT_A_LOCK);
    }
}
