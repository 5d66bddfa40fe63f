package dev.orrery.query;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which results of a query keep their values: at most a given weight of them. Thread-safe; a hit
 * does no more than set a bit of the memo that is not set.
 *
 * <p>The policy is SIEVE (Zhang et al., NSDI 2024): values stand in the order in which they came, a
 * hand goes round from the oldest to the newest, passes those that were read since it last came by
 * and drops the others. Its lock is taken before a node's monitor, and no user code runs under it.
 */
final class Sieve<V> {
    private final long maximum;
    private final ToLongFunction<? super V> weigher;
    private final Counts counts;
    private final Faults faults;
    private final Map<Node, Entry> entries = new HashMap<>();
    private @Nullable Entry oldest;
    private @Nullable Entry newest;
    private @Nullable Entry hand;
    private long weight;

    private static final class Entry {
        final Node node;
        long weight;
        @Nullable Entry older;
        @Nullable Entry newer;

        Entry(Node node) {
            this.node = node;
        }
    }

    Sieve(Options.Limit<V> limit, Counts counts, Faults faults) {
        this.faults = faults;
        this.maximum = limit.maximum();
        this.weigher = limit.weigher();
        this.counts = counts;
    }

    /** Notes that a node has a value, and drops what is too much. Holding nothing. */
    void holds(Node node, V value) {
        long weighed = Math.max(0, weigher.applyAsLong(value));
        synchronized (this) {
            Entry entry = entries.computeIfAbsent(node, this::entered);
            weight += weighed - entry.weight;
            entry.weight = weighed;
            shrink();
        }
    }

    private Entry entered(Node node) {
        Entry entry = new Entry(node);
        entry.older = newest;
        if (newest == null) {
            oldest = entry;
        } else {
            newest.newer = entry;
        }
        newest = entry;
        return entry;
    }

    private void shrink() {
        for (int passes = 2 * entries.size(); weight > maximum && passes > 0; passes--) {
            Entry next = hand == null ? oldest : hand;
            if (next == null) {
                return;
            }
            hand = next.newer;
            Memo memo = next.node.memo;
            if (memo != null && memo.recentlyRead) {
                memo.recentlyRead = false;
            } else {
                drop(next);
            }
        }
    }

    private void drop(Entry entry) {
        switch (entry.node.empty(faults)) {
            case NEEDED -> {}
            case WITHOUT_VALUE -> leave(entry);
            case EMPTIED -> {
                leave(entry);
                counts.evicted();
            }
        }
    }

    private void leave(Entry entry) {
        entries.remove(entry.node);
        weight -= entry.weight;
        if (entry.older == null) {
            oldest = entry.newer;
        } else {
            entry.older.newer = entry.newer;
        }
        if (entry.newer == null) {
            newest = entry.older;
        } else {
            entry.newer.older = entry.older;
        }
    }

    /** How many values are held. */
    synchronized int size() {
        return entries.size();
    }
}
