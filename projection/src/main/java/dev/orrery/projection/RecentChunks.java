package dev.orrery.projection;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The chunks stored last, for those who follow keys as they change: a bounded number of bytes.
 * Added to by one thread at a time, read by any.
 */
final class RecentChunks {
    private static final int MOST_BYTES = 4 << 20;

    private final Map<Long, byte[]> byId = new ConcurrentHashMap<>();
    private final Deque<Long> order = new ArrayDeque<>();
    private int bytes;

    /** Adds what was stored; a chunk that is large by itself is not held. */
    void add(Chunks.Chunk chunk) {
        byId.put(chunk.id(), chunk.bytes());
        order.add(chunk.id());
        bytes += chunk.bytes().length;
        while (bytes > MOST_BYTES) {
            removeOldest();
        }
    }

    /** Lets go of chunks up to one. */
    void drop(long last) {
        while (!order.isEmpty() && order.getFirst() <= last) {
            removeOldest();
        }
    }

    private void removeOldest() {
        byte[] oldest = byId.remove(order.remove());
        bytes -= oldest == null ? 0 : oldest.length;
    }

    Optional<byte[]> find(long chunk) {
        return Optional.ofNullable(byId.get(chunk));
    }
}
