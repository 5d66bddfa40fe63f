package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeededTest {
    @Test
    void sameSeedGivesSameValues() {
        var first = Seeded.of(42);
        var second = Seeded.of(42);
        for (var i = 0; i < 200; i++) {
            assertThat(first.valueOrNull()).isEqualTo(second.valueOrNull());
        }
        assertThat(first.condition(List.of("a", "b"), 3))
                .isEqualTo(second.condition(List.of("a", "b"), 3));
    }

    @Test
    void failureNamesItsSeed() {
        var seeds = new ArrayList<Long>();
        assertThatThrownBy(() ->
                        Seeded.runs(
                                5,
                                random -> {
                                    seeds.add(random.seed());
                                    throw new IllegalStateException("as it were");
                                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Dorrery.seed=" + seeds.getFirst())
                .hasMessageContaining("as it were");
    }

    @Test
    void historyStopsAtTheStepThatBreaksItsCheck() {
        var histories =
                Histories.of(ArrayList<Integer>::new)
                        .step(
                                1,
                                (list, random) -> {
                                    list.add(random.below(10));
                                    return "added " + list.getLast();
                                })
                        .check(list -> assertThat(list).hasSizeLessThan(4));
        histories.run(3, 3);
        assertThatThrownBy(() -> histories.run(1, 100))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("after 4 steps")
                .hasMessageContaining("added");
    }
}
