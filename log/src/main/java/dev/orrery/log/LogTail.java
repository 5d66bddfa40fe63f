package dev.orrery.log;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Subscription;
import dev.orrery.core.Tail;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A named reader of a log or a stream: behind another one, or at work.
 *
 * <p>Who is behind looks at the row from time to time, and takes the name when it is free, or when
 * it saw no sign of life of the holder for the holder's lease, by its own clock for intervals: no
 * two clocks are compared. A holder that was only slow finds its fence gone and stands behind
 * again. // law L14
 */
final class LogTail<E> implements Tail<Recorded<E>> {
    private static final Duration LEAST_PAUSE = Duration.ofMillis(5);
    private static final Duration MOST_PAUSE = Duration.ofSeconds(1);
    private static final Duration FOR_EVER = Duration.ofDays(365);

    private final TailTable table;
    private final String name;
    private final Duration lease;
    private final LongSupplier nanos;
    private final Function<Position, Subscription<Recorded<E>>> subscribe;
    private final String log;
    private final Waiter behind = new Waiter(null);
    private TailTable.@Nullable Stored seen;
    private long seenNanos;
    private long beatNanos;
    private long acknowledged;
    private volatile @Nullable Holding<E> holding;
    private volatile boolean closed;

    /** The name is ours: since when, and what is read. */
    private record Holding<E>(long fence, Subscription<Recorded<E>> subscription) {}

    /**
     * A reader that does not have the name yet.
     *
     * @param name what it is called in errors
     * @param log the life of the log its positions are of
     * @param subscribe follows the log after a place
     */
    LogTail(
            TailTable table,
            String name,
            Duration lease,
            LongSupplier nanos,
            String log,
            Function<Position, Subscription<Recorded<E>>> subscribe) {
        if (lease.compareTo(Duration.ZERO) <= 0) {
            throw new Invalid("lease", "is longer than nothing", lease);
        }
        this.table = table;
        this.name = name;
        this.lease = lease;
        this.nanos = nanos;
        this.log = log;
        this.subscribe = subscribe;
    }

    @Override
    public Recorded<E> next() {
        Optional<Recorded<E>> next = next(FOR_EVER);
        while (next.isEmpty()) {
            next = next(FOR_EVER);
        }
        return next.get();
    }

    @Override
    public Optional<Recorded<E>> next(Duration timeout) {
        long began = nanos.getAsLong();
        while (true) {
            requireOpen();
            Duration left = timeout.minusNanos(nanos.getAsLong() - began);
            Optional<Recorded<E>> next = tryNext(left.isNegative() ? Duration.ZERO : left);
            if (next.isPresent() || left.compareTo(Duration.ZERO) <= 0) {
                return next;
            }
        }
    }

    /** The next event, unless it takes longer than some time or until a sign of life is due. */
    private Optional<Recorded<E>> tryNext(Duration most) {
        Holding<E> at = held();
        if (at == null) {
            pause(most);
            return Optional.empty();
        }
        try {
            return at.subscription.next(shorter(most, lease.dividedBy(3)));
        } catch (Closed e) {
            throw new Closed(name);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void pause(Duration most) {
        Duration pause = shorter(lease.dividedBy(4), MOST_PAUSE);
        behind.begin(shorter(most, pause.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : pause));
        behind.await();
    }

    /** What is held, after giving a sign of life if one is due; null while another one holds it. */
    private @Nullable Holding<E> held() {
        Holding<E> at = holding;
        if (at == null) {
            return take();
        }
        if (nanos.getAsLong() - beatNanos > lease.toNanos() / 3) {
            if (!table.beat(at.fence)) {
                lose(at);
                return null;
            }
            beatNanos = nanos.getAsLong();
        }
        return at;
    }

    private @Nullable Holding<E> take() {
        long now = nanos.getAsLong();
        TailTable.Stored found = table.look();
        if (seen == null || seen.beat() != found.beat() || seen.fence() != found.fence()) {
            seenNanos = now;
        }
        seen = found;
        boolean silent = now - seenNanos > found.lease().toNanos();
        boolean free = !found.held() || silent;
        if (!free || !table.take(found, lease)) {
            return null;
        }
        beatNanos = now;
        acknowledged = found.position();
        Holding<E> at =
                new Holding<>(
                        found.fence() + 1, subscribe.apply(new Position(log, found.position())));
        holding = at;
        if (closed) { // while it was taken
            release(at);
        }
        return at;
    }

    private void lose(Holding<E> at) {
        holding = null;
        seen = null;
        at.subscription.close();
    }

    @Override
    public void acknowledge(Cursor upTo) {
        requireOpen();
        Holding<E> at = holding;
        if (at == null) {
            throw new Conflict(name, "to have it", "another reader has it, or none");
        }
        Position done = Position.parse(upTo.text());
        if (!done.log().equals(log) || !cursor().atLeast(done)) {
            throw new Invalid("place", "was handed out by " + name, upTo.text());
        }
        long number = Math.max(done.number(), acknowledged);
        if (!table.acknowledge(at.fence, number)) {
            lose(at);
            throw new Conflict(name, at.fence, table.look().fence());
        }
        acknowledged = number;
        beatNanos = nanos.getAsLong();
    }

    @Override
    public Position cursor() {
        Holding<E> at = holding;
        return at == null
                ? new Position(log, table.look().position())
                : (Position) at.subscription.cursor();
    }

    private void requireOpen() {
        if (closed) {
            throw new Closed(name);
        }
    }

    @Override
    public void close() {
        closed = true;
        behind.wake();
        Holding<E> at = holding;
        if (at != null) {
            release(at);
        }
    }

    private void release(Holding<E> at) {
        at.subscription.close();
        table.release(at.fence);
    }
}
