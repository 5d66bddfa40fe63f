package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.OrreryException.StorageFailure.Kind;
import dev.orrery.core.Revision;
import dev.orrery.core.SegmentLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a store's log from its oldest record and finds the newest state that can be trusted.
 * Confined to one thread.
 *
 * <p>A save counts from its commit on. One whose facts are not all there ends what can be built
 * upon, until a later save replaces everything; a result that is missing costs itself. // law Q33
 */
final class StoreScan {
    private static final int READ_AT_ONCE = 4096;
    private static final int FACT_OVERHEAD = 12;

    private final SegmentLog log;

    final Map<Integer, StoredRecord.Declared> declared = new HashMap<>();

    /** The values of inputs by number and key. */
    final Map<Integer, Map<Bytes, Bytes>> facts = new HashMap<>();

    MemoIndex index = new MemoIndex();

    /** No number up to this one may be given again. */
    int greatestNumber;

    /** The greatest revision that any record tells of. */
    long greatestRevision;

    /** The revision of the facts. */
    long revision;

    /** Where what still counts begins. */
    long floor;

    /** How long the records are that count, and those of saves after them. */
    long bytes;

    /** Whether saves were passed over because facts they stand on are missing. */
    boolean broken;

    private long saves;
    private long lost;
    private long foreign;
    private long expected;
    private @Nullable Save save;

    /** A save that has begun. */
    private static final class Save {
        final long begun;
        final StoredRecord.Begin begin;
        final List<StoredRecord.Declared> declared = new ArrayList<>();
        final List<StoredRecord.Fact> facts = new ArrayList<>();
        long[] hashes = new long[8];
        long[] places = new long[8];
        int memos;
        long bytes;

        Save(long begun, StoredRecord.Begin begin) {
            this.begun = begun;
            this.begin = begin;
        }

        void memo(long hash, long place) {
            if (memos == hashes.length) {
                hashes = Arrays.copyOf(hashes, memos * 2);
                places = Arrays.copyOf(places, memos * 2);
            }
            hashes[memos] = hash;
            places[memos++] = place;
        }

        long records() {
            return 1L + declared.size() + facts.size() + memos;
        }
    }

    private StoreScan(SegmentLog log) {
        this.log = log;
        this.floor = log.start();
        this.expected = log.start();
    }

    /**
     * Scans a log.
     *
     * @throws StorageFailure {@code NEWER_FORMAT} when a newer version wrote it
     */
    static StoreScan of(SegmentLog log, String where) {
        StoreScan scan = new StoreScan(log);
        try {
            scan.run();
        } catch (StoredRecord.NewerFormat newer) {
            throw new StorageFailure(Kind.NEWER_FORMAT, where, newer);
        }
        return scan;
    }

    private void run() throws StoredRecord.NewerFormat {
        List<SegmentLog.Entry> entries = log.read(expected - 1, READ_AT_ONCE);
        while (!entries.isEmpty()) {
            for (SegmentLog.Entry entry : entries) {
                lost += entry.position() - expected;
                expected = entry.position() + 1;
                take(entry);
            }
            entries = log.read(expected - 1, READ_AT_ONCE);
        }
        abandon();
    }

    private void take(SegmentLog.Entry entry) throws StoredRecord.NewerFormat {
        Save current = save;
        if (current != null) {
            current.bytes += entry.bytes().length;
        }
        switch (StoredRecord.parse(entry.bytes())) {
            case null -> foreign++;
            case StoredRecord.Begin begin -> {
                abandon();
                save = new Save(entry.position(), begin);
                save.bytes = entry.bytes().length;
                greatestRevision = Math.max(greatestRevision, begin.revision());
            }
            case StoredRecord.Declared each -> {
                greatestNumber = Math.max(greatestNumber, each.number());
                if (current != null) {
                    current.declared.add(each);
                }
            }
            case StoredRecord.Fact fact -> {
                if (current != null) {
                    current.facts.add(fact);
                }
            }
            case StoredRecord.Memoir memo -> {
                if (current != null) {
                    long place = MemoIndex.place(entry.position(), entry.bytes().length);
                    current.memo(memo.hash(), place);
                }
            }
            case StoredRecord.Commit commit -> {
                greatestRevision = Math.max(greatestRevision, commit.revision());
                end(commit);
            }
        }
    }

    /** Passes over a save that was not completed. */
    private void abandon() {
        if (save != null) {
            lost += save.records();
            bytes += save.bytes;
            save = null;
        }
    }

    private void end(StoredRecord.Commit commit) {
        Save ended = save;
        boolean sound =
                ended != null
                        && ended.begun == commit.begun()
                        && ended.declared.size() == commit.declared()
                        && ended.facts.size() == commit.facts()
                        && (ended.begin.whole() || !broken);
        if (ended == null || !sound) {
            broken = true;
            abandon();
            return;
        }
        save = null;
        if (ended.begin.whole()) {
            forget(ended.begun);
        }
        apply(ended);
        revision = commit.revision();
        saves++;
    }

    private void forget(long begun) {
        declared.clear();
        facts.clear();
        index = new MemoIndex();
        broken = false;
        floor = begun;
        bytes = 0;
    }

    private void apply(Save sound) {
        bytes += sound.bytes;
        sound.declared.forEach(each -> declared.put(each.number(), each));
        for (StoredRecord.Fact fact : sound.facts) {
            Map<Bytes, Bytes> values = facts.computeIfAbsent(fact.input(), _ -> new HashMap<>());
            fact.value()
                    .ifPresentOrElse(
                            value -> values.put(fact.key(), value),
                            () -> values.remove(fact.key())); // law Q34
        }
        for (int i = 0; i < sound.memos; i++) {
            index.put(sound.hashes[i], sound.places[i]);
        }
    }

    /** How long the facts are, about. */
    long factBytes() {
        long sum = 0;
        for (Map<Bytes, Bytes> values : facts.values()) {
            for (Map.Entry<Bytes, Bytes> fact : values.entrySet()) {
                sum += fact.getKey().length() + fact.getValue().length() + FACT_OVERHEAD;
            }
        }
        return sum;
    }

    boolean hasForeign() {
        return foreign > 0;
    }

    Restored restored() {
        Restored.State state =
                saves == 0
                        ? Restored.State.COLD
                        : broken ? Restored.State.OLDER : Restored.State.NEWEST;
        return new Restored(
                state,
                new Revision(revision),
                facts.values().stream().mapToLong(Map::size).sum(),
                index.size(),
                lost,
                foreign);
    }
}
