package dev.orrery;

import dev.orrery.CommitRecord.Outcome;
import dev.orrery.CommitRecord.Viewed;
import dev.orrery.core.Cursor;
import dev.orrery.view.Upkeep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The views that are served, and what each commit meant to them. Views come and go from any thread;
 * commits are read by the committer alone.
 */
final class ServedViews {
    private static final Upkeep NOTHING = new Upkeep(0, 0, 0, 0);

    private final List<String> names = new CopyOnWriteArrayList<>();
    private final List<Served> views = new CopyOnWriteArrayList<>();
    private final LongAdder patchesOfClosed = new LongAdder();

    /** One view, or one window of it, under the name it is served by. */
    private static final class Served {
        private final String name;
        private final String channel;
        private final Supplier<Upkeep> upkeep;
        private final Supplier<Cursor.Numbered> place;

        /** As of the last commit, by the committer; null until it was read. */
        private @Nullable Upkeep last;

        private Served(
                String name,
                String channel,
                Supplier<Upkeep> upkeep,
                Supplier<Cursor.Numbered> place) {
            this.name = name;
            this.channel = channel;
            this.upkeep = upkeep;
            this.place = place;
        }
    }

    /** What commits have meant to the views of each name, in the order they were served. */
    record Done(Map<String, Upkeep> byName, List<Publication> publications) {
        static final Done NOTHING = new Done(Map.of(), List.of());

        long patches() {
            return byName.values().stream().mapToLong(Upkeep::patches).sum();
        }

        Done plus(Done more) {
            Map<String, Upkeep> sum = new LinkedHashMap<>(byName);
            more.byName.forEach((name, upkeep) -> sum.merge(name, upkeep, ServedViews::plus));
            List<Publication> all = new ArrayList<>(publications);
            all.addAll(more.publications);
            return new Done(sum, all);
        }

        List<Viewed> views() {
            List<Viewed> views = new ArrayList<>();
            byName.forEach((name, done) ->
                    views.add(new Viewed(name, outcome(done), done.patches(), done.moves())));
            return views;
        }

        private static Outcome outcome(Upkeep done) {
            return done.changed() > 0
                    ? Outcome.CHANGED
                    : done.looked() > 0 ? Outcome.EQUAL : Outcome.UNTOUCHED;
        }
    }

    /** Speaks of what is served as a channel also while no window of it is open. */
    void declare(String channel) {
        String name = name(channel);
        if (!names.contains(name)) {
            names.add(name);
        }
    }

    private static String name(String channel) {
        return channel.substring(channel.indexOf(':') + 1);
    }

    /**
     * Takes a view in that is served as a channel; what is returned lets go of it.
     *
     * @param channel the channel's name, a prefix and the view's name
     */
    Runnable add(String channel, Supplier<Upkeep> upkeep, Supplier<Cursor.Numbered> place) {
        declare(channel);
        Served served = new Served(name(channel), channel, upkeep, place);
        views.add(served);
        return () -> {
            if (views.remove(served)) {
                patchesOfClosed.add(upkeep.get().patches());
            }
        };
    }

    /** Notes where every view is; before the first commit that is read. */
    void begin() {
        for (Served view : views) {
            view.last = view.upkeep.get();
        }
    }

    /**
     * What the commit that has just told everybody meant to the views.
     *
     * @param nanos when it was published
     */
    Done read(long nanos) {
        List<Publication> publications = new ArrayList<>();
        Map<String, Upkeep> told = new LinkedHashMap<>();
        names.forEach(name -> told.put(name, NOTHING));
        for (Served view : views) {
            Upkeep now = view.upkeep.get();
            Upkeep last = view.last;
            view.last = now;
            if (last != null) {
                Upkeep done = minus(now, last);
                told.merge(view.name, done, ServedViews::plus);
                if (done.patches() > 0) {
                    publications.add(
                            new Publication(view.channel, view.place.get(), done.patches(), nanos));
                }
            }
        }
        return new Done(told, publications);
    }

    /** All patches that were ever told by what is or was served. */
    long patches() {
        long patches = patchesOfClosed.sum();
        for (Served view : views) {
            patches += view.upkeep.get().patches();
        }
        return patches;
    }

    private static Upkeep plus(Upkeep left, Upkeep right) {
        return new Upkeep(
                left.looked() + right.looked(),
                left.changed() + right.changed(),
                left.patches() + right.patches(),
                left.moves() + right.moves());
    }

    private static Upkeep minus(Upkeep now, Upkeep last) {
        return new Upkeep(
                now.looked() - last.looked(),
                now.changed() - last.changed(),
                now.patches() - last.patches(),
                now.moves() - last.moves());
    }
}
