package dev.orrery.query;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a query by their keys: an open-addressed table in which a node is its own entry.
 * Nodes are added and never taken out. Looking up takes no lock; thread-safe.
 */
final class Nodes implements Iterable<Node> {
    private static final int FIRST = 16;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Node[].class);

    private volatile @Nullable Node[] slots = new @Nullable Node[FIRST];
    private int size;

    /** The node of a key, null when there is none. */
    @Nullable Node find(Object key) {
        return find(slots, key, key.hashCode());
    }

    @SuppressWarnings("ReferenceEquality") // the very same key needs no comparing
    private static @Nullable Node find(@Nullable Node[] table, Object key, int hash) {
        for (int slot = home(hash, table.length); ; slot = (slot + 1) & (table.length - 1)) {
            Node node = (Node) SLOT.getAcquire(table, slot);
            if (node == null || (node.hash == hash && (node.key == key || node.key.equals(key)))) {
                return node;
            }
        }
    }

    /** Where a search begins; hashes at equal distances, which keys often have, are spread. */
    private static int home(int hash, int length) {
        int mixed = (hash ^ (hash >>> 15)) * 0x2C1B3C6D;
        return ((mixed ^ (mixed >>> 12)) * 0x297A2D39)
                >>> (Integer.numberOfLeadingZeros(length) + 1);
    }

    /** The node of a key, made when there is none; by one thread at a time. */
    <K> Node findOrMake(K key, Function<? super K, Node> make) {
        int hash = key.hashCode();
        Node found = find(slots, key, hash);
        return found != null ? found : make(key, hash, make);
    }

    private synchronized <K> Node make(K key, int hash, Function<? super K, Node> make) {
        Node known = find(slots, key, hash);
        if (known != null) {
            return known;
        }
        Node made = make.apply(key);
        if (++size * 2 > slots.length) {
            grow();
        }
        put(slots, made);
        return made;
    }

    private void grow() {
        @Nullable Node[] larger = new @Nullable Node[slots.length * 2];
        for (Node node : slots) {
            if (node != null) {
                put(larger, node);
            }
        }
        slots = larger;
    }

    private static void put(@Nullable Node[] table, Node node) {
        int slot = home(node.hash, table.length);
        while (table[slot] != null) {
            slot = (slot + 1) & (table.length - 1);
        }
        SLOT.setRelease(table, slot, node);
    }

    /** Forgets all nodes. */
    synchronized void clear() {
        slots = new @Nullable Node[FIRST];
        size = 0;
    }

    /** The nodes there are now. */
    @Override
    public Iterator<Node> iterator() {
        return Arrays.stream(slots).filter(Objects::nonNull).<Node>map(node -> node).iterator();
    }
}
