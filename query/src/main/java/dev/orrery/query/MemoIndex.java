package dev.orrery.query;

import java.util.Arrays;

/**
 * Where each stored memo is: from the hash of its query and key to the position and length of its
 * newest record. Two arrays of longs, at most three quarters full: 22 to 43 bytes a memo. Confined
 * to the holder of the store's lock.
 */
final class MemoIndex {
    static final int LENGTH_BITS = 24;
    static final int LONGEST = (1 << LENGTH_BITS) - 1;

    private static final int FIRST_SLOTS = 16;

    private long[] hashes = new long[FIRST_SLOTS];

    /** Position and length in one; zero where the slot is free, since positions begin at 1. */
    private long[] places = new long[FIRST_SLOTS];

    private int size;
    private long bytes;

    /** Position and length in one number; a longer record counts as {@link #LONGEST}. */
    static long place(long position, int length) {
        return (position << LENGTH_BITS) | Math.min(length, LONGEST);
    }

    static long position(long place) {
        return place >>> LENGTH_BITS;
    }

    static int length(long place) {
        return ((int) place) & LONGEST;
    }

    int size() {
        return size;
    }

    /** The bytes of all records it knows. */
    long bytes() {
        return bytes;
    }

    /** The memory it takes, in bytes. */
    long memoryBytes() {
        return 2L * Long.BYTES * places.length;
    }

    /** The place of the newest record with a hash, zero when there is none. */
    long find(long hash) {
        return places[slot(hash)];
    }

    void put(long hash, long place) {
        int slot = slot(hash);
        if (places[slot] == 0) {
            if ((size + 1) * 4L > places.length * 3L) {
                grow();
                slot = slot(hash);
            }
            hashes[slot] = hash;
            size++;
        } else {
            bytes -= length(places[slot]);
        }
        places[slot] = place;
        bytes += length(place);
    }

    private int slot(long hash) {
        int mask = places.length - 1;
        int slot = ((int) (hash ^ (hash >>> 32))) & mask;
        while (places[slot] != 0 && hashes[slot] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHashes = hashes;
        long[] oldPlaces = places;
        hashes = new long[oldHashes.length * 2];
        places = new long[oldPlaces.length * 2];
        for (int i = 0; i < oldPlaces.length; i++) {
            if (oldPlaces[i] != 0) {
                int slot = slot(oldHashes[i]);
                hashes[slot] = oldHashes[i];
                places[slot] = oldPlaces[i];
            }
        }
    }

    /** The least position that may stay when the newest records are to take at most so much. */
    long oldestWithin(long budgetBytes) {
        if (bytes <= budgetBytes) {
            return 0;
        }
        long[] sorted = places.clone();
        Arrays.sort(sorted);
        long taken = 0;
        for (int i = sorted.length - 1; i >= 0 && sorted[i] != 0; i--) {
            taken += length(sorted[i]);
            if (taken > budgetBytes) {
                return position(sorted[i]) + 1;
            }
        }
        return 0;
    }
}
