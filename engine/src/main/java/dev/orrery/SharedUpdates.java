package dev.orrery;

import dev.orrery.core.Cursor;
import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.StoredFeed;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * A stored state that many follow, read for all of them at once: a change is read from the store
 * one time, however many there are, and again only by whoever joins or falls behind.
 *
 * <p>It reads only while somebody follows. Thread-safe. // law E16
 */
final class SharedUpdates<S, D> implements Feed<Update<S, D>>, FollowedKeys.Idle {
    private static final System.Logger LOG = System.getLogger(SharedUpdates.class.getName());
    private static final int KEPT = 256;

    private final Feed<Update<S, D>> stored;
    private final ThreadFactory threads;
    private final StoredFeed<S, D> ring;
    private @Nullable Subscription<Update<S, D>> following;
    private int readers;

    /**
     * Nothing is read yet.
     *
     * @param stored loses nothing that is not answered by the whole
     * @param threads makes the thread that waits for changes
     */
    SharedUpdates(Feed<Update<S, D>> stored, ThreadFactory threads) {
        this.stored = stored;
        this.threads = threads;
        this.ring = new StoredFeed<>(new Stored(), KEPT);
    }

    /** What is stored, as those read it who join or have fallen behind. */
    private final class Stored implements StoredFeed.Store<S, D> {
        @Override
        public Numbered head() {
            return (Numbered) stored.head();
        }

        @Override
        public Update.Whole<S, D> whole() {
            try (Subscription<Update<S, D>> one = stored.subscribe()) {
                if (one.next() instanceof Update.Whole<S, D> whole) {
                    return whole;
                }
                throw new IllegalStateException("law C8: a state feed begins with the whole");
            }
        }

        @Override
        public Optional<List<Update.Delta<S, D>>> after(Numbered place, int most) {
            List<Update.Delta<S, D>> deltas = new ArrayList<>();
            try (Subscription<Update<S, D>> some = stored.subscribe(place)) {
                for (Update<S, D> update : some.nextBatch(most, Duration.ZERO)) {
                    if (!(update instanceof Update.Delta<S, D> delta)) {
                        return Optional.empty();
                    }
                    deltas.add(delta);
                }
            }
            return Optional.of(deltas);
        }
    }

    /**
     * One more follows; the first has changes offered from here on, and what was held forgotten.
     */
    private synchronized void enter() {
        if (following == null) {
            following = begin();
        }
        readers++;
    }

    private Subscription<Update<S, D>> begin() {
        Subscription<Update<S, D>> begun = stored.subscribe();
        boolean begins = false;
        try {
            begun.next();
            begins = true;
        } finally {
            if (!begins) {
                begun.close();
            }
        }
        ring.reread();
        threads.newThread(() -> offer(begun)).start();
        return begun;
    }

    private void offer(Subscription<Update<S, D>> begun) {
        try {
            while (true) {
                switch (begun.next()) {
                    case Update.Delta<S, D> delta -> ring.offer(delta);
                    case Update.Whole<S, D> _ -> ring.reread();
                }
            }
        } catch (OrreryException.Closed over) {
            lose(begun);
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.WARNING, "a stored state cannot be read: {0}", failure);
            lose(begun);
        }
    }

    /** Those who follow must not wait for ever when what they follow has ended. */
    private synchronized void lose(Subscription<Update<S, D>> begun) {
        if (begun.equals(following)) {
            following = null;
            begun.close();
            ring.endAll();
        }
    }

    private synchronized void leave() {
        readers--;
        Subscription<Update<S, D>> last = following;
        if (readers == 0 && last != null) {
            following = null;
            last.close();
        }
    }

    @Override
    public Subscription<Update<S, D>> subscribe() {
        enter();
        return ring.subscribe().whenClosed(this::leave);
    }

    @Override
    public Subscription<Update<S, D>> subscribe(Cursor after) {
        if (!(after instanceof Numbered place)) {
            throw new OrreryException.Invalid("cursor", "was given out by this feed", after.text());
        }
        enter();
        return ring.subscribe(place).whenClosed(this::leave);
    }

    @Override
    public Cursor head() {
        return stored.head();
    }

    @Override
    public Cursor cursor(String text) {
        return stored.cursor(text);
    }

    @Override
    public synchronized boolean isIdle() {
        return readers == 0;
    }
}
