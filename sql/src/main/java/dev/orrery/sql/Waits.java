package dev.orrery.sql;

import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Bounded waits that heed interrupts. Stateless. */
final class Waits {
    private Waits() {}

    /** Something that can be waited for. */
    interface Wait {
        boolean ended(long time, TimeUnit unit) throws InterruptedException;
    }

    static void within(Duration limit, String what, Wait wait) { // law S7
        try {
            if (!wait.ended(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new OrreryException.TimedOut(what, limit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OrreryException.Cancelled("waiting for " + what, e);
        }
    }
}
