package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Signs of life, on a clock that the test turns. */
class HeartbeatTest {
    private static final Limits LIMITS =
            Limits.DEFAULT.times(
                    Duration.ofMillis(25),
                    Duration.ofMillis(8),
                    Duration.ofMillis(10),
                    Duration.ofSeconds(1));
    private static final long MILLI = 1_000_000;

    private final Heartbeat heartbeat = new Heartbeat(LIMITS, 0);

    @Test
    void clientThatNeverConnectsIsStale() {
        assertThat(heartbeat.untilDue(4 * MILLI)).isEqualTo(6 * MILLI);
        assertThat(heartbeat.step(9 * MILLI)).isEmpty();
        assertThat(heartbeat.step(10 * MILLI)).contains(Heartbeat.Step.GIVE_UP_STALE);
    }

    @Test
    void pingComesEachIntervalAsLongAsPongsDo() { // W08
        heartbeat.connected();
        assertThat(heartbeat.untilDue(0)).isEqualTo(25 * MILLI);
        for (long due = 25 * MILLI; due < 200 * MILLI; due += 25 * MILLI) {
            assertThat(heartbeat.step(due - 1)).isEmpty();
            assertThat(heartbeat.step(due)).contains(Heartbeat.Step.PING);
            heartbeat.ponged();
            assertThat(heartbeat.step(due + 8 * MILLI)).isEmpty();
        }
    }

    @Test
    void silenceIsTheEnd() { // W08
        heartbeat.connected();
        heartbeat.untilDue(0);
        assertThat(heartbeat.step(25 * MILLI)).contains(Heartbeat.Step.PING);
        assertThat(heartbeat.step(33 * MILLI)).contains(Heartbeat.Step.GIVE_UP_SILENT);
    }

    @Test
    void clientWhoseCommandIsWorkedOnIsNotTakenForDead() {
        heartbeat.connected();
        heartbeat.untilDue(0);
        heartbeat.handling(true);
        assertThat(heartbeat.step(25 * MILLI)).contains(Heartbeat.Step.PING);
        assertThat(heartbeat.step(33 * MILLI)).isEmpty();
        assertThat(heartbeat.step(41 * MILLI)).isEmpty();
        heartbeat.handling(false);
        assertThat(heartbeat.step(49 * MILLI)).contains(Heartbeat.Step.GIVE_UP_SILENT);
    }
}
