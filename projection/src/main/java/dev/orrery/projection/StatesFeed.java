package dev.orrery.projection;

import dev.orrery.core.Cursor;
import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Feed;
import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The states of one key, numbered by version: read from the store, where they are kept, and never
 * held for a subscriber. Thread-safe. // law P5
 */
final class StatesFeed<K, S> implements Feed<Update<S, S>> {
    private final Folder<?, K, S> folder;
    private final K key;

    StatesFeed(Folder<?, K, S> folder, K key) {
        this.folder = folder;
        this.key = key;
    }

    @Override
    public Subscription<Update<S, S>> subscribe() {
        return new Reader(null);
    }

    @Override
    public Subscription<Update<S, S>> subscribe(Cursor after) {
        if (!(after instanceof Numbered numbered)) {
            throw new Invalid("cursor", "was given out by this feed", after.text());
        }
        return new Reader(numbered);
    }

    @Override
    public Numbered head() {
        Epoch<K, S> epoch = folder.served();
        return new Numbered(epoch.name(), version(epoch));
    }

    @Override
    public Cursor cursor(String text) {
        return Numbered.parse(text);
    }

    private long version(Epoch<K, S> epoch) {
        return epoch.find(key).map(Held::version).orElse(0L);
    }

    private Update<S, S> whole() {
        Epoch<K, S> epoch = folder.served();
        Optional<Held<S>> held = epoch.find(key);
        return held.isPresent()
                ? new Update.Whole<>(
                        new Numbered(epoch.name(), held.get().version()), held.get().state())
                : new Update.Whole<>(new Numbered(epoch.name(), 0), folder.initial(key));
    }

    /** A reader's place; without one it begins with the whole. */
    private final class Reader implements Subscription<Update<S, S>> {
        private final Latest<Boolean> signal = folder.wakes().follow(key);
        private final Subscription<Boolean> wakes = signal.watch();
        private final Deque<Update<S, S>> ready = new ArrayDeque<>();
        private final AtomicBoolean open = new AtomicBoolean(true);
        private volatile @Nullable Numbered place;

        private Reader(@Nullable Numbered place) {
            this.place = place;
        }

        @Override
        public Update<S, S> next() {
            return await(null).orElseThrow();
        }

        @Override
        public Optional<Update<S, S>> next(Duration timeout) {
            return await(timeout);
        }

        private Optional<Update<S, S>> await(@Nullable Duration timeout) {
            long began = System.nanoTime();
            while (true) {
                if (!open.get()) {
                    throw new Closed("the subscription");
                }
                if (ready.isEmpty()) {
                    look();
                }
                if (!ready.isEmpty()) {
                    Update<S, S> next = ready.remove();
                    place = (Numbered) next.cursor();
                    return Optional.of(next);
                }
                if (folder.isClosed()) {
                    throw new Closed("projection " + folder.name());
                }
                if (!wakes(
                        timeout == null ? null : timeout.minusNanos(System.nanoTime() - began))) {
                    return Optional.empty();
                }
            }
        }

        private boolean wakes(@Nullable Duration timeout) {
            try {
                if (timeout == null) {
                    wakes.next();
                    return true;
                }
                return wakes.next(timeout).isPresent();
            } catch (Closed e) {
                throw new Closed("the subscription");
            }
        }

        /**
         * Makes ready what there is after the place: the states that followed, or the whole where
         * that is not known.
         */
        private void look() {
            Epoch<K, S> epoch = folder.served();
            long newest = version(epoch);
            Numbered from = place;
            if (from == null || !from.epoch().equals(epoch.name()) || from.offset() > newest) {
                ready.add(whole());
                return;
            }
            if (from.offset() == newest) {
                return;
            }
            List<S> states = folder.states(epoch, key, from.offset(), newest);
            if (states.isEmpty()) {
                ready.add(whole());
                return;
            }
            long version = from.offset();
            for (S state : states) {
                version++;
                ready.add(new Update.Delta<>(new Numbered(epoch.name(), version), state));
            }
        }

        @Override
        public Cursor cursor() {
            Numbered from = place;
            return from == null ? head() : from;
        }

        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                wakes.close();
                folder.wakes().release(key);
            }
        }
    }
}
