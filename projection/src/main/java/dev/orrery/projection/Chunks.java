package dev.orrery.projection;

import dev.orrery.core.OrreryException.StorageFailure;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The changes of a batch on their way into chunks: strings of bytes that each hold the changes of
 * some keys, in the order of the keys' bytes.
 *
 * <p>Chunks are stored one behind the other, whatever the keys, so writing them costs as much as
 * their bytes. An entry names the chunk with the entry before it of the same key: whoever wants the
 * last changes of a key goes back from the one its state names. Confined to one thread.
 */
final class Chunks {
    /** A chunk is closed when it has so many bytes. */
    private static final int FULL_BYTES = 16 << 10;

    /** What an entry takes beside its key and changes. */
    private static final int ENTRY_BYTES = 3 * Integer.BYTES + 2 * Long.BYTES;

    /** So many changes are handed to a reader at once. */
    private static final int READ_AT_ONCE = 4096;

    private final List<Chunk> done = new ArrayList<>();
    private ByteBuffer bytes = ByteBuffer.allocate(2 * FULL_BYTES);
    private long next;
    private int changes;

    /**
     * A chunk as it is stored.
     *
     * @param changes how many it holds
     */
    @SuppressWarnings("ArrayRecordComponent") // on its way to the store, compared by nobody
    record Chunk(long id, int changes, byte[] bytes) {}

    /**
     * The changes of one key in one chunk, the first of which made a version.
     *
     * @param before the chunk with the entry before it of this key, zero without one
     */
    record Entry(long before, long first, List<byte[]> changes) {
        long last() {
            return first + changes.size() - 1;
        }
    }

    /** Chunks numbered from here on. */
    Chunks(long next) {
        this.next = next;
    }

    /**
     * Adds the changes of a key, whose bytes come behind those of the key added before.
     *
     * @return the chunk they are in
     */
    long add(byte[] key, long before, long first, Collection<byte[]> entry) {
        int length = 0;
        for (byte[] change : entry) {
            length += Integer.BYTES + change.length;
        }
        makeRoom(ENTRY_BYTES + key.length + length);
        bytes.putInt(key.length).put(key);
        bytes.putLong(before).putLong(first).putInt(entry.size()).putInt(length);
        for (byte[] change : entry) {
            bytes.putInt(change.length).put(change);
        }
        changes += entry.size();
        long id = next;
        if (bytes.position() >= FULL_BYTES) {
            close();
        }
        return id;
    }

    private void makeRoom(int more) {
        if (bytes.remaining() < more) {
            ByteBuffer larger =
                    ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + more));
            bytes = larger.put(bytes.flip());
        }
    }

    private void close() {
        done.add(new Chunk(next, changes, Arrays.copyOf(bytes.array(), bytes.position())));
        bytes.clear();
        changes = 0;
        next++;
    }

    /** All chunks, the last of them closed. */
    List<Chunk> all() {
        if (changes > 0) {
            close();
        }
        return done;
    }

    // reading

    /** Reads chunks by number. */
    interface Store {
        /** The bytes of a chunk; empty when it is not kept. */
        Optional<byte[]> find(long chunk);
    }

    /**
     * The changes of a key after a version, in order, as far as they are kept without a gap: the
     * first {@link #READ_AT_ONCE} of them at most, none when the first is not kept.
     *
     * @param newest the chunk with the last entry of the key
     * @param where what they are, for the error
     */
    static List<byte[]> changes(Store store, byte[] key, long newest, long after, String where) {
        Deque<byte[]> found = new ArrayDeque<>();
        long chunk = newest;
        long missing = Long.MAX_VALUE; // versions from here on are found
        while (missing > after + 1) {
            Optional<Entry> entry =
                    chunk == 0
                            ? Optional.empty()
                            : store.find(chunk).flatMap(bytes -> find(bytes, key, where));
            boolean isGap =
                    entry.isEmpty()
                            || (missing != Long.MAX_VALUE && entry.get().last() != missing - 1);
            if (isGap) {
                return List.of();
            }
            chunk = entry.get().before();
            missing = entry.get().first();
            int first = Math.clamp(after + 1 - missing, 0, entry.get().changes().size());
            entry.get().changes().reversed().stream()
                    .limit(entry.get().changes().size() - first)
                    .forEach(found::addFirst);
            while (found.size() > READ_AT_ONCE) {
                found.removeLast();
            }
        }
        return List.copyOf(found);
    }

    /**
     * The entry of a key in a chunk.
     *
     * @param where what it is, for the error
     * @throws StorageFailure when the lengths do not add up
     */
    static Optional<Entry> find(byte[] chunk, byte[] key, String where) {
        ByteBuffer rest = ByteBuffer.wrap(chunk);
        while (rest.hasRemaining()) {
            byte[] found = take(rest, where);
            require(rest, ENTRY_BYTES - Integer.BYTES, where);
            long before = rest.getLong();
            long first = rest.getLong();
            int count = rest.getInt();
            int length = rest.getInt();
            require(rest, length, where);
            if (Arrays.equals(found, key)) {
                return Optional.of(
                        new Entry(
                                before, first, changes(rest.slice().limit(length), count, where)));
            }
            rest.position(rest.position() + length);
        }
        return Optional.empty();
    }

    /** The keys that have entries in a chunk, in order. */
    static List<byte[]> keys(byte[] chunk, String where) {
        List<byte[]> keys = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(chunk);
        while (rest.hasRemaining()) {
            keys.add(take(rest, where));
            require(rest, ENTRY_BYTES - Integer.BYTES, where);
            rest.position(rest.position() + 2 * Long.BYTES + Integer.BYTES);
            int length = rest.getInt();
            require(rest, length, where);
            rest.position(rest.position() + length);
        }
        return keys;
    }

    private static List<byte[]> changes(ByteBuffer entry, int count, String where) {
        List<byte[]> changes = new ArrayList<>();
        while (entry.hasRemaining()) {
            changes.add(take(entry, where));
        }
        if (changes.size() != count) {
            throw damaged(where);
        }
        return changes;
    }

    private static byte[] take(ByteBuffer from, String where) {
        require(from, Integer.BYTES, where);
        int length = from.getInt();
        require(from, length, where);
        byte[] taken = new byte[length];
        from.get(taken);
        return taken;
    }

    private static void require(ByteBuffer from, int length, String where) {
        if (length < 0 || length > from.remaining()) {
            throw damaged(where);
        }
    }

    private static StorageFailure damaged(String where) {
        return new StorageFailure(StorageFailure.Kind.DAMAGED, where, null);
    }
}
