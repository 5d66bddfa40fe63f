package dev.orrery.gateway;

import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Channels;
import dev.orrery.core.Broadcast;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Update;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gateway on a free port, with a counter that changes by differences: whole {@code n}, delta
 * {@code n}.
 */
final class Served implements AutoCloseable {
    static final AccessPolicy EVERYBODY = (who, action, what) -> Access.allowed();

    final Channels channels;
    final Rpc rpc = new Rpc();
    final Pages pages = new Pages();
    final Gateway gateway;

    Served() {
        this(Limits.DEFAULT);
    }

    Served(Limits limits) {
        this(EVERYBODY, limits);
    }

    Served(AccessPolicy policy, Limits limits) {
        this(policy, limits, Authenticator.ANYBODY);
    }

    Served(AccessPolicy policy, Limits limits, Authenticator authenticator) {
        AtomicInteger epochs = new AtomicInteger();
        channels = new Channels(policy, () -> "epoch" + epochs.incrementAndGet(), System::nanoTime);
        gateway =
                Gateway.configure(channels)
                        .rpc(rpc)
                        .pages(pages)
                        .limits(limits)
                        .authenticator(authenticator)
                        .open();
    }

    /** A state that anyone can follow: the list of all numbers so far. */
    static final class Numbers {
        private final Broadcast<Long> deltas;
        private long newest;

        Numbers(String epoch, int history) {
            deltas = new Broadcast<>(epoch, history);
        }

        StateFeed<List<Long>, Long> feed() {
            return new StateFeed<>(deltas, this::whole);
        }

        synchronized void publish(int count) {
            for (int i = 0; i < count; i++) {
                newest++;
                deltas.publish(newest);
            }
        }

        private synchronized Update.Whole<List<Long>, Long> whole() {
            return new Update.Whole<>(deltas.head(), List.of(0L, newest));
        }
    }

    URI webSocket() {
        return URI.create("ws://127.0.0.1:" + gateway.port() + "/connection/websocket");
    }

    URI http(String path) {
        return URI.create("http://127.0.0.1:" + gateway.port() + path);
    }

    static Limits quick() {
        return Limits.DEFAULT.times(
                Duration.ofMillis(200),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5));
    }

    @Override
    public void close() {
        gateway.close();
        channels.close();
    }
}
