package dev.orrery.graph;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which entries of an index are in bases, and which of those are not kept by themselves any more:
 * they were compacted. With each entry of a base everything it follows is in the same. Guarded by
 * the lock of its graph.
 */
final class CompactedEntries { // law G60
    private final EntryIndex index;

    /** By arrival number: entries that are in a base; those of them that are nowhere else. */
    private BitSet based = new BitSet();

    private final BitSet compacted = new BitSet();

    /** Of each author the greatest number among those. */
    private final Map<String, Long> greatest = new HashMap<>();

    CompactedEntries(EntryIndex index) {
        this.index = index;
    }

    /** The arrival numbers of a base's entries: those they have here, and new ones for the rest. */
    int[] arrivals(Base.Rows rows) {
        int[] arrivals = new int[rows.size()];
        int next = index.size();
        for (int row = 0; row < arrivals.length; row++) {
            int known = index.find(rows.hash(row));
            arrivals[row] = known == 0 ? ++next : known;
        }
        return arrivals;
    }

    /**
     * Takes in the entries of a base, of which everything they follow is in it too.
     *
     * @param arrivals the number of each
     * @param isOwn whether it was made here: then none of them is kept by itself any more
     */
    void join(Base base, int[] arrivals, boolean isOwn) {
        Base.Rows rows = base.rows();
        Set<Hash> theirs = Set.copyOf(base.heads());
        Set<Hash> more = new HashSet<>(theirs);
        more.removeIf(
                head -> index.isFollowedBefore(head) || (index.has(head) && !index.isHead(head)));
        Set<Hash> less = new HashSet<>();
        for (int row = 0; row < arrivals.length; row++) {
            int arrival = arrivals[row];
            Hash hash = rows.hash(row);
            boolean isNew = !index.has(hash);
            if (isNew) {
                index.add(arrival, rows.stamp(row));
            } else if (!theirs.contains(hash)) {
                less.add(hash);
            }
            based.set(arrival);
            if (isNew || isOwn) {
                mark(arrival);
            }
        }
        index.exchangeHeads(less, more);
    }

    /** Notes that entries are in a base, and not kept by themselves any more. */
    void add(BitSet arrivals) {
        based.or(arrivals);
        arrivals.stream().forEach(this::mark);
    }

    /**
     * Notes which entries are in bases that can be read; returns those that were in another alone.
     */
    BitSet keepOnly(BitSet inBases) { // law G73
        BitSet lost = (BitSet) compacted.clone();
        lost.andNot(inBases);
        BitSet left = (BitSet) compacted.clone();
        left.andNot(lost);
        based.and(inBases);
        compacted.clear();
        greatest.clear();
        left.stream().forEach(this::mark);
        return lost;
    }

    private void mark(int arrival) {
        compacted.set(arrival);
        greatest.merge(index.author(arrival), index.sequence(arrival), Math::max);
    }

    /** Whether what an entry said is in a base alone. */
    boolean has(int arrival) {
        return compacted.get(arrival);
    }

    /** Whether an entry is in a base, be it kept by itself too. */
    boolean isBased(int arrival) {
        return based.get(arrival);
    }

    /** The greatest arrival number of what was compacted, 0 for none. */
    int last() {
        return compacted.length() == 0 ? 0 : compacted.length() - 1;
    }

    /** The greatest time of what was compacted. */
    HybridTime greatestTime() {
        HybridTime greatest = HybridTime.ZERO;
        for (int at = compacted.nextSetBit(0); at > 0; at = compacted.nextSetBit(at + 1)) {
            greatest = greatest.max(index.time(at));
        }
        return greatest;
    }

    /** The greatest arrival number up to one of an entry that is kept by itself, 0 for none. */
    int lastKept(int upTo) {
        int arrival = upTo;
        while (arrival > 0 && !isKept(arrival)) {
            arrival--;
        }
        return arrival;
    }

    /** The least arrival number of an entry that is kept by itself, 0 for none. */
    int firstKept() {
        for (int arrival = 1; arrival <= index.size(); arrival++) {
            if (isKept(arrival) || isKeptLoose(arrival)) {
                return arrival;
            }
        }
        return 0;
    }

    /** Whether whoever follows may still be told a loose entry under a number. */
    private boolean isKeptLoose(int arrival) {
        LooseEntries loose = index.loose();
        return loose.has(arrival)
                && arrival > loose.floor()
                && !has(index.locate(index.hash(arrival)));
    }

    private boolean isKept(int arrival) {
        return index.holds(arrival) && !has(arrival);
    }

    /**
     * Whether all entries that were compacted are known to a vector, so that what it does not know
     * is kept.
     */
    boolean areKnownTo(VersionVector vector) {
        return greatest.entrySet().stream()
                .allMatch(each -> vector.covers(each.getKey(), each.getValue()));
    }

    /** The arrival numbers of entries that are in a base. */
    BitSet based() {
        return (BitSet) based.clone();
    }

    /** How many entries are kept by themselves. */
    int kept() {
        return (int) index.fingerprint().count() - compacted.cardinality();
    }

    // ---- for checkpoints

    void write(CheckpointWriter out) throws IOException {
        out.put(based.toByteArray());
        out.put(compacted.toByteArray());
    }

    void read(CheckpointReader in) {
        based = BitSet.valueOf(in.bytes());
        BitSet.valueOf(in.bytes()).stream().forEach(this::mark);
    }
}
