package dev.orrery.bench;

import dev.orrery.channel.Access;
import dev.orrery.channel.Channel;
import dev.orrery.channel.Channels;
import dev.orrery.gateway.Gateway;
import dev.orrery.gateway.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What subscribers that stand still cost the others: one channel, a thousand WebSocket clients, and
 * how long after a message was published they have it, with ten of them not reading and with all of
 * them reading, alternated in one run.
 *
 * <p>Those that stand still are full: their sockets and their windows hold all they can, and the
 * server is not let cut them off meanwhile.
 */
final class FanOut {
    private static final double RATIO_GOAL = 1.2;
    private static final int BALLAST_MESSAGES = 400;
    private static final String BALLAST = "x".repeat(64 << 10);
    private static final String BUSY = "busy";
    private static final String HEAVY = "heavy";

    private final String suite;
    private final Load load;

    /**
     * How much is done.
     *
     * @param clients that follow the channel
     * @param stalled of those, that stand still
     * @param perSecond messages
     */
    record Load(int clients, int stalled, int perSecond) {
        static final Load THOUSAND = new Load(1_000, 10, 10);
    }

    FanOut(String suite, Load load) {
        this.suite = suite;
        this.load = load;
    }

    /** One message: when it was published, as text, since it is larger than JSON's numbers. */
    record Sent(String at) {}

    List<Figure> measure(Effort effort, Progress progress) throws Exception {
        int rounds = effort.either(2, 5);
        int messages = load.perSecond() * effort.either(2, 5);
        progress.say(
                "  %,d subscribers of one channel: %d rounds of %d messages with and without %d"
                                .formatted(load.clients(), rounds, messages, load.stalled())
                        + " stalled");
        try (Crowd without = new Crowd(load, 0);
                Crowd with = new Crowd(load, load.stalled())) {
            without.round(messages);
            with.round(messages);
            Samples ours = new Samples();
            Samples plain = new Samples();
            Samples median = new Samples();
            for (int round = 0; round < rounds; round++) {
                plain.add(without.round(messages).quantile(0.99));
                Samples millis = with.round(messages);
                ours.add(millis.quantile(0.99));
                median.add(millis.median());
            }
            return List.of(
                    Figure.alone(
                            suite,
                            "publish to socket, p50 of %,d".formatted(load.clients()),
                            median.median(),
                            "ms"),
                    Figure.alone(
                                    suite,
                                    "publish to socket, p99 with %d of %,d stalled"
                                            .formatted(load.stalled(), load.clients()),
                                    ours.median(),
                                    "ms")
                            .beside("none stalled", plain.median())
                            .withGoal(new Figure.Goal.RatioAtMost(RATIO_GOAL)));
        }
    }

    /** A server with a thousand clients, some of which stand still. */
    private static final class Crowd implements AutoCloseable {
        private final Channels channels =
                new Channels(
                        (_, _, _) -> Access.allowed(),
                        () -> UUID.randomUUID().toString(),
                        System::nanoTime);
        private final Channel<Sent> busy = channels.channel(BUSY, Sent.class);
        private final int reading;
        private final int perSecond;
        private final Gateway gateway;
        private final SocketCrowd readers;
        private final SocketCrowd stalled;
        private Samples millis = new Samples();
        private CountDownLatch left = new CountDownLatch(0);

        Crowd(Load load, int standing) throws Exception {
            Channel<String> heavy = channels.channel(HEAVY, String.class);
            reading = load.clients() - standing;
            perSecond = load.perSecond();
            Duration never = Duration.ofHours(1);
            gateway =
                    Gateway.configure(channels)
                            .limits(Limits.DEFAULT.times(never, never, never, never))
                            .open();
            stalled = SocketCrowd.stalled(gateway.port(), standing, BUSY, HEAVY);
            while (channels.followers(HEAVY) < standing) {
                Thread.sleep(10); // waits for the outcome: all of them follow
            }
            for (int i = 0; i < BALLAST_MESSAGES; i++) {
                heavy.publish(BALLAST);
            }
            readers = SocketCrowd.reading(gateway.port(), reading, this::received, BUSY);
        }

        private void received(long at, long nanoTime) {
            millis.add((nanoTime - at) / 1e6);
            left.countDown();
        }

        /** Publishes at a steady rate and answers how long each took to each, in milliseconds. */
        Samples round(int messages) throws InterruptedException {
            millis = new Samples();
            left = new CountDownLatch(messages * reading);
            long began = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                long due = began + i * (1_000_000_000L / perSecond);
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                busy.publish(new Sent(String.valueOf(System.nanoTime())));
            }
            if (!left.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException(left + " messages did not come");
            }
            return millis;
        }

        @Override
        public void close() throws IOException {
            readers.close();
            stalled.close();
            gateway.close();
            channels.close();
        }
    }
}
