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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one key as a durable feed: read from what is stored, from any version on that is
 * kept.
 *
 * <p>The stored state comes before the wake-up, so a reader that is woken finds it. A reader holds
 * nothing but its place and the updates it was about to hand out. // law P5
 */
final class UpdatesFeed<K, S, D> implements Feed<Update<S, D>> {
    private final Folder<?, K, S> folder;
    private final K key;
    private final @Nullable Function<byte[], D> decode;

    /**
     * The feed of a key.
     *
     * @param decode makes a kept change what is handed out; null where only the whole will do
     */
    UpdatesFeed(Folder<?, K, S> folder, K key, @Nullable Function<byte[], D> decode) {
        this.folder = folder;
        this.key = key;
        this.decode = decode;
    }

    @Override
    public Subscription<Update<S, D>> subscribe() {
        return new Reader(null);
    }

    @Override
    public Subscription<Update<S, D>> subscribe(Cursor after) {
        if (!(after instanceof Numbered numbered)) {
            throw new Invalid("cursor", "was given out by this feed", after.text());
        }
        return new Reader(numbered);
    }

    @Override
    public Numbered head() {
        Epoch<K, S> epoch = folder.served();
        return new Numbered(epoch.name(), epoch.version(key));
    }

    @Override
    public Cursor cursor(String text) {
        return Numbered.parse(text);
    }

    private Update<S, D> whole(Epoch<K, S> epoch) {
        Held<S> held = epoch.held(key);
        S state = held == null ? null : held.state();
        return new Update.Whole<>(
                new Numbered(epoch.name(), held == null ? 0 : held.version()),
                state == null ? folder.initial(key) : state);
    }

    /** A reader's place; without one it begins with the whole. */
    private final class Reader implements Subscription<Update<S, D>> {
        private final Latest<Boolean> signal = folder.wakes().follow(key);
        private final Subscription<Boolean> wakes = signal.watch();
        private final Deque<Update<S, D>> ready = new ArrayDeque<>();
        private final AtomicBoolean open = new AtomicBoolean(true);
        private volatile @Nullable Numbered place;

        private Reader(@Nullable Numbered place) {
            this.place = place;
            folder.counts().subscribed();
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
            long began = System.nanoTime();
            while (true) {
                if (!open.get()) {
                    throw new Closed("the subscription");
                }
                if (ready.isEmpty()) {
                    look();
                }
                if (!ready.isEmpty()) {
                    Update<S, D> next = ready.remove();
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
         * Makes ready what there is after the place: the changes that followed, or the whole where
         * those are not known.
         */
        private void look() {
            Epoch<K, S> epoch = folder.served();
            Numbered from = place;
            if (from == null) {
                ready.add(whole(epoch));
                return;
            }
            Held<S> held = epoch.held(key);
            long newest = held == null ? 0 : held.version();
            boolean follows = from.epoch().equals(epoch.name()) && from.offset() <= newest;
            if (follows && from.offset() == newest) {
                return;
            }
            Function<byte[], D> decoded = decode;
            if (!follows || held == null || decoded == null) {
                reset(epoch);
                return;
            }
            List<byte[]> changes = folder.changes(epoch, key, held, from.offset());
            if (changes.isEmpty() || changes.stream().anyMatch(change -> change.length == 0)) {
                reset(epoch);
                return;
            }
            long version = from.offset();
            for (byte[] change : changes) {
                version++;
                ready.add(
                        new Update.Delta<>(
                                new Numbered(epoch.name(), version), decoded.apply(change)));
            }
        }

        private void reset(Epoch<K, S> epoch) {
            folder.counts().reset();
            ready.add(whole(epoch));
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
                folder.counts().unsubscribed();
            }
        }
    }
}
