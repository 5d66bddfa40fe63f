package dev.orrery.projection;

import dev.orrery.projection.EpochTables.Kept;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Where the kept changes of an epoch are. Changed by who holds the epoch's lock; {@link #recent} is
 * read by any thread.
 */
final class KeptChanges {
    private final Deque<Kept> kept = new ArrayDeque<>();
    private final RecentChunks recent = new RecentChunks();
    private long count;
    private long next = 1;

    /** The number of the next chunk. */
    long next() {
        return next;
    }

    /** The chunks made last, which need not be read. */
    RecentChunks recent() {
        return recent;
    }

    /**
     * The last chunk that need not be kept when there are more changes, zero for none. A batch goes
     * as a whole: its chunks are in the order of keys, not of events.
     */
    long droppedFor(int more, int least) {
        long left = count + more;
        if (left <= least + least / 8L) { // in steps, so that not every batch drops something
            return 0;
        }
        long dropped = 0;
        long last = 0;
        long batch = -1;
        for (Kept chunk : kept) {
            if (chunk.position() != batch) {
                dropped = last;
                batch = chunk.position();
            }
            left -= chunk.changes();
            if (left < least) {
                return dropped;
            }
            last = chunk.chunk();
        }
        return last;
    }

    /** Adds chunks that a batch up to a position made, and forgets those it dropped. */
    void add(List<Chunks.Chunk> chunks, long position, long dropped) {
        for (Chunks.Chunk chunk : chunks) {
            add(new Kept(chunk.id(), position, chunk.changes()));
            recent.add(chunk);
        }
        while (!kept.isEmpty() && kept.getFirst().chunk() <= dropped) {
            count -= kept.removeFirst().changes();
        }
        recent.drop(dropped);
    }

    /** Adds a chunk that somebody else made. */
    void add(Chunks.Chunk chunk, long position) {
        add(new Kept(chunk.id(), position, chunk.changes()));
        recent.add(chunk);
    }

    /** Forgets those before one, which are not kept any more. */
    void dropBefore(long first) {
        while (!kept.isEmpty() && kept.getFirst().chunk() < first) {
            count -= kept.removeFirst().changes();
        }
        recent.drop(first - 1);
    }

    /** Begins with those that are stored. */
    void load(List<Kept> stored) {
        kept.clear();
        count = 0;
        stored.forEach(this::add);
    }

    private void add(Kept chunk) {
        kept.add(chunk);
        count += chunk.changes();
        next = chunk.chunk() + 1;
    }
}
