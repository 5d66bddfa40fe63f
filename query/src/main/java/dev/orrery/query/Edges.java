package dev.orrery.query;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Edges from a cell to the positions of its readers: packed while they are few, hashed above that.
 *
 * <p>Confined to whoever holds the cell's monitor, or to the mark that took them.
 */
final class Edges {
    private static final int PACKED = 32;

    private @Nullable Node[] readers = new @Nullable Node[1];
    private int[] positions = new int[1];
    private int packed;
    private @Nullable Set<Edge> many;

    /** One edge; equal when it leads to the same position of the same reader. */
    private record Edge(Node reader, int position) {}

    /** What a mark does with each edge. */
    @FunctionalInterface
    interface Visitor {
        void visit(Node reader, int position);
    }

    void add(Node reader, int position) {
        if (many != null) {
            many.add(new Edge(reader, position));
            return;
        }
        if (indexOf(reader, position) >= 0) {
            return;
        }
        if (packed == PACKED) {
            spread().add(new Edge(reader, position));
            return;
        }
        if (packed == positions.length) {
            readers = Arrays.copyOf(readers, packed * 2);
            positions = Arrays.copyOf(positions, packed * 2);
        }
        readers[packed] = reader;
        positions[packed++] = position;
    }

    private Set<Edge> spread() {
        Set<Edge> all = new LinkedHashSet<>();
        forEach((reader, position) -> all.add(new Edge(reader, position)));
        readers = new @Nullable Node[0];
        positions = new int[0];
        packed = 0;
        many = all;
        return all;
    }

    boolean remove(Node reader, int position) {
        if (many != null) {
            return many.remove(new Edge(reader, position));
        }
        int index = indexOf(reader, position);
        if (index < 0) {
            return false;
        }
        packed--;
        readers[index] = readers[packed];
        positions[index] = positions[packed];
        readers[packed] = null;
        return true;
    }

    boolean contains(Node reader, int position) {
        return many != null
                ? many.contains(new Edge(reader, position))
                : indexOf(reader, position) >= 0;
    }

    private int indexOf(Node reader, int position) {
        for (int i = 0; i < packed; i++) {
            if (readers[i] == reader && positions[i] == position) {
                return i;
            }
        }
        return -1;
    }

    int size() {
        return many != null ? many.size() : packed;
    }

    void forEach(Visitor visitor) {
        if (many != null) {
            many.forEach(edge -> visitor.visit(edge.reader(), edge.position()));
            return;
        }
        for (int i = 0; i < packed; i++) {
            Node reader = readers[i];
            if (reader != null) {
                visitor.visit(reader, positions[i]);
            }
        }
    }
}
