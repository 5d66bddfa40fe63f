package dev.orrery.projection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys whose states were removed and that are still remembered, in about the order in which
 * they were; some of them may have come back. Confined to who holds the epoch's lock. // law P14
 */
final class FormerKeys<K> {
    private final Deque<Former<K>> all = new ArrayDeque<>();

    /** A key that was removed by the event of a number, which made a version. */
    record Former<K>(K key, long position, long version) {}

    void add(K key, Held<?> removed) {
        all.add(new Former<>(key, removed.position(), removed.version()));
    }

    /** Those that need not be remembered at an event. */
    List<Former<K>> overAt(long position) {
        List<Former<K>> over = new ArrayList<>();
        for (Former<K> one : all) {
            if (!Remembrance.isOver(one.position, position)) {
                break;
            }
            over.add(one);
        }
        return over;
    }

    /** Takes one of those away; null when there is none. */
    @Nullable Former<K> takeOverAt(long position) {
        Former<K> first = all.peek();
        return first != null && Remembrance.isOver(first.position, position) ? all.remove() : null;
    }

    /** Brings those that were read from the store into their order. */
    void sort() {
        List<Former<K>> inOrder = new ArrayList<>(all);
        inOrder.sort(Comparator.comparingLong(Former::position));
        all.clear();
        all.addAll(inOrder);
    }
}
