package dev.orrery;

import dev.orrery.CommitRecord.Outcome;
import dev.orrery.CommitRecord.Viewed;
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
        private final Supplier<Upkeep> upkeep;

        /** As of the last commit, by the committer; null until it was read. */
        private @Nullable Upkeep last;

        private Served(String name, Supplier<Upkeep> upkeep) {
            this.name = name;
            this.upkeep = upkeep;
        }
    }

    /** What commits have meant to the views of each name, in the order they were served. */
    record Told(Map<String, Upkeep> byName) {
        static final Told NOTHING = new Told(Map.of());

        long patches() {
            return byName.values().stream().mapToLong(Upkeep::patches).sum();
        }

        Told plus(Told more) {
            Map<String, Upkeep> sum = new LinkedHashMap<>(byName);
            more.byName.forEach((name, upkeep) -> sum.merge(name, upkeep, ServedViews::plus));
            return new Told(sum);
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

    /** Takes a view in; what is returned lets go of it. */
    Runnable add(String name, Supplier<Upkeep> upkeep) {
        if (!names.contains(name)) {
            names.add(name);
        }
        Served served = new Served(name, upkeep);
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

    /** What the commit that has just told everybody meant to the views. */
    Told read() {
        Map<String, Upkeep> told = new LinkedHashMap<>();
        names.forEach(name -> told.put(name, NOTHING));
        for (Served view : views) {
            Upkeep now = view.upkeep.get();
            Upkeep last = view.last;
            view.last = now;
            if (last != null) {
                told.merge(view.name, minus(now, last), ServedViews::plus);
            }
        }
        return new Told(told);
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
