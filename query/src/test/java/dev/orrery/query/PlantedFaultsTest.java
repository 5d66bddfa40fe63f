package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The random run can fail: each fault planted into the protocol is found, soon. */
class PlantedFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @EnumSource(Fault.class)
    void theRandomRunFinds(Fault fault) {
        long begun = System.nanoTime();
        Set<Fault> planted = EnumSet.of(fault);
        Throwable found = null;
        int runs = 0;
        while (found == null && System.nanoTime() - begun < PATIENCE.toNanos()) {
            found = run(Seeds.of(1).findFirst().orElseThrow() + runs, planted);
            runs++;
        }
        System.out.printf(
                "%s: %s, after %d runs and %d ms%n",
                fault,
                found == null ? "not found" : found.getMessage(),
                runs,
                (System.nanoTime() - begun) / 1_000_000);
        assertThat(found).as("what %s breaks", fault).isNotNull();
    }

    private static Throwable run(long seed, Set<Fault> planted) {
        try {
            new RandomRun(seed, Duration.ofMillis(400), planted).check();
            return null;
        } catch (Throwable thrown) {
            return thrown;
        }
    }
}
