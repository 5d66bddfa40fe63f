package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Subscription;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a log for an effect, as many as it was asked for, and hands them over once
 * the projections they wait for show them. Runs in a thread of its own; it may be asked and stopped
 * from any.
 */
final class EffectReader<E> implements Runnable {
    private static final System.Logger LOG = System.getLogger(EffectReader.class.getName());
    private static final Duration LONG = Duration.ofDays(365);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final EventLog<? extends E> log;
    private final Position after;
    private final List<? extends LiveProjection<?, ?>> shown;
    private final Consumer<List<Recorded<E>>> arrived;
    private final Consumer<RuntimeException> failed;
    private final LinkedBlockingQueue<Integer> asked = new LinkedBlockingQueue<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable Subscription<?> reading;

    EffectReader(
            EventLog<? extends E> log,
            Position after,
            List<? extends LiveProjection<?, ?>> shown,
            Consumer<List<Recorded<E>>> arrived,
            Consumer<RuntimeException> failed) {
        this.log = log;
        this.after = after;
        this.shown = shown;
        this.arrived = arrived;
        this.failed = failed;
    }

    /** Asks for at most so many more events. */
    void ask(int most) {
        asked.add(most);
    }

    /** Ends the thread soon. */
    void stop() {
        stopping.countDown();
        asked.add(0);
        Subscription<?> subscription = reading;
        if (subscription != null) {
            subscription.close();
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public void run() {
        try (Subscription<? extends Recorded<? extends E>> events = log.subscribe(after)) {
            reading = events;
            while (!isStopping()) {
                handOver(events);
            }
        } catch (Closed e) {
            if (!isStopping()) {
                failed.accept(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed.accept(new Cancelled("reading events", e));
        } catch (RuntimeException e) {
            failed.accept(e);
        }
    }

    private void handOver(Subscription<? extends Recorded<? extends E>> events)
            throws InterruptedException {
        int most = asked.take();
        if (isStopping()) {
            return;
        }
        List<Recorded<E>> batch =
                events.nextBatch(most, LONG).stream().<Recorded<E>>map(EffectReader::as).toList();
        if (!batch.isEmpty()) {
            for (LiveProjection<?, ?> projection : shown) {
                await(projection, batch.getLast().position());
            }
        }
        if (!isStopping()) {
            arrived.accept(batch);
        }
    }

    static <E> Recorded<E> as(Recorded<? extends E> one) {
        return new Recorded<>(one.position(), one.id(), one.time(), one.event());
    }

    /** A projection that has failed or is folded anew is waited for: it will be there again. */
    private void await(LiveProjection<?, ?> projection, Position position)
            throws InterruptedException { // law F5
        while (!isStopping()) {
            try {
                projection.atLeast(position, LOOK_AGAIN);
                return;
            } catch (TimedOut e) {
                LOG.log(System.Logger.Level.DEBUG, "an effect waits for {0}", position);
            } catch (Unavailable e) {
                stopping.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** What stands behind an error of reading, for a status. */
    static OrreryException known(String effect, Position at, RuntimeException e) {
        return e instanceof OrreryException known
                ? known
                : new OrreryException.UserFailure("effect " + effect, at, e);
    }
}
