package dev.orrery.graph;

import dev.orrery.core.Condition;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ids by the value of one property: at least those that have it at a revision somebody still reads.
 * Whoever finds an id looks at its value. Written by one thread at a time, read by any.
 */
final class PropertyIndex {
    private static final int LOOKS = 4;

    private final Map<Object, Map<String, Long>> ids = new ConcurrentHashMap<>();
    private final ArrayDeque<Past> past = new ArrayDeque<>();
    private long notes;

    /** A value that an id had when so many notes were made. */
    private record Past(String id, Object value, long notes) {}

    /** Says whether an id has had a value for the last time as far as anybody can read. */
    interface Gone {
        boolean test(String id, Object value);
    }

    /** Notes a value of an id, before anybody can see it. */
    void note(String id, @Nullable Object before, @Nullable Object after) {
        Object was = Condition.indexed(before);
        Object is = Condition.indexed(after);
        if (is != null && !is.equals(was)) {
            ids.computeIfAbsent(is, _ -> new ConcurrentHashMap<>()).put(id, ++notes);
        }
        if (was != null && !was.equals(is)) {
            past.add(new Past(id, was, notes));
        }
    }

    /** Forgets some of what ids had and nobody can read any more. */
    void forget(Gone gone) {
        for (int i = Math.min(LOOKS, past.size()); i > 0; i--) {
            Past one = past.remove();
            if (isNotedAgain(one)) {
                continue;
            }
            if (gone.test(one.id, one.value)) {
                forget(one);
            } else {
                past.add(one);
            }
        }
    }

    private boolean isNotedAgain(Past one) {
        Long noted = ids.getOrDefault(one.value, Map.of()).get(one.id);
        return noted == null || noted > one.notes;
    }

    private void forget(Past one) {
        ids.computeIfPresent(
                one.value,
                (_, having) -> {
                    having.remove(one.id);
                    return having.isEmpty() ? null : having;
                });
    }

    /** The ids that may have a value, each once. */
    Set<String> of(Object value) {
        return new HashSet<>(ids.getOrDefault(value, Map.of()).keySet());
    }

    /** How many pairs of a value and an id there are. */
    int size() {
        return ids.values().stream().mapToInt(Map::size).sum();
    }
}
