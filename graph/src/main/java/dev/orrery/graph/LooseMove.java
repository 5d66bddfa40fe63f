package dev.orrery.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Loose entries on their way behind everything else, under new numbers, so that the segments they
 * are in can be dropped with what was compacted there. Those that were to be erased stay behind.
 * Only while nobody else writes.
 */
final class LooseMove { // laws G62, G65
    private static final int READ_AT_ONCE = 256;

    private final int floor;
    private final int first;
    private final List<Entry> entries = new ArrayList<>();

    private LooseMove(int floor, int first) {
        this.floor = floor;
        this.first = first;
    }

    /**
     * Those that came before what is compacted ends, or all when something is to be erased.
     *
     * @param last the greatest arrival number of what is compacted
     */
    static LooseMove of(Replica replica, int last, boolean isErasing) {
        EntryIndex index = replica.index();
        int[] numbers = index.loose().upTo(isErasing ? index.size() : last).toArray();
        int floor = numbers.length == 0 ? 0 : numbers[numbers.length - 1];
        LooseMove move = new LooseMove(floor, index.size() + 1);
        Set<Integer> current = new HashSet<>();
        for (int number : numbers) {
            if (index.locate(index.hash(number)) == number) {
                current.add(number);
            }
        }
        move.read(replica, current);
        return move;
    }

    private void read(Replica replica, Set<Integer> numbers) {
        EntryCodec codec = new EntryCodec();
        State state = replica.state();
        long after = numbers.stream().mapToInt(Integer::intValue).min().orElse(floor + 1) - 1L;
        while (after < floor) {
            List<StoredEntry> read = replica.read(codec, after, READ_AT_ONCE);
            for (StoredEntry stored : read) {
                if (numbers.contains((int) stored.arrival())) {
                    if (!state.isErased(stored.entry())) {
                        entries.add(stored.entry());
                    }
                }
            }
            after = read.isEmpty() ? floor : read.getLast().arrival();
        }
    }

    /** The records that say so. */
    List<byte[]> records() {
        return EntryRecord.moved(first, floor, entries);
    }

    /** Notes that those are durable. */
    void done(EntryIndex index) {
        index.loose().raise(floor);
        for (Entry entry : entries) {
            index.addLoose(index.size() + 1, entry);
        }
    }
}
