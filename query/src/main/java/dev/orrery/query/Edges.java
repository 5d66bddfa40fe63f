package dev.orrery.query;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Edges from a cell to the positions of its readers: a packed list, and above {@value #SCANNED} of
 * them an index by which one is found.
 *
 * <p>Confined to whoever holds the cell's monitor, or to the mark that took them.
 */
final class Edges {
    private static final int SCANNED = 16;
    private static final int[] NONE = {};

    private @Nullable Node[] readers = new @Nullable Node[4];
    private int[] positions = new int[4];
    private int size;

    /** By hash, with linear probing: one more than a place in the list, or zero; empty when few. */
    private int[] index = NONE;

    void add(Node reader, int position) {
        boolean isIndexed = index.length > 0;
        int slot = isIndexed ? slot(reader, position) : 0;
        if (isIndexed ? index[slot] != 0 : contains(reader, position)) {
            return;
        }
        if (size == positions.length) {
            readers = Arrays.copyOf(readers, size * 2);
            positions = Arrays.copyOf(positions, size * 2);
        }
        readers[size] = reader;
        positions[size++] = position;
        if (isIndexed && size * 2 <= index.length) {
            index[slot] = size;
        } else if (size > SCANNED) {
            reindex();
        }
    }

    boolean remove(Node reader, int position) {
        int at = find(reader, position);
        if (at < 0) {
            return false;
        }
        int last = --size;
        if (index.length > 0) {
            unindex(slot(reader, position));
            if (at != last) {
                index[slot(reader(last), positions[last])] = at + 1;
            }
        }
        readers[at] = readers[last];
        positions[at] = positions[last];
        readers[last] = null;
        return true;
    }

    boolean contains(Node reader, int position) {
        return find(reader, position) >= 0;
    }

    int size() {
        return size;
    }

    Node reader(int at) {
        Node reader = readers[at];
        if (reader == null) {
            throw new IndexOutOfBoundsException(at);
        }
        return reader;
    }

    int position(int at) {
        return positions[at];
    }

    /** Forgets all edges and keeps the room. */
    void clear() {
        Arrays.fill(readers, 0, size, null);
        Arrays.fill(index, 0);
        size = 0;
    }

    private int find(Node reader, int position) {
        if (index.length > 0) {
            return index[slot(reader, position)] - 1;
        }
        for (int i = 0; i < size; i++) {
            if (readers[i] == reader && positions[i] == position) {
                return i;
            }
        }
        return -1;
    }

    // the index

    private void reindex() {
        index = new int[Integer.highestOneBit(size) * 8];
        for (int i = 0; i < size; i++) {
            index[free(reader(i), positions[i])] = i + 1;
        }
    }

    private int home(Node reader, int position) {
        int hash = reader.hash * 31 + reader.definition.hashCode() + position;
        int mixed = (hash ^ (hash >>> 15)) * 0x9E3779B9;
        return mixed >>> (Integer.numberOfLeadingZeros(index.length) + 1);
    }

    /** Where the index names an edge, or the free slot that ends the search for it. */
    private int slot(Node reader, int position) {
        int slot = home(reader, position);
        while (true) {
            int at = index[slot] - 1;
            if (at < 0 || (readers[at] == reader && positions[at] == position)) {
                return slot;
            }
            slot = (slot + 1) & (index.length - 1);
        }
    }

    private int free(Node reader, int position) {
        int slot = home(reader, position);
        while (index[slot] != 0) {
            slot = (slot + 1) & (index.length - 1);
        }
        return slot;
    }

    /** Frees a slot, and moves what follows so that no search ends too early. */
    private void unindex(int freed) {
        int mask = index.length - 1;
        int hole = freed;
        for (int slot = (hole + 1) & mask; index[slot] != 0; slot = (slot + 1) & mask) {
            int at = index[slot] - 1;
            int home = home(reader(at), positions[at]);
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                index[hole] = index[slot];
                hole = slot;
            }
        }
        index[hole] = 0;
    }
}
