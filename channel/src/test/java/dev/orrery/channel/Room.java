package dev.orrery.channel;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A registry whose policy and clock the test holds in its hand, and people to enter it. */
final class Room {
    static final Duration SOON = Duration.ofSeconds(10);
    static final Duration NOW = Duration.ZERO;

    final AtomicLong nanos = new AtomicLong();
    volatile AccessPolicy policy = (_, _, _) -> Access.allowed();
    final Channels channels;

    Room() {
        AtomicInteger epochs = new AtomicInteger();
        channels =
                new Channels(
                        (who, action, what) -> policy.decide(who, action, what),
                        () -> "e" + epochs.incrementAndGet(),
                        nanos::get);
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    static Principal user(String name) {
        return new Principal(name, Set.of(), Map.of(), Map.of("name", "I am " + name));
    }

    Connection enter(String user) {
        return channels.connect(user(user));
    }
}
