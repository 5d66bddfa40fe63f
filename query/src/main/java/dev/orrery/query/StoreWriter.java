package dev.orrery.query;

import dev.orrery.core.SegmentLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One save being written: nothing of it counts before {@link #commit} returns. Confined to one
 * thread.
 */
final class StoreWriter {
    private static final long CHUNK_BYTES = 4 << 20;

    private final QueryStore store;
    private final SegmentLog log;
    private final StoredRecord.Begin begin;
    private final long before;
    private final List<byte[]> chunk = new ArrayList<>();
    private final Set<Integer> numbers = new HashSet<>();

    private long chunkBytes;
    private long bytes;

    /** How many records there are before the chunk; the first is the begin. */
    private long appended;

    private long begun;
    private long facts;
    private long factBytes;
    private long memos;
    private long[] hashes = new long[8];

    /** Length, and which record of the save it is; turned into places by {@link #forEachMemo}. */
    private long[] places = new long[8];

    StoreWriter(QueryStore store, SegmentLog log, StoredRecord.Begin begin) {
        this.store = store;
        this.log = log;
        this.begin = begin;
        this.before = log.end();
        add(StoredRecord.bytes(begin));
    }

    /** Declares a number, unless the log knows it or this save has done so. */
    void use(int number) {
        StoredRecord.Declared declared = store.undeclared(number);
        if (declared != null) {
            declare(declared);
        }
    }

    void declare(StoredRecord.Declared declared) {
        if (numbers.add(declared.number())) {
            add(StoredRecord.bytes(declared));
        }
    }

    void fact(StoredRecord.Fact fact) {
        byte[] record = StoredRecord.bytes(fact);
        QueryStore.requireWithin(record);
        use(fact.input());
        facts++;
        factBytes += record.length;
        add(record);
    }

    /** Writes a result; one that is too long is left out. */
    void memo(int query, StoredRecord.Remembered memo) {
        byte[] record = StoredRecord.bytes(query, memo);
        if (record.length > QueryStore.LONGEST_RECORD) {
            return;
        }
        use(query);
        memo.reads().forEach(read -> use(read.source()));
        memo(StoredRecord.hash(query, memo.key().toArray()), record);
    }

    /** Writes a result's record again. */
    void memo(long hash, byte[] record) {
        int at = (int) memos++;
        if (at == hashes.length) {
            hashes = Arrays.copyOf(hashes, at * 2);
            places = Arrays.copyOf(places, at * 2);
        }
        hashes[at] = hash;
        places[at] = MemoIndex.place(appended + chunk.size(), record.length);
        add(record);
    }

    private void add(byte[] record) {
        chunk.add(record);
        chunkBytes += record.length;
        bytes += record.length;
        if (chunkBytes >= CHUNK_BYTES) {
            flush();
        }
    }

    private void flush() {
        long last = log.appendAll(List.copyOf(chunk));
        if (appended == 0) {
            begun = last - chunk.size() + 1;
        }
        appended += chunk.size();
        if (last != begun + appended - 1) {
            throw new IllegalStateException("law Q32: somebody else writes to the store's log");
        }
        chunk.clear();
        chunkBytes = 0;
    }

    /** Makes it a save: durable, and found after a restart. */
    void commit() { // law Q32
        flushIfAny();
        add(
                StoredRecord.bytes(
                        new StoredRecord.Commit(
                                begun, begin.revision(), numbers.size(), facts, memos)));
        flushIfAny();
        store.committed(this);
    }

    private void flushIfAny() {
        if (!chunk.isEmpty()) {
            flush();
        }
    }

    /** Leaves it without a commit. */
    void abandon() {
        store.abandoned(this);
    }

    boolean isWhole() {
        return begin.whole();
    }

    /** The position of the last record before this save. */
    long before() {
        return before;
    }

    long begun() {
        return begun;
    }

    long bytes() {
        return bytes;
    }

    long factBytes() {
        return factBytes;
    }

    long facts() {
        return facts;
    }

    long memos() {
        return memos;
    }

    Set<Integer> numbers() {
        return numbers;
    }

    /** Where a memo was written. */
    interface Placed {
        void at(long hash, long place);
    }

    void forEachMemo(Placed memo) {
        for (int i = 0; i < memos; i++) {
            long position = begun + MemoIndex.position(places[i]);
            memo.at(hashes[i], MemoIndex.place(position, MemoIndex.length(places[i])));
        }
    }
}
