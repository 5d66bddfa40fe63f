package dev.orrery.examples.flights;

import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.view.Patch;
import dev.orrery.view.TableView;
import dev.orrery.view.ValueView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * Watches everything the application shows, on several threads, and counts what it is told.
 * Thread-safe.
 */
final class Watchers implements AutoCloseable {
    private final List<Subscription<?>> subscriptions = new ArrayList<>();
    private final List<BooleanSupplier> caughtUp = new ArrayList<>();
    private final LongAdder patches = new LongAdder();

    Watchers(FlightsApp app) {
        states(app).forEach(state -> follow(app.worst.watch(state), _ -> {}));
        followView(app.board);
        followView(app.flown);
        followValue(app.flightsSoFar);
        followValue(app.meanDelay);
    }

    /** The states that have airports, in order. */
    static List<String> states(FlightsApp app) {
        return app.airports.list().stream().map(Airport::state).distinct().sorted().toList();
    }

    private <R> void followView(TableView<R> view) {
        followFeed(view.feed(), Watchers::size);
    }

    private static <R> int size(List<Patch<R>> change) {
        return change.size();
    }

    private <V> void followValue(ValueView<V> view) {
        followFeed(view.feed(), _ -> 1);
    }

    private <S, D> void followFeed(Feed<Update<S, D>> feed, ToIntFunction<D> size) {
        Subscription<Update<S, D>> subscription = feed.subscribe();
        caughtUp.add(() -> subscription.cursor().text().equals(feed.head().text()));
        follow(subscription, update -> count(update, size));
    }

    private <S, D> void count(Update<S, D> update, ToIntFunction<D> size) {
        if (update instanceof Update.Delta<S, D>(var _, D change)) {
            patches.add(size.applyAsInt(change));
        }
    }

    private <T> void follow(Subscription<T> subscription, Consumer<T> each) {
        subscriptions.add(subscription);
        Thread.ofVirtual().start(() -> read(subscription, each));
    }

    private static <T> void read(Subscription<T> subscription, Consumer<T> each) {
        try {
            for (T entry : subscription) {
                each.accept(entry);
            }
        } catch (OrreryException.Closed over) {
            // the watching is over
        }
    }

    /** Waits until every patch published so far was told here. */
    void settle(Duration timeout) {
        long began = System.nanoTime();
        while (!caughtUp.stream().allMatch(BooleanSupplier::getAsBoolean)) {
            if (System.nanoTime() - began > timeout.toNanos()) {
                throw new OrreryException.TimedOut("the views to catch up", timeout);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** How many patches views and values sent here so far. */
    long patches() {
        return patches.sum();
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
    }
}
