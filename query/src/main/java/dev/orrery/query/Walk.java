package dev.orrery.query;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a mark still has to travel over, first come, first gone. It grows with the widest commit and
 * is used again by the next, so that marking allocates nothing. Confined to the mark.
 */
final class Walk {
    private static final int KEPT = 1 << 12;

    /** From where each step goes. */
    private Cell[] from = new Cell[16];

    /** To the reader at its position, or over all of the {@link Edges}. */
    private Object[] to = new Object[16];

    private int[] positions = new int[16];

    /** The change that a step comes from, while somebody wants to know. */
    private @Nullable Dependency[] roots = new @Nullable Dependency[0];

    private int next;
    private int end;

    /** The change that what is added now comes from. */
    @Nullable Dependency root;

    void add(Cell child, Node reader, int position) {
        put(child, reader, position);
    }

    void add(Cell child, Edges edges) {
        put(child, edges, 0);
    }

    private void put(Cell child, Object target, int position) {
        if (end == from.length) {
            from = Arrays.copyOf(from, end * 2);
            to = Arrays.copyOf(to, end * 2);
            positions = Arrays.copyOf(positions, end * 2);
        }
        from[end] = child;
        to[end] = target;
        positions[end] = position;
        if (root != null) {
            if (end >= roots.length) {
                roots = Arrays.copyOf(roots, from.length);
            }
            roots[end] = root;
        }
        end++;
    }

    /** Goes over every edge, those that come in on the way included, and ends empty. */
    void go(Mark mark, long revision) {
        while (next < end) {
            int step = next++;
            Cell child = from[step];
            root = step < roots.length ? roots[step] : null;
            if (to[step] instanceof Edges edges) {
                for (int i = 0; i < edges.size(); i++) {
                    mark.arrive(edges.reader(i), child, edges.position(i), revision);
                }
                child.takeBack(edges);
            } else {
                mark.arrive((Node) to[step], child, positions[step], revision);
            }
        }
        empty();
    }

    private void empty() {
        root = null;
        if (from.length > KEPT) {
            from = new Cell[16];
            to = new Object[16];
            positions = new int[16];
        } else {
            Arrays.fill(from, 0, end, null);
            Arrays.fill(to, 0, end, null);
        }
        roots = new @Nullable Dependency[0];
        next = 0;
        end = 0;
    }
}
