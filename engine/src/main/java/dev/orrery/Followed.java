package dev.orrery;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something watched, as a feed of numbered states that any number of readers follow.
 *
 * <p>It watches only while somebody follows; the numbering stays, so that a reader who returns is
 * told what changed, as one difference. Thread-safe.
 */
final class Followed<V> implements Feed<Update<V, V>>, FollowedKeys.Idle { // law E5
    private static final System.Logger LOG = System.getLogger(Followed.class.getName());
    private static final int STATES_KEPT = 64;

    private final Supplier<Subscription<V>> watch;
    private final ThreadFactory threads;
    private final Consumer<Cursor.Numbered> published;
    private final Broadcast<V> states;
    private final StateFeed<V, V> feed;
    private @Nullable Subscription<V> watching;
    private @Nullable V newest;
    private int readers;

    /**
     * Nothing is watched yet.
     *
     * @param watch begins a watch, whose first value is there at once
     * @param threads makes the thread that waits for the next values
     * @param epoch names the numbering
     */
    Followed(Supplier<Subscription<V>> watch, ThreadFactory threads, String epoch) {
        this(watch, threads, epoch, _ -> {});
    }

    /**
     * Nothing is watched yet.
     *
     * @param published is told the place of each value that takes the place of another; it must be
     *     quick and must not throw
     */
    Followed(
            Supplier<Subscription<V>> watch,
            ThreadFactory threads,
            String epoch,
            Consumer<Cursor.Numbered> published) {
        this.watch = watch;
        this.threads = threads;
        this.published = published;
        this.states = new Broadcast<>(epoch, STATES_KEPT);
        this.feed = new StateFeed<>(states, this::whole);
    }

    private synchronized Update.Whole<V, V> whole() {
        return new Update.Whole<>(states.head(), Objects.requireNonNull(newest));
    }

    private synchronized void show(V value) {
        if (!value.equals(newest)) {
            boolean another = newest != null;
            newest = value;
            Cursor.Numbered place = states.publish(value);
            if (another) {
                published.accept(place);
            }
        }
    }

    @Override
    public Subscription<Update<V, V>> subscribe() {
        enter();
        return feed.subscribe().whenClosed(this::leave);
    }

    @Override
    public Subscription<Update<V, V>> subscribe(Cursor after) {
        enter();
        return feed.subscribe(after).whenClosed(this::leave);
    }

    /**
     * Counts one more reader; the first one begins the watch, and holds no lock while its first
     * value is computed.
     */
    private void enter() {
        if (joined()) {
            return;
        }
        Subscription<V> begun = watch.get();
        V first;
        try {
            first = begun.next();
        } catch (RuntimeException failure) {
            begun.close();
            throw failure;
        }
        adopt(begun, first);
    }

    private synchronized boolean joined() {
        if (watching == null) {
            return false;
        }
        readers++;
        return true;
    }

    /** Goes on with a watch that was begun, unless somebody else's came first. */
    private synchronized void adopt(Subscription<V> begun, V first) {
        readers++;
        if (watching != null) {
            begun.close();
            return;
        }
        show(first);
        watching = begun;
        threads.newThread(() -> follow(begun)).start();
    }

    private void follow(Subscription<V> begun) {
        while (true) {
            try {
                show(begun.next());
            } catch (OrreryException.UserFailure failed) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "the last answer stays: {0}",
                        failed.getMessage());
            } catch (OrreryException.Closed over) {
                return;
            }
        }
    }

    private synchronized void leave() {
        readers--;
        if (readers == 0 && watching != null) {
            watching.close();
            watching = null;
        }
    }

    @Override
    public synchronized boolean isIdle() {
        return readers == 0;
    }

    @Override
    public Cursor head() {
        return feed.head();
    }

    @Override
    public Cursor cursor(String text) {
        return feed.cursor(text);
    }
}
