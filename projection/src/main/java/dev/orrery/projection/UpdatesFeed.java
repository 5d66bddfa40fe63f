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
        return folder.known(key).place();
    }

    @Override
    public Cursor cursor(String text) {
        return Numbered.parse(text);
    }

    private Update<S, D> whole(Folder.Known<K, S> known) {
        S state = known.state();
        return new Update.Whole<>(known.place(), state == null ? folder.initial(key) : state);
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
            Folder.Known<K, S> known = folder.known(key);
            Numbered from = place;
            if (from == null) {
                ready.add(whole(known));
                return;
            }
            Numbered newest = known.place();
            boolean follows =
                    from.epoch().equals(newest.epoch()) && from.offset() <= newest.offset();
            if (follows && from.offset() == newest.offset()) {
                return;
            }
            Held<S> held = known.held();
            Function<byte[], D> decoded = decode;
            if (!follows || held == null || decoded == null) {
                reset(known);
                return;
            }
            List<byte[]> changes = folder.changes(known.epoch(), key, held, from.offset());
            if (changes.isEmpty() || changes.stream().anyMatch(change -> change.length == 0)) {
                reset(known);
                return;
            }
            long version = from.offset();
            for (byte[] change : changes) {
                version++;
                ready.add(
                        new Update.Delta<>(
                                new Numbered(newest.epoch(), version), decoded.apply(change)));
            }
        }

        private void reset(Folder.Known<K, S> known) {
            folder.counts().reset();
            ready.add(whole(known));
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
