package dev.orrery;

import dev.orrery.channel.Channels;
import dev.orrery.channel.Resource;
import dev.orrery.core.Codec;
import dev.orrery.core.Feed;
import dev.orrery.core.Key;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.view.Patch;
import dev.orrery.view.Select;
import dev.orrery.view.TableView;
import dev.orrery.view.ValueView;
import dev.orrery.view.Views;
import dev.orrery.view.Window;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/** What an engine serves to those outside, each as a channel or a family of them. Thread-safe. */
final class Serving {
    private static final Duration PACE = Duration.ofNanos(1_000_000_000L / 60);

    private final Channels channels;
    private final ServedViews views;
    private final CommitNotes notes;
    private final ThreadFactory threads;
    private final Supplier<String> epochs;

    Serving(
            Channels channels,
            ServedViews views,
            CommitNotes notes,
            ThreadFactory threads,
            Supplier<String> epochs) {
        this.channels = channels;
        this.views = views;
        this.notes = notes;
        this.threads = threads;
        this.epochs = epochs;
    }

    /** What the engine tells of itself, as {@code engine:name}. */
    void engine(String name, Feed<?> feed) {
        channels.serve("engine:" + name, new Resource.OfEngine(name), feed);
    }

    /** How the writes of a live table stand, as {@code writes:name}. */
    void writes(String table, Feed<?> feed) {
        channels.serve("writes:" + table, new Resource.OfTable(table), feed);
    }

    /** The rows of a live table, as {@code table:name:key}. */
    <K, V> void rows(String table, Class<K> key, Function<K, Subscription<V>> watch) {
        watched("table:" + table + ":", _ -> new Resource.OfTable(table), key, watch);
    }

    /** The results of a query, as {@code query:name:key}. */
    <K, V> void results(String query, Class<K> key, Function<K, Subscription<V>> watch) {
        watched("query:" + query + ":", text -> new Resource.OfQuery(query, text), key, watch);
    }

    private <K, V> void watched(
            String prefix,
            Function<String, Resource> resource,
            Class<K> key,
            Function<K, Subscription<V>> watch) {
        Codec<K> keys = Codec.of(key);
        FollowedKeys<K, Followed<V>> followed =
                new FollowedKeys<>(each ->
                        new Followed<>(
                                () -> watch.apply(each),
                                threads,
                                epochs.get(),
                                place ->
                                        notes.valuePublished(
                                                prefix + keys.toKey(each).text(), place)));
        channels.serveFamily(
                prefix,
                resource,
                text -> Optional.of(latest(followed.of(keys.fromKey(Key.parse(text))))));
    }

    /** The states of a projection and what changed them, as {@code projection:name:key}. */
    <K, S, D> void states(
            String projection, Codec<K> keys, Function<K, Feed<Update<S, D>>> updates) {
        FollowedKeys<K, SharedUpdates<S, D>> followed =
                new FollowedKeys<>(key -> new SharedUpdates<>(updates.apply(key), threads));
        channels.serveFamily(
                "projection:" + projection + ":",
                key -> new Resource.OfProjection(projection, key),
                key -> Optional.of(followed.of(keys.fromKey(Key.parse(key)))));
    }

    /** A view's window, as {@code view:name}. */
    void view(String name, TableView<?> view) {
        channels.serve("view:" + name, new Resource.OfView(name), paced(view));
        views.add("view:" + name, view::upkeep, view::place);
    }

    private static <R> Feed<Update<Window<R>, List<Patch<R>>>> paced(TableView<R> view) {
        return new PacedFeed<>(view.feed(), Patch::joined, PACE, System::nanoTime);
    }

    /** The rows of a question, to each client a window of its own, as {@code view:name}. */
    void windows(String name, Views source, Select select, int mostRows) {
        Windows windows =
                new Windows(
                        source::table,
                        window -> views.add("view:" + name, window::upkeep, window::place),
                        select,
                        mostRows,
                        PACE,
                        System::nanoTime);
        channels.serveIndividually("view:" + name, new Resource.OfView(name), windows);
        views.declare("view:" + name);
    }

    /** A value over rows, as {@code value:name}. */
    void value(String name, ValueView<?> view) {
        channels.serve("value:" + name, new Resource.OfView(name), latest(view.feed()));
        views.add("value:" + name, view::upkeep, view::place);
    }

    /** A value of which a later one makes the earlier needless. */
    private static <V> Feed<Update<V, V>> latest(Feed<Update<V, V>> values) {
        return new PacedFeed<>(values, List::getLast, PACE, System::nanoTime);
    }
}
