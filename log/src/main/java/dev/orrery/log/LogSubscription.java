package dev.orrery.log;

import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A reader of a log: pages of stored events while it is behind, then a wait for the head to move.
 *
 * <p>The head moves after a commit, and a page never reads past it, so a page is complete: nothing
 * can be committed below it later. Waiting and moving the head meet in one signal, so that no
 * append goes unnoticed.
 */
final class LogSubscription<E> implements Subscription<Recorded<E>> {
    private static final int PAGE = 1024;

    private final SqlEventLog<E> log;
    private final Subscription<Position> heads;
    private final Deque<Recorded<E>> page = new ArrayDeque<>();
    private volatile Position place;
    private volatile boolean closed;

    LogSubscription(SqlEventLog<E> log, Position after) {
        this.log = log;
        this.heads = log.heads().watch();
        this.place = after;
    }

    @Override
    public Recorded<E> next() {
        fill(PAGE, null);
        return take();
    }

    @Override
    public Optional<Recorded<E>> next(Duration timeout) {
        return fill(PAGE, timeout) ? Optional.of(take()) : Optional.empty();
    }

    @Override
    public List<Recorded<E>> nextBatch(int max, Duration timeout) {
        if (!fill(Math.max(PAGE, max), timeout)) {
            return List.of();
        }
        List<Recorded<E>> batch = new ArrayList<>(Math.min(max, page.size()));
        while (batch.size() < max && !page.isEmpty()) {
            batch.add(take());
        }
        return batch;
    }

    private Recorded<E> take() {
        Recorded<E> next = page.remove();
        place = next.position();
        return next;
    }

    /** Sees to it that there is an event to hand out; false when the time passed first. */
    private boolean fill(int most, @Nullable Duration timeout) {
        long began = System.nanoTime();
        while (true) {
            if (closed) {
                throw new Closed("the subscription");
            }
            if (page.isEmpty()) {
                page.addAll(log.read(place, most));
            }
            if (!page.isEmpty()) {
                return true;
            }
            if (!headMoves(
                    timeout == null ? null : timeout.minusNanos(System.nanoTime() - began))) {
                return false;
            }
        }
    }

    private boolean headMoves(@Nullable Duration timeout) {
        try {
            if (timeout == null) {
                heads.next();
                return true;
            }
            return heads.next(timeout).isPresent();
        } catch (Closed e) {
            throw new Closed("the subscription");
        }
    }

    @Override
    public Position cursor() {
        return place;
    }

    @Override
    public void close() {
        closed = true;
        heads.close();
    }
}
