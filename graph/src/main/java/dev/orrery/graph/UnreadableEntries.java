package dev.orrery.graph;

import dev.orrery.core.Bytes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which entries are known here, from a checkpoint, and cannot be read from the store any more. It
 * is found when somebody reads there. For whoever syncs they count as lacking, so that they come
 * again. Guarded by the lock of its graph.
 */
final class UnreadableEntries { // law G73
    private static final System.Logger LOG = System.getLogger(UnreadableEntries.class.getName());

    private final String graph;
    private final EntryIndex index;
    private final BitSet arrivals = new BitSet();
    private boolean isBaseLost;
    private int restored;

    UnreadableEntries(String graph, EntryIndex index) {
        this.graph = graph;
        this.index = index;
    }

    /**
     * Looks at what was read of the entries between two arrival numbers, in order; true when some
     * are lacking of which that was not known.
     */
    boolean look(long after, long upTo, List<StoredEntry> read) {
        BitSet found = new BitSet();
        int place = 0;
        for (int arrival = (int) Math.max(0, after) + 1; arrival <= upTo; arrival++) {
            if (place < read.size() && read.get(place).arrival() == arrival) {
                place++;
            } else if (isKept(arrival) && !arrivals.get(arrival)) {
                found.set(arrival);
            }
        }
        if (found.isEmpty()) {
            return false;
        }
        LOG.log(
                System.Logger.Level.ERROR,
                "entries of "
                        + graph
                        + " cannot be read; they come again from a peer who has them: "
                        + found);
        arrivals.or(found);
        leaveToBases();
        return true;
    }

    /** Notes that a base cannot be read; all that can be are those that are given. */
    void lose(StoredBase lost, List<Base> others) {
        LOG.log(
                System.Logger.Level.ERROR,
                "base "
                        + lost.hash()
                        + " of "
                        + graph
                        + " cannot be read; what was in it comes again from a peer who has it");
        BitSet inBases = new BitSet();
        for (Base other : others) {
            for (int row = 0; row < other.rows().size(); row++) {
                inBases.set(index.find(other.rows().hash(row)));
            }
        }
        arrivals.or(index.compacted().keepOnly(inBases));
        isBaseLost = true;
    }

    /** Whether there are some of which a checkpoint would not tell that they are lacking. */
    boolean isBaseLost() {
        return isBaseLost && !isEmpty();
    }

    /** Whether an entry is to be found by itself, under this number. */
    private boolean isKept(int arrival) {
        if (!index.isKnown(arrival) || index.compacted().has(arrival)) {
            return false;
        }
        LooseEntries loose = index.loose();
        return !loose.has(arrival)
                || (arrival > loose.floor() && index.locate(index.hash(arrival)) == arrival);
    }

    /** Notes that those are in bases alone that are in one; their number. */
    int leaveToBases() {
        BitSet based = index.compacted().based();
        based.and(arrivals);
        index.compacted().add(based);
        arrivals.andNot(based);
        return based.cardinality();
    }

    boolean isEmpty() {
        return arrivals.isEmpty();
    }

    /** Whether an arrival number is of one of them. */
    boolean has(int arrival) {
        return arrivals.get(arrival);
    }

    /** Notes that one can be read again. */
    void restore(int arrival) {
        arrivals.clear(arrival);
        restored++;
    }

    /** How many could be read again so far: who has read all there is reads it again. */
    int restored() {
        return restored;
    }

    /** What tells all entries that can be given away from another replica's. */
    Bytes digest() {
        Fingerprint all = index.fingerprint();
        return (isEmpty() ? all : all.without(hashes())).digest();
    }

    private List<Hash> hashes() {
        List<Hash> hashes = new ArrayList<>();
        arrivals.stream().filter(index::holds).mapToObj(index::hash).forEach(hashes::add);
        return hashes;
    }
}
