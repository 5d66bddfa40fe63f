package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.SegmentLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a graph on disk: a segment log whose records hold entries that were committed
 * together, {@code docs/formats/graph.md}. Appends come from one thread at a time; reading is
 * thread-safe.
 */
final class EntryStore implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EntryStore.class.getName());

    private static final int READ_RECORDS = 4_096;

    private final SegmentLog log;
    private final String name;

    /** The first arrival number in each record, by position; grown by the appender, read by all. */
    private volatile Firsts firsts;

    /** The positions of records of entries that came again, by arrival number. */
    private final NavigableMap<Long, Long> restored = new ConcurrentSkipListMap<>();

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
            return new Firsts(Math.max(start, position), kept, size - dropped);
        }

        boolean has(long position) {
            return position >= start && position < start + size;
        }

        /** The first arrival number in a record, or the next one when it has none. */
        long number(long position) {
            return numbers[Math.toIntExact(position - start)];
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
        records.add(EntryRecord.base(stored));
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

    /** Leaves a base alone that cannot be read. */
    void forget(StoredBase base) {
        List<StoredBase> all = new ArrayList<>(bases);
        all.remove(base);
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
        restored.values().removeIf(dropped -> dropped < log.start());
    }

    /** Begins a segment, so that {@link #dropBefore} can drop all that is here now. */
    void seal() {
        log.seal();
    }

    private void note(long position, byte[] record) {
        if (EntryRecord.holdsEntries(record)) {
            firsts = firsts.and(position, EntryRecord.first(record));
        } else if (EntryRecord.holdsRestored(record)) {
            EntryRecord.read(record, name, new RestoredAt(position, restored));
        }
    }

    /** Notes where entries are that came again. */
    private record RestoredAt(long position, Map<Long, Long> restored)
            implements EntryRecord.Found {
        @Override
        public void entry(StoredBytes stored) {
            restored.put(stored.arrival(), position);
        }
    }

    // ---- reading

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
        if (record.length < StoredBase.PART_HEAD_BYTES || record[1] != EntryRecord.BASE_PART) {
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
        out.put(restored.size());
        for (Map.Entry<Long, Long> each : restored.entrySet()) {
            out.put(each.getKey().longValue());
            out.put(each.getValue().longValue());
        }
        List<StoredBase> kept = bases;
        out.put(kept.size());
        for (StoredBase base : kept) {
            out.put(base.encode());
        }
    }

    /** Takes over where entries are, from a checkpoint. */
    void restore(long start, List<Long> numbers, Map<Long, Long> again, List<StoredBase> known) {
        bases = List.copyOf(known);
        restored.clear();
        restored.putAll(again);
        long[] copy = numbers.stream().mapToLong(Long::longValue).toArray();
        firsts = new Firsts(start, copy.length == 0 ? new long[16] : copy, copy.length);
    }

    /** Whether all records up to a position are, or were, here. */
    boolean reaches(long position) {
        return position <= log.end();
    }

    /** What of a record can be read ahead: its entries, and why it has no more of them. */
    private record Looked(
            SegmentLog.Entry record,
            List<StoredBytes> entries,
            @Nullable RuntimeException failure) {}

    /**
     * Reads everything behind a position; what is damaged is passed over. While some of it is
     * found, another thread reads and decodes the next.
     *
     * @param codec nobody else may use it meanwhile
     */
    void replay(long from, EntryCodec codec, EntryRecord.Found found) {
        List<Looked> looked = look(Math.max(from, log.start() - 1), codec);
        while (!looked.isEmpty()) {
            long reached = looked.getLast().record().position();
            Future<List<Looked>> ahead =
                    reached == log.end()
                            ? CompletableFuture.completedFuture(List.of())
                            : Uninterrupted.begin("entries of " + name, () -> look(reached, codec));
            replay(looked, found);
            looked = Uninterrupted.result(ahead);
        }
    }

    private void replay(List<Looked> looked, EntryRecord.Found found) {
        List<SegmentLog.Entry> records = looked.stream().map(Looked::record).toList();
        for (int i = 0; i < records.size(); i++) {
            replay(looked.get(i), next(records, i), found);
        }
    }

    private List<Looked> look(long after, EntryCodec codec) {
        return log.read(after, READ_RECORDS).stream().map(each -> look(each, codec)).toList();
    }

    private Looked look(SegmentLog.Entry record, EntryCodec codec) {
        byte[] bytes = record.bytes();
        List<StoredBytes> entries = new ArrayList<>();
        RuntimeException failure = null;
        if (EntryRecord.holdsEntries(bytes) || EntryRecord.holdsRestored(bytes)) {
            try {
                EntryRecord.read(bytes, name, entries::add);
            } catch (Invalid | StorageFailure unreadable) {
                failure = unreadable;
            }
        }
        entries.forEach(each -> each.decode(codec));
        return new Looked(record, entries, failure);
    }

    private void replay(Looked looked, long next, EntryRecord.Found found) { // law G59
        SegmentLog.Entry record = looked.record();
        found.record(record.position());
        try {
            byte[] bytes = record.bytes();
            if (EntryRecord.holdsEntries(bytes)
                    && !found.mayHave(EntryRecord.first(bytes), EntryRecord.count(bytes), next)) {
                throw new Invalid("record", "has numbers that follow", EntryRecord.first(bytes));
            }
            note(record.position(), bytes);
            if (EntryRecord.holdsEntries(bytes) || EntryRecord.holdsRestored(bytes)) {
                tell(looked, found);
            } else {
                EntryRecord.read(bytes, name, found);
            }
        } catch (Invalid unreadable) {
            found.unreadable(record.position(), unreadable);
        }
    }

    private static void tell(Looked looked, EntryRecord.Found found) {
        looked.entries().forEach(found::entry);
        if (looked.failure() != null) {
            throw looked.failure();
        }
    }

    /** The first number in the next record that has some, 0 when a base may have taken some. */
    private static long next(List<SegmentLog.Entry> records, int place) {
        for (int i = place + 1; i < records.size(); i++) {
            byte[] bytes = records.get(i).bytes();
            boolean follows = records.get(i).position() == records.get(i - 1).position() + 1;
            if (!follows || EntryRecord.isOfBase(bytes)) {
                return 0;
            }
            if (EntryRecord.holdsEntries(bytes)) {
                return EntryRecord.hasHead(bytes) ? EntryRecord.first(bytes) : 0;
            }
        }
        return 0;
    }

    /** The entries of one record that are behind an arrival number, up to another. */
    private record Reader(long after, long upTo, List<StoredBytes> entries)
            implements EntryRecord.Found {
        @Override
        public void entry(StoredBytes stored) {
            if (stored.arrival() > after && stored.arrival() <= upTo) {
                entries.add(stored);
            }
        }
    }

    /**
     * Up to so many entries behind an arrival number, in order; for durable ones.
     *
     * @param known reads them, and leaves out what is not what is known here under its number
     */
    <T> List<T> read(long after, int max, Function<List<StoredBytes>, List<T>> known) {
        List<T> entries = new ArrayList<>();
        long position = firsts.isEmpty() ? log.end() : firsts.position(after + 1) - 1;
        long reached = after;
        while (entries.size() < max) {
            List<SegmentLog.Entry> records = next(position);
            List<StoredBytes> stored = new ArrayList<>();
            records.stream()
                    .filter(record -> EntryRecord.holdsEntries(record.bytes()))
                    .forEach(record -> read(record.bytes(), after, Long.MAX_VALUE, stored));
            long last = records.isEmpty() ? Long.MAX_VALUE : last(stored, reached);
            addRestored(reached, last, stored);
            for (int i = 0; i < stored.size() && entries.size() < max; ) {
                int end = Math.min(stored.size(), i + max - entries.size());
                entries.addAll(known.apply(stored.subList(i, end)));
                i = end;
            }
            if (records.isEmpty()) {
                return entries;
            }
            reached = last;
            position = records.getFirst().position();
        }
        return entries;
    }

    private static long last(List<StoredBytes> stored, long reached) {
        return stored.isEmpty() ? reached : Math.max(reached, stored.getLast().arrival());
    }

    /** Adds the entries of a record between two arrival numbers, as far as it can be read. */
    private void read(byte[] record, long after, long upTo, List<StoredBytes> stored) {
        try {
            EntryRecord.read(record, name, new Reader(after, upTo, stored));
        } catch (Invalid unreadable) { // told when it was opened // law G59
            LOG.log(System.Logger.Level.TRACE, "passed over", unreadable);
        }
    }

    /** Puts entries that came again to where they stood before, beside what is there. */
    private void addRestored(long after, long upTo, List<StoredBytes> stored) { // law G73
        Map<Long, Long> within = restored.subMap(after, false, upTo, true);
        if (within.isEmpty()) {
            return;
        }
        List<StoredBytes> again = new ArrayList<>();
        for (long position : new TreeSet<>(within.values())) {
            next(position - 1).stream()
                    .filter(record -> record.position() == position) // it may be damaged too
                    .forEach(record -> read(record.bytes(), after, upTo, again));
        }
        again.removeIf(each -> stored.stream().anyMatch(each::isSame));
        stored.addAll(again);
        stored.sort(Comparator.comparingLong(StoredBytes::arrival));
    }

    /** The numbers of entries before records that are known to be damaged. */
    List<Long> beforeDamage() {
        Firsts known = firsts;
        return log.damage().stream()
                .map(SegmentLog.Damage::first)
                .filter(known::has)
                .map(position -> known.number(position) - 1)
                .toList();
    }

    /** Whether the record of an entry is known to be damaged. */
    boolean isDamaged(long arrival) {
        long position = firsts.position(arrival);
        return isDamaged(position, position);
    }

    /** Whether a part of a base is known to be damaged. */
    boolean isDamaged(StoredBase base) {
        return isDamaged(base.position(), base.position() + base.parts() - 1);
    }

    private boolean isDamaged(long from, long to) {
        return log.damage().stream().anyMatch(each -> each.first() <= to && from <= each.last());
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

    @Override
    public void close() {
        log.close();
    }
}
