package dev.orrery.query;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** What the runtime does, for whoever follows; nothing is made while nobody does. Thread-safe. */
final class Events implements Feed<Delivery<QueryEvent>> {
    private static final int KEPT = 8192;

    private final Broadcast<QueryEvent> broadcast;
    private final AtomicInteger followers = new AtomicInteger();

    Events(String epoch) {
        this.broadcast = new Broadcast<>(epoch, KEPT);
    }

    boolean isFollowed() {
        return followers.get() > 0;
    }

    void publish(QueryEvent event) {
        broadcast.publish(event);
    }

    @Override
    public Subscription<Delivery<QueryEvent>> subscribe() {
        followers.incrementAndGet();
        return new Following(broadcast.subscribe());
    }

    @Override
    public Subscription<Delivery<QueryEvent>> subscribe(Cursor after) {
        followers.incrementAndGet();
        return new Following(broadcast.subscribe(after));
    }

    @Override
    public Cursor head() {
        return broadcast.head();
    }

    @Override
    public Cursor cursor(String text) {
        return broadcast.cursor(text);
    }

    /** A subscription that stops the making of events when it is the last to close. */
    private final class Following implements Subscription<Delivery<QueryEvent>> {
        private final Subscription<Delivery<QueryEvent>> events;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private Following(Subscription<Delivery<QueryEvent>> events) {
            this.events = events;
        }

        @Override
        public Delivery<QueryEvent> next() {
            return events.next();
        }

        @Override
        public Optional<Delivery<QueryEvent>> next(Duration timeout) {
            return events.next(timeout);
        }

        @Override
        public Cursor cursor() {
            return events.cursor();
        }

        @Override
        public void close() {
            events.close();
            if (open.compareAndSet(true, false)) {
                followers.decrementAndGet();
            }
        }
    }
}
