package dev.orrery.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is answered to a fault. */
class FaultTest {
    private static Fault<String> fault(int attempt) {
        Position position = new Position("log", 1);
        return new Fault<>(
                new Recorded<>(position, "id", Instant.EPOCH, "event"),
                attempt,
                new IllegalStateException("no"));
    }

    private static Fault.Answer answer(int attempt) {
        return fault(attempt).retryThenPark(6, Duration.ofSeconds(1), Duration.ofSeconds(5));
    }

    @Test
    void delaysDoubleUpToTheLongestThenTheKeyIsParked() {
        assertThat(answer(1)).isEqualTo(Fault.retryIn(Duration.ofSeconds(1)));
        assertThat(answer(2)).isEqualTo(Fault.retryIn(Duration.ofSeconds(2)));
        assertThat(answer(3)).isEqualTo(Fault.retryIn(Duration.ofSeconds(4)));
        assertThat(answer(4)).isEqualTo(Fault.retryIn(Duration.ofSeconds(5)));
        assertThat(answer(5)).isEqualTo(Fault.retryIn(Duration.ofSeconds(5)));
        assertThat(answer(6)).isEqualTo(Fault.park());
    }

    @Test
    void aDelayIsNotNegative() {
        assertThatThrownBy(() -> Fault.retryIn(Duration.ofNanos(-1))).isInstanceOf(Invalid.class);
    }
}
