package dev.orrery.gateway;

import java.util.Optional;

/**
 * When a connection must give a sign of life: its state is how long it has been since, in
 * nanoseconds of one clock.
 *
 * <p>Driven by the connection's writer; the reader reports what it saw. A client whose own command
 * is being worked on is never taken for dead, since its pong may stand behind that command.
 */
final class Heartbeat {
    private final long pingEvery;
    private final long pongWithin;
    private long due;
    private boolean pinged;
    private volatile boolean connected;
    private volatile boolean ponged;
    private volatile boolean handling;
    private boolean greeted;

    /** What the writer does when it is time. */
    enum Step {
        PING,
        GIVE_UP_STALE,
        GIVE_UP_SILENT
    }

    Heartbeat(Limits limits, long now) {
        this.pingEvery = limits.pingEvery().toNanos();
        this.pongWithin = limits.pongWithin().toNanos();
        this.due = now + limits.connectWithin().toNanos();
    }

    /** The reader saw the session open. */
    void connected() {
        connected = true;
    }

    /** The reader saw a pong. */
    void ponged() {
        ponged = true;
    }

    /** The reader began, or ended, work on a frame. */
    void handling(boolean working) {
        handling = working;
    }

    /** How long the writer may wait before it asks again. */
    long untilDue(long now) {
        greet(now);
        return Math.max(0, due - now);
    }

    /** What is due. */
    Optional<Step> step(long now) {
        greet(now);
        if (due - now > 0) {
            return Optional.empty();
        }
        if (!greeted) {
            return Optional.of(Step.GIVE_UP_STALE);
        }
        return pinged ? judge(now) : Optional.of(ping(now));
    }

    /** The pings begin when the session is open. */
    private void greet(long now) {
        if (connected && !greeted) {
            greeted = true;
            due = now + pingEvery;
        }
    }

    private Step ping(long now) {
        ponged = false;
        pinged = true;
        due = now + pongWithin;
        return Step.PING;
    }

    /**
     * A pong that is late while the server itself works on the client's command is waited for
     * again.
     */
    private Optional<Step> judge(long now) {
        if (ponged) {
            pinged = false;
            due = now + Math.max(1, pingEvery - pongWithin);
            return Optional.empty();
        }
        due = now + pongWithin;
        return handling ? Optional.empty() : Optional.of(Step.GIVE_UP_SILENT);
    }
}
