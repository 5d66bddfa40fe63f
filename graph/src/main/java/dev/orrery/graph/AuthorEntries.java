package dev.orrery.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** One author's entries in an index: the arrival numbers of all by sequence. Guarded as that is. */
final class AuthorEntries {
    private final int author;
    private int[] arrivals = new int[8];
    private long newest;

    /** Entries of a number that another entry of the author has too, in the order they came. */
    private final List<Integer> forked = new ArrayList<>();

    /** None yet, of the author of a number. */
    AuthorEntries(int author) {
        this.author = author;
    }

    /** The number of the author. */
    int author() {
        return author;
    }

    /** The greatest sequence number, 0 when there is none. */
    long newest() {
        return newest;
    }

    /** The first entry that came with a number, 0 when there is none. */
    int find(long sequence) {
        return sequence >= arrivals.length ? 0 : arrivals[(int) sequence];
    }

    /** Those whose numbers others have too. */
    List<Integer> forked() {
        return List.copyOf(forked);
    }

    void add(long sequence, int arrival) {
        int place = (int) sequence; // entries of an author are admitted one after the other
        if (place >= arrivals.length) {
            arrivals = Arrays.copyOf(arrivals, 2 * place);
        }
        if (arrivals[place] != 0) {
            forked.add(arrival);
        } else {
            arrivals[place] = arrival;
            newest = Math.max(newest, sequence);
        }
    }

    /** Takes back the one that came last. */
    void removeLast(long sequence, int arrival) {
        if (find(sequence) != arrival) {
            forked.removeLast();
            return;
        }
        arrivals[(int) sequence] = 0;
        while (newest > 0 && arrivals[(int) newest] == 0) {
            newest--;
        }
    }

    // ---- for checkpoints

    void write(CheckpointWriter out) throws IOException {
        int used = (int) newest + 1;
        out.put(used);
        out.put(arrivals, used);
        out.put(forked);
    }

    /** Reads those of an index of so many entries. */
    void read(CheckpointReader in, int size) {
        int used = in.count(Integer.BYTES);
        arrivals = in.numbers(used, used + used / 16 + 8);
        for (int i = 0; i < used; i++) {
            Objects.checkIndex(arrivals[i], size + 1);
        }
        newest = Math.max(0, used - 1);
        int count = in.count(Integer.BYTES);
        for (int arrival : in.numbers(count, count)) {
            forked.add(1 + Objects.checkIndex(arrival - 1, size));
        }
    }
}
