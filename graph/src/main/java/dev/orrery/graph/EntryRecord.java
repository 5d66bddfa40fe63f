package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StorageFailure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The records of a store of entries, {@code docs/formats/graph.md}: made, and read. */
final class EntryRecord {
    /** A merge is cut into records about this long, so that damage costs no more than one. */
    static final int RECORD_BYTES = 64 << 10;

    /** The most entries that a record speaks of: hashes of a base are 32 bytes each of 1 MiB. */
    static final int MOST_ENTRIES = StoredBase.PART_BYTES / Hash.BYTES;

    static final byte FORMAT = 1;

    /** That of records which who knows the first alone cannot read. */
    private static final byte SECOND_FORMAT = 2;

    /** The same of who knows the second. */
    private static final byte NEWEST_FORMAT = 3;

    private static final byte ENTRIES = 1;
    private static final byte REPLICA = 2;
    private static final byte LEASE = 3;
    static final byte BASE_PART = 4;
    private static final byte BASE = 5;
    private static final byte ACKNOWLEDGED = 6;
    private static final byte LOOSE = 7;
    private static final byte MOVED = 8;
    private static final byte TOPIC = 9;
    private static final byte RESTORED = 10;
    private static final byte RESTORED_LOOSE = 11;
    static final long NOT_MOVED = -1;
    private static final int HEAD_BYTES = 1 + 1 + 8 + 4;

    private EntryRecord() {}

    // ---- making

    /** A kind of records that hold entries, and what else stands before those. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kind(byte format, byte code, byte[] more) {
        static final Kind WHOLE = new Kind(FORMAT, ENTRIES, new byte[0]);
        static final Kind LOOSE = new Kind(SECOND_FORMAT, EntryRecord.LOOSE, new byte[0]);

        static final Kind RESTORED = new Kind(NEWEST_FORMAT, EntryRecord.RESTORED, new byte[0]);
        static final Kind RESTORED_LOOSE =
                new Kind(NEWEST_FORMAT, EntryRecord.RESTORED_LOOSE, new byte[0]);

        static Kind moved(long floor) {
            byte[] more = ByteBuffer.allocate(Long.BYTES).putLong(floor).array();
            return new Kind(SECOND_FORMAT, MOVED, more);
        }
    }

    /** A record of entries with their arrival numbers from {@code first} on. */
    static byte[] of(long first, List<Entry> entries) {
        return of(Kind.WHOLE, first, entries);
    }

    private static byte[] of(Kind kind, long first, List<Entry> entries) {
        int length = HEAD_BYTES + kind.more().length;
        for (Entry entry : entries) {
            length = Math.addExact(length, 4 + entry.content().length);
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        out.put(kind.format()).put(kind.code()).putLong(first).putInt(entries.size());
        out.put(kind.more());
        for (Entry entry : entries) {
            out.putInt(entry.content().length).put(entry.content());
        }
        return out.array();
    }

    /**
     * The records of many entries, in order: any beginning of them is a whole history, or as loose
     * as all of them.
     */
    static List<byte[]> all(long first, List<Entry> entries, boolean areLoose) {
        return all(areLoose ? Kind.LOOSE : Kind.WHOLE, first, entries);
    }

    /**
     * The records of loose entries that had other numbers before.
     *
     * @param floor the greatest of those
     */
    static List<byte[]> moved(long first, long floor, List<Entry> entries) {
        return entries.isEmpty() ? List.of() : all(Kind.moved(floor), first, entries);
    }

    /** The record of an entry that came again, since the one it was in cannot be read. */
    static byte[] restored(int arrival, Entry entry, boolean isLoose) {
        return of(isLoose ? Kind.RESTORED_LOOSE : Kind.RESTORED, arrival, List.of(entry));
    }

    private static List<byte[]> all(Kind kind, long first, List<Entry> entries) {
        if (entries.size() == 1) {
            return List.of(of(kind, first, entries));
        }
        List<byte[]> records = new ArrayList<>();
        int begin = 0;
        int bytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            bytes += entries.get(i).content().length;
            if (bytes >= RECORD_BYTES) {
                records.add(of(kind, first + begin, entries.subList(begin, i + 1)));
                begin = i + 1;
                bytes = 0;
            }
        }
        if (begin < entries.size()) {
            records.add(of(kind, first + begin, entries.subList(begin, entries.size())));
        }
        return records;
    }

    /** The record that says who writes here. */
    static byte[] replica(String author) {
        return of(FORMAT, REPLICA, author.getBytes(StandardCharsets.UTF_8));
    }

    /** The record that says how far a named consumer is. */
    static byte[] lease(Leases.Lease lease) {
        return of(FORMAT, LEASE, lease.bytes());
    }

    /** The record that says what a replica was heard to have. */
    static byte[] acknowledged(Acknowledged.Known known) {
        return of(FORMAT, ACKNOWLEDGED, known.bytes());
    }

    /** The record that says how far a topic is here. */
    static byte[] topic(Topics.Progress progress) {
        return of(SECOND_FORMAT, TOPIC, progress.bytes());
    }

    /** The record behind the parts of a base, which says what they are. */
    static byte[] base(StoredBase base) {
        return of(FORMAT, BASE, base.encode());
    }

