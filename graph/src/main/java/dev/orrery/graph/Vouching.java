package dev.orrery.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries that lead from some to their authors' next seals, so that whoever has no others of
 * those authors can check them. Confined to one thread.
 */
final class Vouching { // law G16
    /** The most bytes of them in one answer; what they do not reach waits there. */
    private static final int MOST_BYTES = 2 << 20;

    private final Replica replica;
    private final List<Entry> entries = new ArrayList<>();

    /** By author, up to which of his entries they lead. */
    private final Map<String, Long> reached = new HashMap<>();

    private long bytes;

    Vouching(Replica replica) {
        this.replica = replica;
    }

    /** Adds those from an entry on, unless they are there, and returns how many bytes they have. */
    long add(Entry entry) {
        long before = bytes;
        long next = entry.sequence() + 1;
        if (!entry.isRoot() && next > reached.getOrDefault(entry.author(), 0L)) {
            reached.put(entry.author(), follow(entry.author(), next));
        }
        return bytes - before;
    }

    /** Adds an author's entries up to his next seal, and returns the number behind the last. */
    private long follow(String author, long from) {
        long next = from;
        while (bytes < MOST_BYTES) {
            long sequence = next;
            List<Entry> found =
                    replica.locked(() -> replica.written(author, sequence)).stream().toList();
            if (found.isEmpty()) {
                return next;
            }
            Entry entry = found.getFirst();
            entries.add(entry);
            bytes += entry.content().length;
            next++;
            if (entry.operation() instanceof Operation.Seal) {
                return next;
            }
        }
        return next;
    }

    List<Entry> entries() {
        return entries;
    }
}
