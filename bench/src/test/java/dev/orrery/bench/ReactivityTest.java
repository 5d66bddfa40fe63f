package dev.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shapes of js-reactivity-benchmark give what their definition says; each checks itself. */
class ReactivityTest {
    private static final int A_LITTLE = 100;

    @ParameterizedTest
    @MethodSource("names")
    void aLittleOfATestIsRight(String name) {
        try (Reactive reactive = new Reactive()) {
            Reactivity.Sample sample = Reactivity.tests(A_LITTLE).get(name).on(reactive);
            assertThat(sample.millis()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    @Tag("long")
    void allOfATestIsRightToTheLastSumAndCount(String name) {
        try (Reactive reactive = new Reactive()) {
            Reactivity.Sample sample = Reactivity.tests(1).get(name).on(reactive);
            sample.millis();
            assertThat(sample.millis()).isPositive();
        }
    }

    static Stream<String> names() {
        return Reactivity.tests(1).keySet().stream();
    }

    @Test
    void aSeedDrawsTheSameNumbersAsThePeersScript() {
        SeededRandom random = new SeededRandom("seed");
        assertThat(new double[] {random.next(), random.next(), random.next()})
                .containsExactly(0.8370377509854734, 0.35816134908236563, 0.12195610790513456);
    }
}
