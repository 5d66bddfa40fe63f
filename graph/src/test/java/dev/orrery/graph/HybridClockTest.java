package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Unavailable;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The hybrid logical clock. */
class HybridClockTest {
    private static final Duration BOUND = Duration.ofSeconds(1);
    private final Replicas.Wall wall = new Replicas.Wall(0);

    private HybridClock at(long millis, int counter) {
        return new HybridClock(wall, BOUND, new HybridTime(millis, counter));
    }

    @Test
    @DisplayName("AC-015 it counts while the wall clock stands, and follows it when it goes on")
    void itCountsAndFollows() {
        HybridClock clock = at(100, 0);
        wall.set(50);
        assertThat(clock.tick()).isEqualTo(new HybridTime(100, 1));
        assertThat(clock.tick()).isEqualTo(new HybridTime(100, 2));
        wall.set(200);
        assertThat(clock.tick()).isEqualTo(new HybridTime(200, 0));
    }

    @Test
    @DisplayName("AC-016 what it writes after meeting another clock is later than both")
    void itIsLaterThanWhatItMet() {
        assertThat(met(100, 3, 100, 7, 90)).isEqualTo(new HybridTime(100, 8));
        assertThat(met(100, 3, 200, 5, 90)).isEqualTo(new HybridTime(200, 6));
        assertThat(met(500, 10, 100, 0, 90)).isEqualTo(new HybridTime(500, 11));
        assertThat(met(500, 10, 100, 0, 900)).isEqualTo(new HybridTime(900, 0));
    }

    private HybridTime met(long millis, int counter, long otherMillis, int otherCounter, long now) {
        HybridClock clock = at(millis, counter);
        wall.set(now);
        clock.witness(new HybridTime(otherMillis, otherCounter));
        return clock.tick();
    }

    @Test
    @DisplayName("AC-017 AC-024 the later time wins, then the author whose name comes first")
    void stampsHaveOneOrder() {
        assertThat(stamp(200, 0, "a")).isGreaterThan(stamp(100, 999, "b"));
        assertThat(stamp(100, 10, "a")).isGreaterThan(stamp(100, 5, "b"));
        assertThat(stamp(100, 5, "alpha")).isGreaterThan(stamp(100, 5, "beta"));
    }

    private static Stamp stamp(long millis, int counter, String author) {
        return new Stamp(
                new HybridTime(millis, counter),
                author,
                1,
                Hash.of(author.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Test
    @DisplayName("AC-018 a counter at its end goes over into the next millisecond")
    void itNeverWrapsAround() {
        wall.set(50);
        assertThat(at(100, Integer.MAX_VALUE).tick()).isEqualTo(new HybridTime(101, 0));
    }

    @Test
    void itDoesNotWriteWithATimeThatOthersWouldTakeForTheFuture() {
        wall.set(1_000);
        HybridClock clock = at(5_000, 0);
        assertThatThrownBy(clock::tick).isInstanceOf(Unavailable.class);
        wall.set(4_500);
        assertThat(clock.tick()).isEqualTo(new HybridTime(5_000, 1));
        assertThat(clock.isOfTheFuture(new HybridTime(5_501, 0))).isTrue();
        assertThat(clock.isOfTheFuture(new HybridTime(5_500, 9))).isFalse();
    }
}
