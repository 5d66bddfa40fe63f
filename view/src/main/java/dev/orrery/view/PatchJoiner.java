package dev.orrery.view;

import dev.orrery.core.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes one update of several, without what a later patch makes needless. Confined to the thread
 * that makes it.
 *
 * <p>An update of a row moves no index, so it can be left out when a later update of the same row,
 * or its removal, follows. The list is therefore gone through from its end. // law V11
 */
final class PatchJoiner<R> {
    private static final int REMOVED = -1;

    private final List<Patch<R>> keptFromTheEnd = new ArrayList<>();

    /** For each row, where its later update stands among the kept, or that it is removed later. */
    private final Map<Key, Integer> later = new HashMap<>();

    private boolean isTotalled;

    static <R> List<Patch<R>> joined(List<List<Patch<R>>> updates) {
        PatchJoiner<R> joiner = new PatchJoiner<>();
        for (List<Patch<R>> patches : updates.reversed()) {
            patches.reversed().forEach(joiner::take);
        }
        return List.copyOf(joiner.keptFromTheEnd.reversed());
    }

    private void take(Patch<R> patch) {
        switch (patch) {
            case Patch.Update<R> update -> take(update);
            case Patch.Remove<R>(_, var key) -> {
                later.put(key, REMOVED);
                keptFromTheEnd.add(patch);
            }
            case Patch.Totalled<R> _ -> {
                if (!isTotalled) {
                    isTotalled = true;
                    keptFromTheEnd.add(patch);
                }
            }
            case Patch.Insert<R> _, Patch.Move<R> _, Patch.Scrolled<R> _, Patch.Failed<R> _ ->
                    keptFromTheEnd.add(patch);
        }
    }

    private void take(Patch.Update<R> update) {
        Integer place = later.get(update.key());
        if (place == null) {
            later.put(update.key(), keptFromTheEnd.size());
            keptFromTheEnd.add(update);
        } else if (place != REMOVED && keptFromTheEnd.get(place) instanceof Patch.Update<R> newer) {
            Set<String> changed = new LinkedHashSet<>(update.changed());
            changed.addAll(newer.changed());
            keptFromTheEnd.set(
                    place,
                    new Patch.Update<>(
                            newer.index(), newer.key(), List.copyOf(changed), newer.row()));
        }
    }
}
