package dev.orrery.query;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the runtime does, for whoever follows, and for a flight recording that asked for it; nothing
 * is made while nobody does. Thread-safe.
 *
 * <p>A commit's events are collected while it marks and told after it is published. A reader may
 * see the commit in between: what it does at that revision waits here until the commit is told.
 */
final class Events implements Feed<Delivery<QueryEvent>> { // law Q28
    private static final int KEPT = 1 << 16;

    private final Broadcast<QueryEvent> broadcast;
    private final AtomicInteger followers = new AtomicInteger();

    /** Guards what follows; a leaf but for the broadcast's gate. */
    private final Object order = new Object();

    /** The revision whose commit is collected and not yet told. */
    private long owed = Long.MAX_VALUE;

    private final Deque<QueryEvent> early = new ArrayDeque<>();

    Events(String epoch) {
        this.broadcast = new Broadcast<>(epoch, KEPT);
    }

    boolean isFollowed() {
        return followers.get() > 0;
    }

    // telling, by the runtime

    /** Whether commits are to be collected. */
    boolean wantsCommits() {
        return isFollowed() || Recorded.wantsCommits();
    }

    /** A commit is being collected: whatever is told of its revision comes after it. */
    void collect(long revision) {
        synchronized (order) {
            owed = revision;
        }
    }

    /** Tells what was collected, now that it is published, and what has waited for that. */
    void committed(List<QueryEvent> collected) {
        collected.forEach(Recorded::record);
        synchronized (order) {
            owed = Long.MAX_VALUE;
            collected.forEach(broadcast::publish);
            early.forEach(broadcast::publish);
            early.clear();
        }
    }

    private void tell(QueryEvent event) {
        synchronized (order) {
            if (event.revision().number() >= owed) {
                early.add(event);
            } else {
                broadcast.publish(event);
            }
        }
    }

    void computed(Flight flight, Memo memo, long nanos) {
        Recorded.Run run = flight.recorded;
        if (run == null && !isFollowed()) {
            return;
        }
        QueryEvent.Computed event =
                new QueryEvent.Computed(
                        flight.node.definition.name,
                        flight.node.key,
                        new Revision(flight.revision),
                        Duration.ofNanos(nanos),
                        result(flight, memo),
                        because(flight),
                        memo.failed ? Optional.of((OrreryException) memo.value) : Optional.empty());
        if (run != null) {
            run.end(event);
        }
        if (isFollowed()) {
            tell(event);
        }
    }

    private static Optional<Dependency.Changed> because(Flight flight) {
        Cell because = flight.because;
        return because == null
                ? Optional.empty()
                : Optional.of(
                        new Dependency.Changed(
                                Dependency.of(because), new Revision(flight.becauseAt)));
    }

    private static QueryEvent.Result result(Flight flight, Memo memo) {
        if (memo.failed) {
            return QueryEvent.Result.FAILED;
        }
        Memo before = flight.baseline;
        return before != null && memo.changedAt() < before.until()
                ? QueryEvent.Result.EQUAL
                : QueryEvent.Result.CHANGED;
    }

    void spared(Flight flight) {
        if (isFollowed() || Recorded.wantsSpared()) {
            recordAndTell(
                    new QueryEvent.Spared(
                            flight.node.definition.name,
                            flight.node.key,
                            new Revision(flight.revision)));
        }
    }

    void cancelled(Flight flight) {
        if (isFollowed() || Recorded.wantsCancelled()) {
            recordAndTell(
                    new QueryEvent.Cancelled(
                            flight.node.definition.name,
                            flight.node.key,
                            new Revision(flight.revision)));
        }
    }

    private void recordAndTell(QueryEvent event) {
        Recorded.record(event);
        if (isFollowed()) {
            tell(event);
        }
    }

    // following

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
