package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A state that is looked at again and again. */
class PulseTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final AtomicInteger looks = new AtomicInteger();

    /** The second look fails. */
    private int look() {
        int look = looks.incrementAndGet();
        if (look == 2) {
            throw new Unavailable("the database", "look again", Duration.ZERO, null);
        }
        return look;
    }

    @Test
    void aLookThatFailsIsTakenAgain() { // law E19
        Pulse<Integer> pulse =
                new Pulse<>(
                        this::look,
                        (_, now) -> Optional.of(now),
                        Duration.ofMillis(1),
                        Thread.ofVirtual().factory(),
                        "p");
        try (Subscription<Update<Integer, Integer>> told = pulse.feed().subscribe()) {
            assertThat(told.next(SOON)).get().isInstanceOf(Update.Whole.class);
            assertThat(told.next(SOON)).get().isInstanceOf(Update.Delta.class);
            assertThat(looks).hasValueGreaterThan(2);
        }
    }
}
