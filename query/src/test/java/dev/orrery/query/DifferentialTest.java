package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random histories step by step against evaluation from scratch, which also says which bodies have
 * to run: those that read something whose value changed, those that had failed, and no other. Laws
 * Q14 and Q16.
 */
class DifferentialTest {
    private static final int STEPS_OF_A_WORLD = 500;

    @Test
    void tenThousandStepsRunWhatChangedAndNothingElse() {
        Seeds.of(10_000 / STEPS_OF_A_WORLD).forEach(DifferentialTest::history);
    }

    @Test
    @Tag("long")
    void aMillionStepsRunWhatChangedAndNothingElse() {
        Seeds.of(1_000_000 / STEPS_OF_A_WORLD).forEach(DifferentialTest::history);
    }

    private static void history(long seed) {
        Seeds.run(
                seed,
                () -> {
                    Random random = new Random(seed);
                    try (Clockwork world = new Clockwork(random)) {
                        world.readAll();
                        for (int step = 0; step < STEPS_OF_A_WORLD; step++) {
                            world.step(random);
                        }
                    }
                });
    }

    /** The test can fail: it tells a history in which one more body ran. */
    @Test
    void aRunTooManyIsFound() {
        Random random = new Random(1);
        try (Clockwork world = new Clockwork(random)) {
            world.readAll();
            world.pretendARun();
            assertThat(catchThrowable(() -> world.step(random)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("law Q14");
        }
    }
}
