package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.SegmentLog;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The entries of a graph on disk: a segment log whose records hold entries that were committed
 * together, {@code docs/formats/graph.md}. Appends come from one thread at a time; reading is
 * thread-safe.
 */
final class EntryStore implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EntryStore.class.getName());

    /** A merge is cut into records about this long, so that damage costs no more than one. */
    static final int RECORD_BYTES = 64 << 10;

    /** The most entries that a record speaks of: hashes of a base are 32 bytes each of 1 MiB. */
    static final int MOST_ENTRIES = StoredBase.PART_BYTES / Hash.BYTES;

    static final byte FORMAT = 1;

    /** That of records which who knows the first alone cannot read. */
    private static final byte NEWER_FORMAT = 2;

    private static final byte ENTRIES = 1;
    private static final byte REPLICA = 2;
    private static final byte LEASE = 3;
    static final byte BASE_PART = 4;
    private static final byte BASE = 5;
    private static final byte ACKNOWLEDGED = 6;
    private static final byte LOOSE = 7;
    private static final byte MOVED = 8;
    private static final byte TOPIC = 9;
    static final long NOT_MOVED = -1;
    private static final int HEAD_BYTES = 1 + 1 + 8 + 4;
    private static final int READ_RECORDS = 256;

    private final SegmentLog log;
    private final String name;

    /** The first arrival number in each record, by position; grown by the appender, read by all. */
    private volatile Firsts firsts;

    /** The bases there are; each entry that was compacted is in one of them. */
    private volatile List<StoredBase> bases = List.of();

    /** Arrays that are only appended to; so many of the numbers count. */
    private static final class Firsts {
        private final long start;
        private final long[] numbers;
        private final int size;

        Firsts(long start, long[] numbers, int size) {
            this.start = start;
            this.numbers = numbers;
            this.size = size;
        }

        boolean isEmpty() {
            return size == 0;
        }

        Firsts and(long position, long number) {
            int place = Math.toIntExact(position - start);
            long[] room =
                    place < numbers.length
                            ? numbers
                            : Arrays.copyOf(numbers, Math.max(2 * numbers.length, place + 1));
            for (int gap = size; gap < place; gap++) {
                room[gap] = number; // a record that was lost holds nothing
            }
            room[place] = number;
            return new Firsts(start, room, place + 1);
        }

        /** Without those before a position. */
        Firsts from(long position) {
            int dropped = Math.clamp(position - start, 0, size);
            long[] kept = Arrays.copyOfRange(numbers, dropped, Math.max(size, dropped + 16));
            return new Firsts(start + dropped, kept, size - dropped);
        }

        /** The position of the record an arrival number is in. */
        long position(long arrival) {
            int place = Arrays.binarySearch(numbers, 0, size, arrival);
            if (place < 0) {
                return start + Math.max(0, -place - 2);
            }
            while (place + 1 < size && numbers[place + 1] == arrival) {
                place++; // the records before it were lost
            }
            return start + place;
        }
    }

    EntryStore(SegmentLog log, String name) {
        this.log = log;
        this.name = name;
        this.firsts = new Firsts(log.start(), new long[16], 0);
    }

    SegmentLog log() {
        return log;
    }

    // ---- writing

    /** A kind of records that hold entries, and what else stands before those. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kind(byte format, byte code, byte[] more) {
        static final Kind WHOLE = new Kind(FORMAT, ENTRIES, new byte[0]);
        static final Kind LOOSE = new Kind(NEWER_FORMAT, EntryStore.LOOSE, new byte[0]);

        static Kind moved(long floor) {
            byte[] more = ByteBuffer.allocate(Long.BYTES).putLong(floor).array();
            return new Kind(NEWER_FORMAT, MOVED, more);
        }
    }

    /** A record of entries with their arrival numbers from {@code first} on. */
    static byte[] record(long first, List<Entry> entries) {
        return record(Kind.WHOLE, first, entries);
    }

    private static byte[] record(Kind kind, long first, List<Entry> entries) {
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
    static List<byte[]> records(long first, List<Entry> entries, boolean areLoose) {
        return records(areLoose ? Kind.LOOSE : Kind.WHOLE, first, entries);
    }

    /**
     * The records of loose entries that had other numbers before.
     *
     * @param floor the greatest of those
     */
    static List<byte[]> moved(long first, long floor, List<Entry> entries) {
        return entries.isEmpty() ? List.of() : records(Kind.moved(floor), first, entries);
    }

    private static List<byte[]> records(Kind kind, long first, List<Entry> entries) {
        if (entries.size() == 1) {
            return List.of(record(kind, first, entries));
        }
        List<byte[]> records = new ArrayList<>();
        int begin = 0;
        int bytes = 0;
        for (int i = 0; i < entries.size(); i++) {
            bytes += entries.get(i).content().length;
            if (bytes >= RECORD_BYTES) {
                records.add(record(kind, first + begin, entries.subList(begin, i + 1)));
                begin = i + 1;
                bytes = 0;
            }
        }
        if (begin < entries.size()) {
            records.add(record(kind, first + begin, entries.subList(begin, entries.size())));
        }
        return records;
    }

    /** The record that says who writes here. */
    static byte[] replica(String author) {
        byte[] text = author.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + text.length).put(FORMAT).put(REPLICA).put(text).array();
    }

    /** The record that says how far a named consumer is. */
    static byte[] lease(Leases.Lease lease) {
        byte[] bytes = lease.bytes();
        return ByteBuffer.allocate(2 + bytes.length).put(FORMAT).put(LEASE).put(bytes).array();
    }

    /** The record that says what a replica was heard to have. */
    static byte[] acknowledged(Acknowledged.Known known) {
        byte[] bytes = known.bytes();
        return ByteBuffer.allocate(2 + bytes.length)
                .put(FORMAT)
                .put(ACKNOWLEDGED)
                .put(bytes)
                .array();
    }

    /** The record that says how far a topic is here. */
    static byte[] topic(Topics.Progress progress) {
        byte[] bytes = progress.bytes();
        return ByteBuffer.allocate(2 + bytes.length)
                .put(NEWER_FORMAT)
                .put(TOPIC)
                .put(bytes)
                .array();
    }

    /** Appends records and returns when they are durable; all at once, or none that counts. */
    void append(List<byte[]> records) {
        long last = log.appendAll(records);
        long position = last - records.size() + 1;
        for (byte[] record : records) {
            note(position++, record);
        }
    }

    /**
     * Appends a base, with what is to be there when it is.
     *
     * @param arrivals the arrival number of each of its entries
     * @param isOwn whether it was made here: then it has what all bases before it have
     */
    void append(PackedBase base, int[] arrivals, boolean isOwn, List<byte[]> more) {
        List<byte[]> records = new ArrayList<>(StoredBase.parts(base, arrivals));
        StoredBase stored =
                new StoredBase(
                        base.hash(),
                        base.packed().length(),
                        arrivals.length,
                        isOwn,
                        log.end() + 1,
                        base.signed());
        byte[] what = stored.encode();
        records.add(ByteBuffer.allocate(2 + what.length).put(FORMAT).put(BASE).put(what).array());
        records.addAll(more);
        append(records);
        keep(stored);
    }

    /** Notes a base that is in the log; one that was made here has what those before it have. */
    void keep(StoredBase base) {
        List<StoredBase> all = new ArrayList<>(base.isOwn() ? List.of() : bases);
        all.add(base);
        bases = List.copyOf(all);
    }

    /**
     * Drops whole segments of what lies before every base and before the first entry that is kept.
     *
     * @param firstKept its arrival number, 0 for none
     */
    void dropBefore(long firstKept) {
        long position = firstKept == 0 ? Long.MAX_VALUE : firsts.position(firstKept);
        for (StoredBase base : bases) {
            position = Math.min(position, base.position());
        }
        log.truncateBefore(position);
        firsts = firsts.from(log.start());
    }

    /** Begins a segment, so that {@link #dropBefore} can drop all that is here now. */
    void seal() {
        log.seal();
    }

    private void note(long position, byte[] record) {
        if (holdsEntries(record)) {
            firsts = firsts.and(position, ByteBuffer.wrap(record).getLong(2));
        }
    }

    // ---- reading

    /** The bytes of an entry, and its arrival number. */
    static final class Stored {
        private final long arrival;
        private final byte[] bytes;
        private final boolean loose;

        Stored(long arrival, byte[] bytes, boolean loose) {
            this.arrival = arrival;
            this.bytes = bytes;
            this.loose = loose;
        }

        /** Whether it came without what it follows. */
        boolean isLoose() {
            return loose;
        }

        long arrival() {
            return arrival;
        }

        byte[] bytes() {
            return bytes;
        }
    }

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

        /** The bytes of an entry, and its arrival number. */
        void entry(long arrival, byte[] bytes);

        /**
         * The bytes of an entry that came without what it follows, and its arrival number.
         *
         * @param moved the greatest number of those that were moved with it, -1 when it was not
         */
        default void loose(long arrival, byte[] bytes, long moved) {}

        /** A topic is here so far. */
        default void topic(Topics.Progress progress) {}

        /** A named consumer was here. */
        default void lease(Leases.Lease lease) {}

        /** A replica was heard to have so much. */
        default void acknowledged(Acknowledged.Known known) {}

        /** A base is here. */
        default void base(StoredBase base) {}
    }

    /** The bases there are. */
    List<StoredBase> bases() {
        return bases;
    }

    /** Whether a base is among them. */
    boolean has(Hash base) {
        return bases.stream().anyMatch(each -> each.hash().equals(base));
    }

    /**
     * A base as it is stored.
     *
     * @throws Invalid when it is damaged
     */
    StoredBase.Whole whole(StoredBase base) {
        List<byte[]> parts = new ArrayList<>();
        for (int part = 0; part < base.parts(); part++) {
            parts.add(bytes(base, part));
        }
        return base.whole(parts);
    }

    /** What of a base, packed, is in the part that a byte is in, from there on. */
    Bytes part(StoredBase base, int from) {
        if (from >= base.length()) {
            throw new Invalid("place", "is within the base", from);
        }
        int part = from / StoredBase.PART_BYTES;
        int begin = part * StoredBase.PART_BYTES;
        int end = Math.min(base.length() - begin, StoredBase.PART_BYTES);
        return Bytes.of(Arrays.copyOfRange(bytes(base, part), from - begin, end));
    }

    private byte[] bytes(StoredBase base, int part) {
        long position = base.position() + part;
        List<SegmentLog.Entry> records = log.read(position - 1, 1);
        byte[] record =
                records.isEmpty() || records.getFirst().position() != position
                        ? new byte[0]
                        : records.getFirst().bytes();
        if (record.length < StoredBase.PART_HEAD_BYTES || record[1] != BASE_PART) {
            throw new Invalid("base", "has all its parts", base.hash());
        }
        return Arrays.copyOfRange(record, StoredBase.PART_HEAD_BYTES, record.length);
    }

    /** Writes where entries are, for a checkpoint. */
    void write(CheckpointWriter out) throws IOException {
        Firsts known = firsts;
        out.put(log.end());
        out.put(known.start);
        out.put(known.size);
        out.put(known.numbers, known.size);
        List<StoredBase> kept = bases;
        out.put(kept.size());
        for (StoredBase base : kept) {
            out.put(base.encode());
        }
    }

    /** Takes over where entries are, from a checkpoint. */
    void restore(long start, List<Long> numbers, List<StoredBase> known) {
        bases = List.copyOf(known);
        long[] copy = numbers.stream().mapToLong(Long::longValue).toArray();
        firsts = new Firsts(start, copy.length == 0 ? new long[16] : copy, copy.length);
    }

    /** Whether all records up to a position are, or were, here. */
    boolean reaches(long position) {
        return position <= log.end();
    }

    /** Reads everything behind a position; what is damaged is passed over. */
    void replay(long from, Found found) {
        long after = Math.max(from, log.start() - 1);
        while (true) {
            List<SegmentLog.Entry> records = log.read(after, READ_RECORDS);
            if (records.isEmpty()) {
                return;
            }
            for (int i = 0; i < records.size(); i++) {
                replay(records.get(i), next(records, i), found);
            }
            after = records.getLast().position();
        }
    }

    private void replay(SegmentLog.Entry record, long next, Found found) { // law G59
        found.record(record.position());
        try {
            byte[] bytes = record.bytes();
            if (!holdsEntries(bytes)) {
                parse(bytes, found);
            } else if (found.mayHave(first(bytes), count(bytes), next)) {
                note(record.position(), bytes);
                parse(bytes, found);
            } else {
                throw new Invalid("record", "has numbers that follow", first(bytes));
            }
        } catch (Invalid unreadable) {
            found.unreadable(record.position(), unreadable);
        }
    }

    /** The first number in the next record that has some, 0 when a base may have taken some. */
    private static long next(List<SegmentLog.Entry> records, int place) {
        for (int i = place + 1; i < records.size(); i++) {
            byte[] bytes = records.get(i).bytes();
            boolean follows = records.get(i).position() == records.get(i - 1).position() + 1;
            if (!follows || isOfBase(bytes)) {
                return 0;
            }
            if (holdsEntries(bytes)) {
                return bytes.length < HEAD_BYTES ? 0 : first(bytes);
            }
        }
        return 0;
    }

    private static boolean holdsEntries(byte[] record) {
        return record.length > 1
                && (record[1] == ENTRIES || record[1] == LOOSE || record[1] == MOVED);
    }

    private static boolean isOfBase(byte[] record) {
        return record.length > 1 && (record[1] == BASE || record[1] == BASE_PART);
    }

    private static long first(byte[] record) {
        requireHead(record);
        return ByteBuffer.wrap(record).getLong(2);
    }

    /** How many entries a record says it has: not more than fit. */
    private static int count(byte[] record) {
        requireHead(record);
        int count = ByteBuffer.wrap(record).getInt(HEAD_BYTES - Integer.BYTES);
        if (count < 0 || count > (record.length - HEAD_BYTES) / Integer.BYTES) {
            throw new Invalid("record", "has room for its entries", count);
        }
        return count;
    }

    private static void requireHead(byte[] record) {
        if (record.length < HEAD_BYTES) {
            throw new Invalid("record", "is whole", record.length);
        }
    }

    /** The entries of one record that are behind an arrival number. */
    private record Reader(long after, List<Stored> entries) implements Found {
        @Override
        public void entry(long arrival, byte[] bytes) {
            take(new Stored(arrival, bytes, false));
        }

        @Override
        public void loose(long arrival, byte[] bytes, long moved) {
            take(new Stored(arrival, bytes, true));
        }

        private void take(Stored stored) {
            if (stored.arrival() > after) {
                entries.add(stored);
            }
        }
    }

    /**
     * Up to so many entries behind an arrival number, in order; for durable ones.
     *
     * @param known reads them, and leaves out what is not what is known here under its number
     */
    <T> List<T> read(long after, int max, Function<List<Stored>, List<T>> known) {
        List<T> entries = new ArrayList<>();
        if (firsts.isEmpty()) {
            return entries;
        }
        long position = firsts.position(after + 1) - 1;
        while (entries.size() < max) {
            List<SegmentLog.Entry> records = next(position);
            if (records.isEmpty()) {
                return entries;
            }
            SegmentLog.Entry record = records.getFirst();
            List<Stored> stored = stored(record.bytes(), after);
            for (int i = 0; i < stored.size() && entries.size() < max; ) {
                int end = Math.min(stored.size(), i + max - entries.size());
                entries.addAll(known.apply(stored.subList(i, end)));
                i = end;
            }
            position = record.position();
        }
        return entries;
    }

    /** The entries of a record, as far as it can be read. */
    private List<Stored> stored(byte[] record, long after) {
        List<Stored> stored = new ArrayList<>();
        if (holdsEntries(record)) {
            try {
                parse(record, new Reader(after, stored));
            } catch (Invalid unreadable) { // told when it was opened // law G59
                LOG.log(System.Logger.Level.TRACE, "passed over", unreadable);
            }
        }
        return stored;
    }

    /** The first record behind a position that was not dropped. */
    private List<SegmentLog.Entry> next(long position) {
        while (true) {
            try {
                return log.read(Math.max(position, log.start() - 1), 1);
            } catch (StaleCursor dropped) {
                LOG.log(System.Logger.Level.TRACE, "dropped while it was read", dropped);
            }
        }
    }

    private void parse(byte[] record, Found found) {
        ByteBuffer in = ByteBuffer.wrap(record);
        try {
            byte format = in.get();
            if (format > NEWER_FORMAT) {
                throw new StorageFailure(StorageFailure.Kind.NEWER_FORMAT, name, null);
            }
            byte kind = in.get();
            if (format != (kind >= LOOSE ? NEWER_FORMAT : FORMAT)) {
                throw new Invalid("record", "is of its kind's format", format);
            }
            switch (kind) {
                case ENTRIES, LOOSE, MOVED -> entries(record, in, kind, found);
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
            if (kind == ENTRIES) {
                found.entry(arrival + i, bytes);
            } else {
                found.loose(arrival + i, bytes, moved);
            }
        }
    }

    @Override
    public void close() {
        log.close();
    }
}