    private static byte[] of(byte format, byte kind, byte[] what) {
        return ByteBuffer.allocate(2 + what.length).put(format).put(kind).put(what).array();
    }

    // ---- reading

    /** What is found while a store is read from its beginning, in order. */
    interface Found {
        /** A record is here, whatever is in it. */
        default void record(long position) {}

        /**
         * Whether entries may have the numbers that their record says.
         *
         * @param next the first number in the record behind it, 0 when that is not known
         */
        default boolean mayHave(long first, int count, long next) {
            return true;
        }

        /** A record is here that cannot be read, or not to its end. */
        default void unreadable(long position, Invalid why) {}

        /** Somebody wrote here under this name from here on. */
        default void replica(String author) {}

        /** An entry is here. */
        void entry(StoredBytes stored);

        /** A topic is here so far. */
        default void topic(Topics.Progress progress) {}

        /** A named consumer was here. */
        default void lease(Leases.Lease lease) {}

        /** A replica was heard to have so much. */
        default void acknowledged(Acknowledged.Known known) {}

        /** A base is here. */
        default void base(StoredBase base) {}
    }

    /** Whether it is of a kind that holds entries. */
    static boolean holdsEntries(byte[] record) {
        return record.length > 1
                && (record[1] == ENTRIES || record[1] == LOOSE || record[1] == MOVED);
    }

    private static boolean isLoose(byte kind) {
        return kind == LOOSE || kind == MOVED || kind == RESTORED_LOOSE;
    }

    private static boolean isRestored(byte kind) {
        return kind == RESTORED || kind == RESTORED_LOOSE;
    }

    /** Whether it is of a kind that holds entries that came again. */
    static boolean holdsRestored(byte[] record) {
        return record.length > 1 && isRestored(record[1]);
    }

    /** Whether it is a base, or a part of one. */
    static boolean isOfBase(byte[] record) {
        return record.length > 1 && (record[1] == BASE || record[1] == BASE_PART);
    }

    /** The arrival number of the first entry in one that holds entries. */
    static long first(byte[] record) {
        requireHead(record);
        return ByteBuffer.wrap(record).getLong(2);
    }

    /** How many entries a record says it has: not more than fit. */
    static int count(byte[] record) {
        requireHead(record);
        int count = ByteBuffer.wrap(record).getInt(HEAD_BYTES - Integer.BYTES);
        if (count < 0 || count > (record.length - HEAD_BYTES) / Integer.BYTES) {
            throw new Invalid("record", "has room for its entries", count);
        }
        return count;
    }

    /** Whether its head is there. */
    static boolean hasHead(byte[] record) {
        return record.length >= HEAD_BYTES;
    }

    private static void requireHead(byte[] record) {
        if (!hasHead(record)) {
            throw new Invalid("record", "is whole", record.length);
        }
    }

    /**
     * Tells what is in a record.
     *
     * @param store where it is, to be named when it is of a newer version
     * @throws Invalid when it cannot be read, or not to its end
     */
    static void read(byte[] record, String store, Found found) {
        ByteBuffer in = ByteBuffer.wrap(record);
        try {
            byte format = in.get();
            if (format > NEWEST_FORMAT) {
                throw new StorageFailure(StorageFailure.Kind.NEWER_FORMAT, store, null);
            }
            byte kind = in.get();
            if (format != format(kind)) {
                throw new Invalid("record", "is of its kind's format", format);
            }
            switch (kind) {
                case ENTRIES, LOOSE, MOVED, RESTORED, RESTORED_LOOSE ->
                        entries(record, in, kind, found);
                case TOPIC -> found.topic(Topics.Progress.read(in));
                case REPLICA ->
                        found.replica(
                                new String(
                                        record,
                                        in.position(),
                                        in.remaining(),
                                        StandardCharsets.UTF_8));
                case LEASE -> found.lease(Leases.Lease.read(in));
                case ACKNOWLEDGED -> found.acknowledged(Acknowledged.Known.read(in));
                case BASE_PART -> {} // read when the record behind the parts says what they are
                case BASE -> {
                    byte[] what = new byte[in.remaining()];
                    in.get(what);
                    found.base(StoredBase.decode(what));
                }
                default -> throw new Invalid("record", "is of a known kind", record[1]);
            }
        } catch (BufferUnderflowException cut) {
            throw new Invalid("record", "is whole", record.length);
        }
    }

    private static byte format(byte kind) {
        return kind >= RESTORED ? NEWEST_FORMAT : kind >= LOOSE ? SECOND_FORMAT : FORMAT;
    }

    private static void entries(byte[] record, ByteBuffer in, byte kind, Found found) {
        long arrival = in.getLong();
        int count = count(record);
        in.position(HEAD_BYTES);
        long moved = kind == MOVED ? in.getLong() : NOT_MOVED;
        for (int i = 0; i < count; i++) {
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new Invalid("record", "holds its entries", length);
            }
            byte[] bytes = new byte[length];
            in.get(bytes);
            found.entry(
                    new StoredBytes(arrival + i, bytes, isLoose(kind), isRestored(kind), moved));
        }
    }
}
