package dev.orrery.examples.flights;

import dev.orrery.core.OrreryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Appends flights in time order at a chosen speed, from where the log ends. Confined to its thread;
 * an interrupt ends it between two appends.
 */
final class Replay {
    /** Appended together at full speed: as many as one transaction carries well. */
    private static final int BATCH = 500;

    private final FlightsApp app;
    private final List<Flight> flights;
    private final Speed speed;

    Replay(FlightsApp app, List<Flight> flights, Speed speed) {
        this.app = app;
        this.flights = flights;
        this.speed = speed;
    }

    /** Appends every flight that is not in the log yet; returns how many. */
    long run() {
        int first = (int) app.flights.head().number();
        int next = first;
        long began = System.nanoTime();
        while (next < flights.size() && !Thread.currentThread().isInterrupted()) {
            long due = (long) first + speed.dueAfter(System.nanoTime() - began);
            int until = (int) Math.min(Math.min(due, (long) next + BATCH), flights.size());
            if (until == next) {
                LockSupport.parkNanos(speed.interval().toNanos());
            } else {
                append(next, until);
                next = until;
            }
        }
        return (long) next - first;
    }

    private void append(int from, int until) {
        List<Flight> batch = new ArrayList<>();
        for (int line = from; line < until; line++) {
            batch.add(known(line, flights.get(line)));
        }
        app.flights.appendAll(batch);
    }

    private Flight known(int line, Flight flight) {
        require(line, "origin", flight.origin());
        require(line, "destination", flight.destination());
        return flight;
    }

    private void require(int line, String column, String code) {
        if (app.airports.find(code).isEmpty()) {
            throw new OrreryException.Invalid(
                    "flights line " + (line + 1) + " " + column,
                    "is the code of one of the airports; correct the line, or add the airport to airports.db",
                    code);
        }
    }

    /** Flights per second, or as many as go. */
    sealed interface Speed {
        /** How many flights are due after a time. */
        long dueAfter(long nanos);

        /** How long to wait when none is due. */
        Duration interval();

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
        }

        /** A number of flights each second. */
        record PerSecond(int flights) implements Speed {
            @Override
            public long dueAfter(long nanos) {
                return 1 + nanos / 1_000_000L * flights / 1_000L;
            }

            @Override
            public Duration interval() {
                return Duration.ofNanos(
                        Math.clamp(1_000_000_000L / flights, 1_000_000L, 50_000_000L));
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
}
