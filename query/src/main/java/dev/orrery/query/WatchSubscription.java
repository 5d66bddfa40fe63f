package dev.orrery.query;

import dev.orrery.core.Cursor;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One watcher: first what it saw when it came, then what is shown after that. For one reading
 * thread; closing may come from any.
 */
final class WatchSubscription<V> implements Subscription<Outcome<V>> {
    private final Watches watches;
    private final Watch watch;
    private final Subscription<Watch.Shown> shown;
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final long joined;
    private @Nullable Outcome<V> first;
    private Outcome<V> last;

    WatchSubscription(Watches watches, Watch watch, Outcome<V> first, long joined) {
        this.watches = watches;
        this.watch = watch;
        this.shown = watch.latest.watch();
        this.first = first;
        this.last = first;
        this.joined = joined;
    }

    @Override
    public Outcome<V> next() {
        Optional<Outcome<V>> next = takeFirst();
        while (next.isEmpty()) {
            next = news(shown.next());
        }
        return next.get();
    }

    @Override
    public Optional<Outcome<V>> next(Duration timeout) {
        Optional<Outcome<V>> next = takeFirst();
        long deadline = System.nanoTime() + timeout.toNanos();
        while (next.isEmpty()) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            Optional<Watch.Shown> entry = shown.next(left);
            if (entry.isEmpty()) {
                return Optional.empty();
            }
            next = news(entry.get());
        }
        return next;
    }

    /** The value seen on joining, unless a later one is there already. */
    private Optional<Outcome<V>> takeFirst() {
        Outcome<V> waiting = first;
        if (waiting == null || !open.get()) {
            return Optional.empty();
        }
        first = null;
        Optional<Outcome<V>> newer = shown.next(Duration.ZERO).flatMap(this::news);
        return newer.isPresent() ? newer : Optional.of(waiting);
    }

    private Optional<Outcome<V>> news(Watch.Shown entry) {
        @SuppressWarnings("unchecked") // a watch shows outcomes of its own node
        Outcome<V> outcome = (Outcome<V>) entry.outcome();
        if (entry.revision() < joined || Outcomes.same(watch.node.definition, last, outcome)) {
            return Optional.empty();
        }
        last = outcome;
        return Optional.of(outcome);
    }

    @Override
    public Cursor cursor() {
        return shown.cursor();
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            shown.close();
            watches.leave(watch, this);
        }
    }

    /** Ends a wait because the runtime closes. */
    void end() {
        open.set(false);
        shown.close();
    }
}
