package dev.orrery.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * Entries that came before the seal of their batch did, which comes in a later chunk: they are kept
 * until then and taken in with it. They take no more memory than {@link #MOST_BYTES} together;
 * those that came first are forgotten for others, and have to be sent again. Thread-safe.
 */
final class AwaitingSeals { // law G16
    /** Four times the longest commit of a store as it is usually opened. */
    static final long MOST_BYTES = 64L << 20;

    private final Replica replica;
    private List<Entry> kept = List.of();

    AwaitingSeals(Replica replica) {
        this.replica = replica;
    }

    /** Takes in entries, with those that waited for what is among them. */
    Merged merge(List<Entry> entries) {
        List<Entry> all = new ArrayList<>(taken());
        all.addAll(entries);
        Merged merged = replica.merge(all);
        if (merged.waiting().stream().anyMatch(AwaitingSeals::isUnsealed)) {
            keep(merged.waiting());
        }
        return merged;
    }

    private static boolean isUnsealed(Merged.Waiting entry) {
        return switch (entry.cause()) {
            case UNSEALED, REVOKED -> true;
            case MISSING_PARENT, FUTURE -> false;
        };
    }

    private synchronized List<Entry> taken() {
        List<Entry> taken = kept;
        kept = List.of();
        return taken;
    }

    private synchronized void keep(List<Merged.Waiting> waiting) {
        List<Entry> all = new ArrayList<>(kept); // of who asked at the same time
        waiting.stream()
                .filter(each -> each.cause() != Merged.Cause.FUTURE)
                .forEach(each -> all.add(each.entry()));
        long bytes = 0;
        int first = all.size();
        while (first > 0 && bytes + all.get(first - 1).content().length <= MOST_BYTES) {
            bytes += all.get(--first).content().length;
        }
        kept = List.copyOf(all.subList(first, all.size()));
    }
}
