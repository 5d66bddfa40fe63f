package dev.orrery.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for outcomes, with a generous limit. */
final class Waits {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private Waits() {}

    static void until(BooleanSupplier outcome) {
        long began = System.nanoTime();
        while (!outcome.getAsBoolean()) {
            assertThat(System.nanoTime() - began).as("waited").isLessThan(LIMIT.toNanos());
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void join(Thread thread) {
        try {
            assertThat(thread.join(LIMIT)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
