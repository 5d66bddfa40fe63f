package dev.orrery.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what somebody lacks, in the order in which it came here. Confined to one thread. */
final class SyncSource {
    /** How many arrival numbers are looked at while nobody may write. */
    private static final int LOOKED_AT = 16_384;

    private static final int READ_AT_ONCE = 256;

    private final Replica replica;
    private final EntryCodec codec = new EntryCodec();

    /**
     * Entries to send.
     *
     * @param after the last arrival number that was considered
     * @param more whether there is something behind it
     * @param isBased whether some of what was looked for is in a base alone, which comes first
     */
    record Found(List<Entry> entries, long after, boolean more, boolean isBased) {
        private static final Found BASED = new Found(List.of(), 0, false, true);

        private static Found of(List<Entry> entries, long after, boolean more) {
            return new Found(entries, after, more, false);
        }
    }

    SyncSource(Replica replica) {
        this.replica = replica;
    }

    /** The roots that are here. */
    static List<Hash> roots(EntryIndex index) {
        List<Hash> roots = new ArrayList<>();
        int first = index.find("", 0);
        if (first != 0) {
            roots.add(index.hash(first));
        }
        index.forked("").forEach(arrival -> roots.add(index.hash(arrival)));
        return roots.size() <= SyncMessage.MOST_PARTS
                ? roots
                : roots.subList(0, SyncMessage.MOST_PARTS);
    }

    /** What came behind a number and is unknown to this vector, about so many bytes of it. */
    Found beyond(VersionVector vector, List<Hash> roots, long after, int mostBytes) {
        Set<Hash> knownRoots = new HashSet<>(roots);
        List<Entry> entries = new ArrayList<>();
        List<Long> places = new ArrayList<>();
        long bytes = 0;
        long place = after;
        while (true) {
            long from = place;
            long[] wanted = replica.locked(() -> wanted(vector, knownRoots, from));
            if (isBased(wanted)) {
                return Found.BASED;
            }
            for (int i = 0; i < wanted.length; ) {
                int run = run(wanted, i);
                long last = wanted[i + run - 1];
                for (StoredEntry stored : replica.read(codec, wanted[i] - 1, run)) {
                    if (stored.isLoose() || stored.arrival() > last) {
                        continue; // it stands behind one that was lost
                    }
                    entries.add(stored.entry());
                    bytes += stored.entry().content().length;
                    place = stored.arrival();
                    places.add(place);
                    if (bytes >= mostBytes) {
                        int whole = whole(entries);
                        long reached = places.get(whole - 1);
                        return Found.of(
                                entries.subList(0, whole), reached, reached < replica.arrived());
                    }
                }
                i += run;
            }
            place = Math.min(replica.arrived(), lookedAtFrom(vector, knownRoots, from));
            if (place >= replica.arrived()) {
                return Found.of(entries, place, false);
            }
        }
    }

    /** How many entries of a chunk are up to its last seal; all of them when it has none. */
    private static int whole(List<Entry> entries) { // law G37
        int last = entries.size();
        while (last > 0 && !(entries.get(last - 1).operation() instanceof Operation.Seal)) {
            last--;
        }
        return last == 0 ? entries.size() : last;
    }

    private boolean isBased(long[] arrivals) {
        return replica.bases().compacted() > 0
                && replica.locked(() ->
                        Arrays.stream(arrivals)
                                .anyMatch(
                                        arrival -> replica.index().compacted().has((int) arrival)));
    }

    private long lookedAtFrom(VersionVector vector, Set<Hash> roots, long after) {
        return replica.locked(() -> begin(vector, roots, after)) + LOOKED_AT;
    }

    /** The arrival numbers that are wanted among the next that are looked at. */
    private long[] wanted(VersionVector vector, Set<Hash> roots, long after) {
        EntryIndex index = replica.index();
        long begin = begin(vector, roots, after);
        long end = Math.min(replica.arrived(), begin + LOOKED_AT);
        long[] wanted = new long[(int) Math.max(0, end - begin)];
        int count = 0;
        for (long arrival = begin + 1; arrival <= end; arrival++) {
            if (index.holds((int) arrival) && isWanted(index, (int) arrival, vector, roots)) {
                wanted[count++] = arrival;
            }
        }
        return Arrays.copyOf(wanted, count);
    }

    private static boolean isWanted(
            EntryIndex index, int arrival, VersionVector vector, Set<Hash> roots) {
        String author = index.author(arrival);
        return author.isEmpty()
                ? !roots.contains(index.hash(arrival))
                : !vector.covers(author, index.sequence(arrival));
    }

    /** Where looking begins: nothing before it is wanted. */
    private long begin(VersionVector vector, Set<Hash> roots, long after) {
        if (after > 0) {
            return after;
        }
        EntryIndex index = replica.index();
        long first = replica.arrived() + 1;
        for (String author : index.authors()) {
            VersionVector.Known known = vector.newest().get(author);
            int arrival = index.find(author, known == null ? 1 : known.sequence() + 1);
            if (arrival != 0) {
                first = Math.min(first, arrival);
            }
        }
        for (Hash root : roots(index)) {
            if (!roots.contains(root)) {
                first = Math.min(first, index.find(root));
            }
        }
        return first - 1;
    }

    /** How many numbers from a place on follow one another, so that they are read together. */
    private static int run(long[] numbers, int from) {
        int to = from + 1;
        while (to < numbers.length
                && numbers[to] == numbers[to - 1] + 1
                && to - from < READ_AT_ONCE) {
            to++;
        }
        return to - from;
    }

    /** The entries of these hashes, as many as fit, in the order in which they came here. */
    Found of(List<Hash> hashes, int mostBytes) {
        long arrived = replica.arrived();
        long[] arrivals =
                replica.locked(() ->
                        hashes.stream()
                                .mapToLong(replica.index()::find)
                                .filter(arrival -> arrival > 0 && arrival <= arrived)
                                .sorted()
                                .distinct()
                                .toArray());
        if (isBased(arrivals)) {
            return Found.BASED;
        }
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        for (long arrival : arrivals) {
            if (bytes >= mostBytes) {
                return Found.of(entries, 0, true);
            }
            for (StoredEntry stored : replica.read(codec, arrival - 1, 1)) {
                if (stored.arrival() == arrival) {
                    entries.add(stored.entry());
                    bytes += stored.entry().content().length;
                }
            }
        }
        return Found.of(entries, 0, false);
    }
}
