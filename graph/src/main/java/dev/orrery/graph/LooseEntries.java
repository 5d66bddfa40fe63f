package dev.orrery.graph;

import java.io.IOException;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Which arrival numbers of an index are of loose entries: they came with a topic, without what they
 * follow. They are part of the state and of the order of arrival, and of nothing else: no head, no
 * vector, no digest has them. When the same entry comes with what it follows, it gets another
 * number, under which it is not told again. Guarded by the lock of its graph.
 */
final class LooseEntries { // law G65
    private BitSet loose = new BitSet();

    /** The numbers of entries that had another before. */
    private BitSet again = new BitSet();

    /** The greatest number whose loose entry was moved behind the others, or erased. */
    private int floor;

    /** How many entries are loose. */
    private int count;

    void add(int arrival) {
        loose.set(arrival);
    }

    /** Counts an entry that came loose, or with -1 one that is so no more. */
    void count(int more) {
        count += more;
    }

    /** How many entries are loose. */
    int count() {
        return count;
    }

    void addAgain(int arrival) {
        again.set(arrival);
    }

    void forget(int arrival) {
        loose.clear(arrival);
        again.clear(arrival);
    }

    /** Whether a number was given to an entry when it was loose. */
    boolean has(int arrival) {
        return loose.get(arrival);
    }

    /** Whether an entry was told under another number before. */
    boolean isAgain(int arrival) {
        return again.get(arrival);
    }

    /** Whether no entry ever came loose. */
    boolean isEmpty() {
        return loose.isEmpty();
    }

    /** The numbers given to loose entries that are still where they came, up to one, ascending. */
    IntStream upTo(int last) {
        return loose.stream().filter(arrival -> arrival > floor && arrival <= last);
    }

    /** No loose entry is kept under a number up to this one any more. */
    void raise(int to) {
        floor = Math.max(floor, to);
    }

    int floor() {
        return floor;
    }

    // ---- for checkpoints

    void write(CheckpointWriter out) throws IOException {
        out.put(loose.toByteArray());
        out.put(again.toByteArray());
        out.put(floor);
        out.put(count);
    }

    void read(CheckpointReader in) {
        loose = BitSet.valueOf(in.bytes());
        again = BitSet.valueOf(in.bytes());
        floor = in.number();
        count = in.number();
    }
}
