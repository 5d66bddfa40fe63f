package dev.orrery.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The hashes of a replica's entries at one moment, in order: what is compared range by range when
 * version vectors cannot tell what differs. Immutable.
 */
final class HashOrder {
    /** Into how many parts a range that differs is cut. */
    private static final int PARTS = 16;

    /** A range with no more hashes than that is listed. */
    private static final int FEW = 32;

    private final Hash[] hashes;

    private HashOrder(Hash[] hashes) {
        this.hashes = hashes;
    }

    /** The hashes of a replica's entries that can be given away. */
    static HashOrder of(Replica replica) {
        EntryIndex index = replica.index();
        long arrived = replica.arrived();
        List<Hash> all = new ArrayList<>((int) arrived);
        for (int arrival = 1; arrival <= arrived; arrival++) {
            if (index.holds(arrival) && !replica.unreadable().has(arrival)) {
                all.add(index.hash(arrival));
            }
        }
        Hash[] hashes = all.toArray(Hash[]::new);
        Arrays.sort(hashes);
        return new HashOrder(hashes);
    }

    /** Everything, as one range. */
    HashRange all() {
        return range(Optional.empty(), Optional.empty());
    }

    /** What is here of a range of another. */
    HashRange range(Optional<Hash> from, Optional<Hash> to) {
        Fingerprint sum = new Fingerprint();
        int end = end(to);
        for (int i = begin(from); i < end; i++) {
            sum.add(hashes[i]);
        }
        return new HashRange(from, to, sum.count(), sum.digest());
    }

    private int begin(Optional<Hash> from) {
        return from.map(this::place).orElse(0);
    }

    private int end(Optional<Hash> to) {
        return to.map(this::place).orElse(hashes.length);
    }

    private int place(Hash bound) {
        int found = Arrays.binarySearch(hashes, bound);
        return found < 0 ? -found - 1 : found;
    }

    /** The hashes in a range. */
    List<Hash> list(HashRange range) {
        int begin = begin(range.from());
        return List.of(Arrays.copyOfRange(hashes, begin, Math.max(begin, end(range.to()))));
    }

    /** Whether a range as it is here should be listed instead of cut. */
    boolean isFew(HashRange own) {
        return own.count() <= FEW;
    }

    /** A range, cut into parts that hold about equally many. */
    List<HashRange> cut(HashRange range) {
        int begin = begin(range.from());
        int end = end(range.to());
        List<HashRange> parts = new ArrayList<>(PARTS);
        Optional<Hash> from = range.from();
        for (int part = 1; part <= PARTS; part++) {
            int place = begin + (int) ((long) (end - begin) * part / PARTS);
            Optional<Hash> to = part == PARTS ? range.to() : Optional.of(hashes[place]);
            parts.add(range(from, to));
            from = to;
        }
        return parts;
    }
}
