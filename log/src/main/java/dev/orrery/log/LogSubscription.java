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
 * A reader of a log or a stream: pages of stored events while it is behind, then a wait for the
 * head to move.
 *
 * <p>The head moves after a commit, and a page never reads past it, so a page is complete: nothing
 * can be committed below it later. A reader that waits is seen by whoever moves the head from then
 * on, and looks at the head once more, so that no append goes unnoticed.
 */
final class LogSubscription<E> implements Subscription<Recorded<E>> {
    private static final int PAGE = 1024;

    private final Pages<E> pages;
    private final Head head;
    private final Waiter waiter;
    private final Deque<Recorded<E>> page = new ArrayDeque<>();
    private volatile Position place;
    private volatile boolean closed;

    /** Where the events come from. */
    interface Pages<E> {
        /** The events after a number and up to another, in order, at most some. */
        List<Recorded<E>> page(long after, long upTo, int max);
    }

    /** A reader after a place, of a stream or, without one, of the log. */
    LogSubscription(Pages<E> pages, Head head, Position after, @Nullable String stream) {
        this.pages = pages;
        this.head = head;
        this.waiter = new Waiter(stream);
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
        waiter.begin(timeout);
        while (true) {
            if (closed) {
                throw new Closed("the subscription");
            }
            long end = head.now();
            if (page.isEmpty()) {
                page.addAll(pages.page(place.number(), end, most));
            }
            if (!page.isEmpty()) {
                return true;
            }
            if (!head.await(end, waiter)) {
                return false;
            }
        }
    }

    /** How often somebody ended a wait of this reader. */
    long wakes() {
        return waiter.wakes();
    }

    @Override
    public Position cursor() {
        return place;
    }

    @Override
    public void close() {
        closed = true;
        waiter.wake(); // and nobody else
    }
}
