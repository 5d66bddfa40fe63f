package dev.orrery.gateway;

import dev.orrery.core.OrreryException;
import java.time.Duration;

/**
 * What one client may cost, and how long it may take.
 *
 * @param frameBytes the largest frame a client may send
 * @param windowBytes how much may wait to be written to one client before its subscriptions wait
 * @param recoveryBytes how much of what a returning client missed goes into the reply; the rest
 *     follows as pushes
 * @param connections how many clients at once, WebSocket and SSE together
 * @param pingEvery how often a WebSocket client is asked for a sign of life, and an SSE client is
 *     sent one
 * @param pongWithin how long it may take to answer
 * @param connectWithin how long an open WebSocket may take to say who it is
 * @param writeWithin how long a client may take to read one frame
 * @param renewWithin how long after its token expired a client may take to bring a newer one
 */
public record Limits(
        int frameBytes,
        int windowBytes,
        int recoveryBytes,
        int connections,
        Duration pingEvery,
        Duration pongWithin,
        Duration connectWithin,
        Duration writeWithin,
        Duration renewWithin) {
    /** Frames of 64 KiB, a window of 256 KiB, 10,000 clients, a ping each 25 seconds. */
    public static final Limits DEFAULT =
            new Limits(
                    64 << 10,
                    256 << 10,
                    4 << 20,
                    10_000,
                    Duration.ofSeconds(25),
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(25));

    public Limits {
        if (frameBytes < 1 || windowBytes < 1 || recoveryBytes < 1 || connections < 1) {
            throw new OrreryException.BadDefinition(
                    "the gateway's limits", "a size is below 1", "make it larger");
        }
        if (pingEvery.toMillis() < 1
                || pongWithin.toMillis() < 1
                || connectWithin.toMillis() < 1
                || writeWithin.toMillis() < 1
                || renewWithin.toMillis() < 1) {
            throw new OrreryException.BadDefinition(
                    "the gateway's limits", "a time is below a millisecond", "make it longer");
        }
    }

    /** The same with other times. */
    public Limits times(
            Duration pingEvery, Duration pongWithin, Duration connectWithin, Duration writeWithin) {
        return new Limits(
                frameBytes,
                windowBytes,
                recoveryBytes,
                connections,
                pingEvery,
                pongWithin,
                connectWithin,
                writeWithin,
                renewWithin);
    }

    /** The same with another time for newer tokens. */
    public Limits renewWithin(Duration time) {
        return new Limits(
                frameBytes,
                windowBytes,
                recoveryBytes,
                connections,
                pingEvery,
                pongWithin,
                connectWithin,
                writeWithin,
                time);
    }

    /** The same with other sizes. */
    public Limits sizes(int frameBytes, int windowBytes, int recoveryBytes, int connections) {
        return new Limits(
                frameBytes,
                windowBytes,
                recoveryBytes,
                connections,
                pingEvery,
                pongWithin,
                connectWithin,
                writeWithin,
                renewWithin);
    }
}
