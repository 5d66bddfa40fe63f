package dev.orrery.view;

import dev.orrery.core.Key;
import dev.orrery.core.Subscription;
import dev.orrery.core.Total;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Somebody who only applies what a feed delivers. */
final class Client<R> implements AutoCloseable {
    private final Subscription<Update<Window<R>, List<Patch<R>>>> updates;
    final List<Patch<R>> applied = new ArrayList<>();
    int wholes;
    private final List<Key> keys = new ArrayList<>();
    private final List<R> rows = new ArrayList<>();
    private int first;
    private Total total = new Total.Unknown();

    Client(TableView<R> view) {
        updates = view.feed().subscribe();
    }

    /** Applies everything there is and returns the window the client has. */
    Window<R> caughtUp() {
        Optional<Update<Window<R>, List<Patch<R>>>> update = updates.next(Duration.ZERO);
        while (update.isPresent()) {
            apply(update.get());
            update = updates.next(Duration.ZERO);
        }
        return window();
    }

    /** Applies the next update, waiting for it. */
    Window<R> next() {
        apply(updates.next(Duration.ofSeconds(30)).orElseThrow());
        return window();
    }

    private Window<R> window() {
        return new Window<>(first, keys, rows, total, Optional.empty());
    }

    private void apply(Update<Window<R>, List<Patch<R>>> update) {
        switch (update) {
            case Update.Whole<Window<R>, List<Patch<R>>>(var cursor, var window) -> begin(window);
            case Update.Delta<Window<R>, List<Patch<R>>>(var cursor, var patches) ->
                    patches.forEach(this::apply);
        }
    }

    private void begin(Window<R> window) {
        wholes++;
        keys.clear();
        keys.addAll(window.keys());
        rows.clear();
        rows.addAll(window.rows());
        first = window.first();
        total = window.total();
    }

    private void apply(Patch<R> patch) {
        applied.add(patch);
        switch (patch) {
            case Patch.Insert<R>(var index, var key, var row) -> {
                keys.add(index, key);
                rows.add(index, row);
            }
            case Patch.Update<R>(var index, var key, var changed, var row) -> {
                expect(key, keys.get(index));
                rows.set(index, row);
            }
            case Patch.Move<R>(var from, var to, var key) -> {
                expect(key, keys.get(from));
                keys.add(to, keys.remove(from));
                rows.add(to, rows.remove(from));
            }
            case Patch.Remove<R>(var index, var key) -> {
                expect(key, keys.remove(index));
                rows.remove(index);
            }
            case Patch.Totalled<R>(var changed) -> total = changed;
            case Patch.Scrolled<R>(var begins) -> first = begins;
            case Patch.Failed<R> _ -> {}
        }
    }

    private static void expect(Key told, Key there) {
        if (!told.equals(there)) {
            throw new AssertionError("the patch is about " + told + ", the row is " + there);
        }
    }

    @Override
    public void close() {
        updates.close();
    }
}
