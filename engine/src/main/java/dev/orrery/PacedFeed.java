package dev.orrery;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A state told at most so often: what changes sooner is joined into one change. The reader waits,
 * on its own thread; nobody else does. Thread-safe. // law E8
 */
final class PacedFeed<S, D> implements Feed<Update<S, D>> {
    private final Feed<Update<S, D>> updates;
    private final Function<List<D>, D> joined;
    private final long paceNanos;
    private final LongSupplier nanos;

    /**
     * Nobody follows yet.
     *
     * @param joined makes one change of several, at least one, that came one after the other
     * @param pace the shortest time between two updates to one reader
     */
    PacedFeed(
            Feed<Update<S, D>> updates,
            Function<List<D>, D> joined,
            Duration pace,
            LongSupplier nanos) {
        this.updates = updates;
        this.joined = joined;
        this.paceNanos = pace.toNanos();
        this.nanos = nanos;
    }

    @Override
    public Subscription<Update<S, D>> subscribe() {
        return new Reader(updates.subscribe());
    }

    @Override
    public Subscription<Update<S, D>> subscribe(Cursor after) {
        return new Reader(updates.subscribe(after));
    }

    @Override
    public Cursor head() {
        return updates.head();
    }

    @Override
    public Cursor cursor(String text) {
        return updates.cursor(text);
    }

    private final class Reader implements Subscription<Update<S, D>> {
        private final Subscription<Update<S, D>> entries;
        private @Nullable Update<S, D> ahead;
        private long told;

        private Reader(Subscription<Update<S, D>> entries) {
            this.entries = entries;
            this.told = nanos.getAsLong() - paceNanos;
        }

        @Override
        public Update<S, D> next() {
            if (ahead == null) {
                ahead = entries.next();
            }
            awaitTurn();
            return tell(taken());
        }

        /** As {@link #next()} when something comes within the time; then the pace is kept too. */
        @Override
        public Optional<Update<S, D>> next(Duration timeout) {
            if (ahead == null) {
                ahead = entries.next(timeout).orElse(null);
            }
            if (ahead == null) {
                return Optional.empty();
            }
            awaitTurn();
            return Optional.of(tell(taken()));
        }

        private void awaitTurn() {
            long left = told + paceNanos - nanos.getAsLong();
            try {
                if (left > 0) {
                    TimeUnit.NANOSECONDS.sleep(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Cancelled("waiting for the next update", e);
            }
        }

        private Update<S, D> taken() {
            Update<S, D> taken = ahead;
            ahead = null;
            if (taken == null) {
                throw new IllegalStateException("law E8: nothing to tell");
            }
            return taken;
        }

        private Update<S, D> tell(Update<S, D> first) {
            told = nanos.getAsLong();
            List<D> changes = new ArrayList<>();
            Update<S, D> newest = first;
            while (newest instanceof Update.Delta<S, D>(_, var change)) {
                changes.add(change);
                Optional<Update<S, D>> next = entries.next(Duration.ZERO);
                if (next.isEmpty()) {
                    return new Update.Delta<>(entries.cursor(), joined.apply(changes));
                }
                newest = next.get();
            }
            return newest; // the whole: what led to it is needless
        }

        @Override
        public Cursor cursor() {
            return entries.cursor();
        }

        @Override
        public void close() {
            entries.close();
        }
    }
}
