package dev.orrery.projection;

import dev.orrery.core.Subscription;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The events of a log in batches: as many as have arrived, up to a bound. While there are more the
 * next is read already, by a thread of its own, as the one before is folded. Confined to the
 * folding thread, but for {@link #stop}.
 */
final class Batches<E> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Batches.class.getName());

    /** A batch so large takes long enough for another to be read meanwhile. */
    private static final int WORTH_IT = 1024;

    private final EventLog<E> log;
    private final Subscription<Recorded<E>> events;
    private final ThreadFactory threads;
    private final int most;
    private @Nullable FutureTask<List<Recorded<E>>> ahead;

    private Batches(
            EventLog<E> log, Subscription<Recorded<E>> events, ThreadFactory threads, int most) {
        this.log = log;
        this.events = events;
        this.threads = threads;
        this.most = most;
    }

    /** The events of a log after a position, so many at most in a batch. */
    static <E> Batches<E> after(
            Position position, EventLog<E> log, ThreadFactory threads, int most) {
        return new Batches<>(log, log.subscribe(position), threads, most);
    }

    /** The next events, waiting for one; none when the time passed first. */
    List<Recorded<E>> next(Duration timeout) {
        FutureTask<List<Recorded<E>>> reading = ahead;
        ahead = null;
        List<Recorded<E>> batch = reading == null ? List.of() : Workers.result(reading);
        if (batch.isEmpty()) {
            batch = events.nextBatch(most, timeout);
        }
        if (batch.size() >= WORTH_IT && isMoreThere(batch)) {
            readAhead();
        }
        return batch;
    }

    private boolean isMoreThere(List<Recorded<E>> batch) {
        return log.head().number() > batch.getLast().position().number();
    }

    private void readAhead() {
        FutureTask<List<Recorded<E>>> reading =
                new FutureTask<>(() -> events.nextBatch(most, Duration.ZERO));
        ahead = reading;
        threads.newThread(reading).start();
    }

    /** Ends the subscription: whoever waits for the next batch is told so. From any thread. */
    void stop() {
        events.close();
    }

    /** Ends the subscription; when it returns, nobody reads any more. */
    @Override
    public void close() {
        events.close();
        FutureTask<List<Recorded<E>>> reading = ahead;
        if (reading != null) {
            awaitEnd(reading);
        }
    }

    private static void awaitEnd(FutureTask<?> reading) {
        try {
            Workers.result(reading);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the batch read ahead is not wanted any more", e);
        }
    }
}
