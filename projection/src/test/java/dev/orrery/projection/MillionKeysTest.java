package dev.orrery.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Condition;
import dev.orrery.core.Pin;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.projection.Rig.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million keys that are touched once, and never again. // law P15 */
class MillionKeysTest {
    private static final int KEYS = 1_000_000;
    private static final int AT_ONCE = 50_000;
    private static final int IN_MEMORY = 10_000;
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final Projection<Step, String, Integer> SUMS =
            Projection.of("sums", Step.class)
                    .key(String.class, Step::key)
                    .state(Integer.class, 0)
                    .fold((before, step) -> before + step.value())
                    .keysInMemory(IN_MEMORY);

    @TempDir private Path directory;

    private static String key(int number) {
        return "k" + number;
    }

    @Test
    void onlySoManyAreInMemoryAndEveryStateIsRight() {
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Integer> sums = rig.projections.run(rig.log, SUMS);
            for (int from = 0; from < KEYS; from += AT_ONCE) {
                rig.log.appendAll(
                        IntStream.range(from, from + AT_ONCE)
                                .mapToObj(number -> new Step(key(number), number))
                                .toList());
                sums.atLeast(rig.log.head(), LONG);
                assertThat(Beyond.keysInMemory(sums)).isLessThanOrEqualTo(IN_MEMORY + AT_ONCE);
            }
            everyStateIsRight(rig, sums);
        }
        try (Rig rig = new Rig(directory)) {
            LiveProjection<String, Integer> sums = rig.projections.run(rig.log, SUMS);
            assertThat(Beyond.keysInMemory(sums)).isLessThanOrEqualTo(IN_MEMORY);
            everyStateIsRight(rig, sums);
        }
    }

    private static void everyStateIsRight(Rig rig, LiveProjection<String, Integer> sums) {
        for (int number = 0; number < KEYS; number += 20) {
            assertThat(sums.find(key(number))).contains(number);
        }
        for (int number = 7; number < KEYS; number += 100_000) {
            try (Subscription<Update<Integer, Integer>> updates =
                    sums.states(key(number)).subscribe()) {
                assertThat(updates.next())
                        .isInstanceOfSatisfying(Update.Whole.class, sumIs(number));
            }
        }
        try (Pin pin = rig.timeline.pin()) {
            List<Map.Entry<String, Integer>> all =
                    Beyond.versioned(sums).selectAt(Condition.all(), pin.revision().number());
            assertThat(all).hasSize(KEYS);
            assertThat(all).allMatch(entry -> entry.getKey().equals(key(entry.getValue())));
        }
        assertThat(Beyond.keysInMemory(sums)).isLessThanOrEqualTo(IN_MEMORY);
    }

    @SuppressWarnings("rawtypes") // so that the class of an update can be asked for
    private static java.util.function.Consumer<Update.Whole> sumIs(int sum) {
        return whole -> assertThat(whole.state()).isEqualTo(sum);
    }
}
