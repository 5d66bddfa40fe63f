package dev.orrery.core;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A feed of one changing state: the whole first and after a gap, then differences. Thread-safe.
 *
 * <p>Joining is without a gap: a reader takes the whole with its cursor and then exactly the
 * differences after that cursor, whether they were published before or after it looked. // law C8
 */
public final class StateFeed<S, D> implements Feed<Update<S, D>> {
    private final Broadcast<D> deltas;
    private final Supplier<Update.Whole<S, D>> whole;

    /**
     * A feed over published differences.
     *
     * @param deltas the differences; the offset of a difference is the version of the state it
     *     leads to
     * @param whole the newest state with the cursor, in the numbering of {@code deltas}, of the
     *     version it is; the state may be ahead of the published differences, never behind one that
     *     was published before the call
     */
    public StateFeed(Broadcast<D> deltas, Supplier<Update.Whole<S, D>> whole) {
        this.deltas = deltas;
        this.whole = whole;
    }

    @Override
    public Subscription<Update<S, D>> subscribe() {
        return new Reader(deltas.reader(deltas.head()), true);
    }

    @Override
    public Subscription<Update<S, D>> subscribe(Cursor after) {
        return deltas.holds(after) ? new Reader(deltas.reader(after), false) : subscribe();
    }

    @Override
    public Cursor head() {
        return deltas.head();
    }

    @Override
    public Cursor cursor(String text) {
        return deltas.cursor(text);
    }

    private final class Reader implements Subscription<Update<S, D>> {
        private final Broadcast<D>.Reader differences;
        private boolean needsWhole;

        private Reader(Broadcast<D>.Reader differences, boolean needsWhole) {
            this.differences = differences;
            this.needsWhole = needsWhole;
        }

        @Override
        public Update<S, D> next() {
            return await(null).orElseThrow();
        }

        @Override
        public Optional<Update<S, D>> next(Duration timeout) {
            return await(timeout);
        }

        private Optional<Update<S, D>> await(@Nullable Duration timeout) {
            if (needsWhole) {
                return Optional.of(readWhole());
            }
            Optional<Delivery<D>> delivery =
                    timeout == null ? Optional.of(differences.next()) : differences.next(timeout);
            return delivery.map(next ->
                    switch (next) {
                        case Delivery.Item<D>(Cursor cursor, D change) ->
                                new Update.Delta<>(cursor, change);
                        case Delivery.Lagged<D> _ -> readWhole();
                    });
        }

        private Update<S, D> readWhole() {
            Update.Whole<S, D> state = whole.get();
            differences.seek((Cursor.Numbered) state.cursor());
            needsWhole = false;
            return state;
        }

        @Override
        public Cursor cursor() {
            return differences.cursor();
        }

        @Override
        public void close() {
            differences.close();
        }
    }
}
