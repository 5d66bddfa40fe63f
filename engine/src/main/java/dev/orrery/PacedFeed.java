package dev.orrery;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.view.Patch;
import dev.orrery.view.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A view's window told at most so often: what comes sooner is joined into one update. The reader
 * waits, on its own thread; nobody else does. Thread-safe. // law E8
 */
final class PacedFeed<R> implements Feed<Update<Window<R>, List<Patch<R>>>> {
    private final Feed<Update<Window<R>, List<Patch<R>>>> updates;
    private final long paceNanos;
    private final LongSupplier nanos;

    PacedFeed(Feed<Update<Window<R>, List<Patch<R>>>> updates, Duration pace, LongSupplier nanos) {
        this.updates = updates;
        this.paceNanos = pace.toNanos();
        this.nanos = nanos;
    }

    @Override
    public Subscription<Update<Window<R>, List<Patch<R>>>> subscribe() {
        return new Reader(updates.subscribe());
    }

    @Override
    public Subscription<Update<Window<R>, List<Patch<R>>>> subscribe(Cursor after) {
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

    private final class Reader implements Subscription<Update<Window<R>, List<Patch<R>>>> {
        private final Subscription<Update<Window<R>, List<Patch<R>>>> entries;
        private @Nullable Update<Window<R>, List<Patch<R>>> ahead;
        private long told;

        private Reader(Subscription<Update<Window<R>, List<Patch<R>>>> entries) {
            this.entries = entries;
            this.told = nanos.getAsLong() - paceNanos;
        }

        @Override
        public Update<Window<R>, List<Patch<R>>> next() {
            if (ahead == null) {
                ahead = entries.next();
            }
            awaitTurn();
            return tell(taken());
        }

        /** As {@link #next()} when something comes within the time; then the pace is kept too. */
        @Override
        public Optional<Update<Window<R>, List<Patch<R>>>> next(Duration timeout) {
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
                throw new Cancelled("waiting for a view's next update", e);
            }
        }

        private Update<Window<R>, List<Patch<R>>> taken() {
            Update<Window<R>, List<Patch<R>>> taken = ahead;
            ahead = null;
            if (taken == null) {
                throw new IllegalStateException("law E8: nothing to tell");
            }
            return taken;
        }

        private Update<Window<R>, List<Patch<R>>> tell(Update<Window<R>, List<Patch<R>>> first) {
            told = nanos.getAsLong();
            List<List<Patch<R>>> changes = new ArrayList<>();
            Update<Window<R>, List<Patch<R>>> newest = first;
            while (newest instanceof Update.Delta<Window<R>, List<Patch<R>>>(_, var change)) {
                changes.add(change);
                Optional<Update<Window<R>, List<Patch<R>>>> next = entries.next(Duration.ZERO);
                if (next.isEmpty()) {
                    return new Update.Delta<>(entries.cursor(), Patch.joined(changes));
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
