package dev.orrery.examples.flights;

import dev.orrery.core.OrreryException;
import java.time.Duration;

/** Flights per second, or as many as go. */
sealed interface Speed {
    /** How many flights are due after a time. */
    long dueAfter(long nanos);

    /** How long to wait when none is due. */
    Duration interval();

    /** A number, or {@code max}: what a client sends and is sent. */
    Object value();

    /** As fast as they are folded. */
    record Max() implements Speed {
        @Override
        public long dueAfter(long nanos) {
            return Integer.MAX_VALUE;
        }

        @Override
        public Duration interval() {
            return Duration.ZERO;
        }

        @Override
        public Object value() {
            return "max";
        }
    }

    /** A number of flights each second. */
    record PerSecond(int flights) implements Speed {
        @Override
        public long dueAfter(long nanos) {
            return 1 + nanos / 1_000_000L * flights / 1_000L;
        }

        @Override
        public Duration interval() {
            return Duration.ofNanos(Math.clamp(1_000_000_000L / flights, 1_000_000L, 50_000_000L));
        }

        @Override
        public Object value() {
            return (long) flights;
        }
    }

    /** Reads {@code max} or a whole number of at least one. */
    static Speed parse(String text) {
        if (text.equals("max")) {
            return new Max();
        }
        try {
            int flights = Integer.parseInt(text);
            if (flights >= 1) {
                return new PerSecond(flights);
            }
        } catch (NumberFormatException e) {
            // falls through: what is no number is no speed
        }
        throw new OrreryException.Invalid(
                "--speed", "is max or a number of flights per second", text);
    }
}
