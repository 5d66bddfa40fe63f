package dev.orrery.bench;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.examples.flights.Flight;
import dev.orrery.gateway.Gateway;
import dev.orrery.log.EventLog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * The flow with Orrery: event log, projection, gateway, and a client that follows one key's channel
 * through a real socket. Confined to one thread.
 */
final class OrreryFlow implements AutoCloseable {
    static final String ORIGIN = "SFO";

    private static final long LIMIT_SECONDS = 30;

    private final Orrery orrery;
    private final EventLog<Flight> log;
    private final Gateway gateway;
    private final ChannelClient client;
    private final List<Flight> flights;
    private volatile Round round = new Round(0, 0);
    private long appended;

    /** The events of one run: when each was handed over, and how long it took. */
    private static final class Round {
        private final long before;
        private final AtomicLongArray began;
        private final AtomicLongArray took;
        private final CountDownLatch outstanding;

        /**
         * A run of events after others.
         *
         * @param before how many events there were before it
         */
        Round(long before, int events) {
            this.before = before;
            this.began = new AtomicLongArray(events);
            this.took = new AtomicLongArray(events);
            this.outstanding = new CountDownLatch(events);
        }

        void received(long offset, long nanoTime) {
            int event = (int) (offset - before - 1);
            took.set(event, nanoTime - began.get(event));
            outstanding.countDown();
        }

        Samples millis() {
            Samples millis = new Samples();
            for (int event = 0; event < took.length(); event++) {
                millis.add(took.get(event) / 1e6);
            }
            return millis;
        }
    }

    private OrreryFlow(Path folder) throws Exception {
        orrery =
                Orrery.configure()
                        .directory(folder.resolve("orrery"))
                        .access((_, _, _) -> Access.allowed())
                        .open();
        log = orrery.log("flights", Flight.class);
        orrery.projection(log, ProjectionRate.DELAYS);
        orrery.start();
        gateway = Gateway.configure(orrery.channels()).open();
        client =
                ChannelClient.follow(
                        gateway.uri(),
                        "projection:delays:" + ORIGIN,
                        (offset, nanoTime) -> round.received(offset, nanoTime));
        flights = flights();
    }

    static OrreryFlow open(Path folder) throws Exception {
        return new OrreryFlow(folder);
    }

    /** The flights out of the one airport whose channel is followed. */
    static List<Flight> flights() {
        return Flight.all().stream().filter(flight -> flight.origin().equals(ORIGIN)).toList();
    }

    /** Appends events at a steady rate; returns the milliseconds each took to the client. */
    Samples run(int perSecond, int events) throws Exception {
        Round current = new Round(appended, events);
        round = current;
        long start = System.nanoTime();
        for (int event = 0; event < events; event++) {
            awaitTime(start + event * 1_000_000_000L / perSecond);
            Flight flight = flights.get((int) (appended % flights.size()));
            current.began.set(event, System.nanoTime());
            log.append(flight);
            appended++;
        }
        if (!current.outstanding.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new TimeoutException(
                    current.outstanding.getCount() + " deltas did not reach the client");
        }
        return current.millis();
    }

    private static void awaitTime(long nanoTime) {
        for (long left = nanoTime - System.nanoTime();
                left > 0;
                left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        client.close();
        gateway.close();
        orrery.close();
    }
}
