package dev.orrery;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.Subscription;

/**
 * A feed whose source works only while somebody follows: it is begun for the first reader and ended
 * after the last. Thread-safe.
 */
final class CountedFeed<T> implements Feed<T> { // law E9
    private final Feed<T> feed;
    private final Runnable begin;
    private final Runnable end;
    private int readers;

    CountedFeed(Feed<T> feed, Runnable begin, Runnable end) {
        this.feed = feed;
        this.begin = begin;
        this.end = end;
    }

    @Override
    public Subscription<T> subscribe() {
        enter();
        return feed.subscribe().whenClosed(this::leave);
    }

    @Override
    public Subscription<T> subscribe(Cursor after) {
        enter();
        return feed.subscribe(after).whenClosed(this::leave);
    }

    private synchronized void enter() {
        if (readers++ == 0) {
            begin.run();
        }
    }

    private synchronized void leave() {
        if (--readers == 0) {
            end.run();
        }
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
