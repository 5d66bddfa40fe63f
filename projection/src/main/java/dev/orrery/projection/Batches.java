package dev.orrery.projection;

import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.Subscription;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The events of a log in batches: as many as have arrived, up to a bound. While there are full ones
 * the next is read already, by a thread of its own, as the one before is folded. Confined to the
 * folding thread, but for {@link #stop}.
 */
final class Batches<E> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Batches.class.getName());

    /** The events of a batch at most. */
    static final int MOST = 4096;

    private final Subscription<Recorded<E>> events;
    private final ThreadFactory threads;
    private @Nullable FutureTask<List<Recorded<E>>> ahead;

    private Batches(Subscription<Recorded<E>> events, ThreadFactory threads) {
        this.events = events;
        this.threads = threads;
    }

    /** The events of a log after a position. */
    static <E> Batches<E> after(Position position, EventLog<E> log, ThreadFactory threads) {
        return new Batches<>(log.subscribe(position), threads);
    }

    /** The next events, waiting for one; none when the time passed first. */
    List<Recorded<E>> next(Duration timeout) {
        FutureTask<List<Recorded<E>>> reading = ahead;
        ahead = null;
        List<Recorded<E>> batch = reading == null ? List.of() : result(reading);
        if (batch.isEmpty()) {
            batch = events.nextBatch(MOST, timeout);
        }
        if (batch.size() == MOST) {
            readAhead();
        }
        return batch;
    }

    private void readAhead() {
        FutureTask<List<Recorded<E>>> reading =
                new FutureTask<>(() -> events.nextBatch(MOST, Duration.ZERO));
        ahead = reading;
        threads.newThread(reading).start();
    }

    private static <T> T result(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("reading events", e);
        }
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
            result(reading);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the batch read ahead is not wanted any more", e);
        }
    }
}
