package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.SegmentLog;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link Queries} keep their inputs and results over a restart: a segment log, and in memory
 * the place of each result in it.
 *
 * <p>Opening reads every record once and decodes no result. What is found is all or nothing: the
 * state of the newest save that can be trusted, or nothing, and {@link #restored} says which. Give
 * it to one {@code Queries} over a timeline that begins at {@link #revision} or later, and close it
 * after that one. Opens no thread. Thread-safe.
 */
public final class QueryStore implements AutoCloseable {
    /** How many bytes of results are kept when nobody says otherwise: 1 GiB. */
    public static final long DEFAULT_MEMO_BYTES = 1L << 30;

    /** No record is longer: what a segment log takes. */
    static final int LONGEST_RECORD = SegmentLog.Options.DEFAULT.maxRecordBytes();

    /** Old records may take a quarter of that, within these, before they are dropped. */
    private static final long LEAST_SLACK_BYTES = 4 << 10;

    private static final long GREATEST_SLACK_BYTES = 4 << 20;

    private static final System.Logger LOG = System.getLogger(QueryStore.class.getName());

    private final SegmentLog log;
    private final long memoBytes;
    private final Restored restored;
    private final long greatestRevision;
    private final boolean shortened;
    private final StoredReads reads;

    // guarded by the monitor

    private final Declarations names;
    private final Map<Integer, Map<Bytes, Bytes>> facts;
    private MemoIndex index;
    private long bytes;

    /** The length of facts, when all were written last. */
    private long factBytes;

    private boolean broken;

    private QueryStore(SegmentLog log, String where, long memoBytes) {
        this.log = log;
        this.memoBytes = memoBytes;
        this.reads = new StoredReads(log);
        StoreScan scan = StoreScan.of(log, where);
        this.restored = scan.restored();
        this.greatestRevision = scan.greatestRevision;
        this.shortened = !scan.hasForeign();
        this.names = new Declarations(scan.declared, scan.greatestNumber);
        this.facts = scan.facts;
        this.index = scan.index;
        this.bytes = scan.bytes;
        this.factBytes = scan.factBytes();
        this.broken = scan.broken;
        if (shortened && !broken) {
            log.truncateBefore(scan.floor); // a crash may have come between a commit and this
        }
    }

    /**
     * Opens the store in a directory of its own, made when it is not there, and keeps at most
     * {@link #DEFAULT_MEMO_BYTES} of results.
     *
     * @throws StorageFailure as {@link SegmentLog#open(Path)}, and {@code NEWER_FORMAT} when a
     *     newer version saved here
     */
    public static QueryStore open(Path directory) {
        return open(directory, DEFAULT_MEMO_BYTES);
    }

    /**
     * Opens the store in a directory of its own, made when it is not there.
     *
     * @param memoBytes how many bytes of results are kept, the newest; facts are always kept
     * @throws StorageFailure as {@link SegmentLog#open(Path)}, and {@code NEWER_FORMAT} when a
     *     newer version saved here
     */
    public static QueryStore open(Path directory, long memoBytes) {
        return over(SegmentLog.open(directory), directory.toString(), memoBytes);
    }

    /**
     * A store in a log that nothing else writes to, closed with it.
     *
     * @param memoBytes how many bytes of results are kept, the newest; facts are always kept
     * @throws StorageFailure {@code NEWER_FORMAT} when a newer version saved here
     */
    public static QueryStore over(SegmentLog log, long memoBytes) {
        return over(log, "the log of query results", memoBytes);
    }

    private static QueryStore over(SegmentLog log, String where, long memoBytes) {
        boolean opened = false;
        try {
            QueryStore store = new QueryStore(log, where, memoBytes);
            opened = true;
            return store;
        } finally {
            if (!opened) {
                log.close();
            }
        }
    }

    /** What was found when it was opened. */
    public Restored restored() {
        return restored;
    }

    /** The last revision anything in it tells of: a timeline goes on after it. */
    public Revision revision() {
        return new Revision(greatestRevision);
    }

    /** How many results it holds. */
    public synchronized long memos() {
        return index.size();
    }

    /** How long the records are that it would still need, in bytes, and those it would not. */
    public synchronized long bytes() {
        return bytes;
    }

    /** The memory that the places of results take, in bytes. */
    public synchronized long memoryBytes() {
        return index.memoryBytes();
    }

    /** Lets go of the log. Closing twice is harmless. */
    @Override
    public void close() {
        log.close();
    }

    // names

    /** The number of a query or source as it is defined now: an old one, or a new one. */
    synchronized int number(StoredRecord.Role role, String name, Bytes schema, Bytes code) {
        return names.number(role, name, schema, code);
    }

    /** Numbers of the same query or source, with values of the same form. */
    synchronized List<Integer> formedAs(int number) {
        return names.formedAs(number);
    }

    /** Results under other numbers of a name will not be asked for any more, nor old facts. */
    synchronized void replaceOthers(int number) {
        for (int other : names.namedAs(number)) {
            if (facts(other).isEmpty()) { // facts that do not fit are kept
                names.replace(other);
            }
        }
    }

    /** The numbers under which an input has facts: its own first, then the newest first. */
    synchronized List<Integer> withFacts(int number) {
        return Stream.concat(
                        Stream.of(number),
                        names.namedAs(number).stream().sorted(Comparator.reverseOrder()))
                .filter(each -> !facts(each).isEmpty())
                .toList();
    }

    synchronized Map<Bytes, Bytes> facts(int number) {
        return facts.getOrDefault(number, Map.of());
    }

    /** Whether there are facts of inputs that nobody has defined so far. */
    synchronized boolean hasUnclaimedFacts() {
        return !facts.isEmpty();
    }

    /** The facts under a number are an input's now, which will tell them when it is asked. */
    synchronized void handOver(int number) {
        facts.remove(number);
    }

    // results

    /** The result stored for a query's key; null when there is none that can be read. */
    StoredRecord.@Nullable Remembered find(int query, byte[] key) {
        long hash = StoredRecord.hash(query, key);
        for (int attempt = 0; attempt < 2; attempt++) {
            long place;
            synchronized (this) {
                place = index.find(hash);
            }
            if (place == 0) {
                return null;
            }
            try {
                byte[] record = reads.at(MemoIndex.position(place));
                StoredRecord.Remembered found =
                        record == null ? null : StoredRecord.remembered(query, record);
                return found != null && found.key().equals(Bytes.of(key)) ? found : null;
            } catch (StaleCursor moved) {
                // a save has written it anew and dropped this place: look again
            } catch (StorageFailure unreadable) {
                LOG.log(Level.WARNING, "a stored result is computed anew", unreadable);
                return null;
            }
        }
        return null;
    }

    // saving

    /** Begins a save; one at a time. */
    StoreWriter begin(String epoch, long revision, boolean whole) {
        return new StoreWriter(this, log, new StoredRecord.Begin(epoch, revision, whole));
    }

    /** What writes anew what is needed, into a whole save. */
    Rewriting rewriting(StoreWriter save) {
        return new Rewriting(this, log, save);
    }

    /** Whether the next save must replace everything, since it cannot be built upon. */
    synchronized boolean mustBeWhole() {
        return broken;
    }

    /** Whether it is time to write what is needed anew and drop the rest. */
    synchronized boolean isWorthRewriting() {
        long slack = Math.clamp(memoBytes / 4, LEAST_SLACK_BYTES, GREATEST_SLACK_BYTES);
        return bytes > 2 * (index.bytes() + factBytes) + slack || index.bytes() > memoBytes + slack;
    }

    /** What must be declared before a number can be used: nothing when it has been. */
    synchronized StoredRecord.@Nullable Declared undeclared(int number) {
        return names.undeclared(number);
    }

    /** What a whole save must write again. */
    record Needed(
            List<StoredRecord.Declared> names,
            Map<Integer, Map<Bytes, Bytes>> unclaimed,
            long oldestMemo) {}

    /**
     * All names, the facts of inputs that nobody has defined so far, and where results within the
     * budget begin.
     */
    synchronized Needed needed() {
        return new Needed(names.all(), new HashMap<>(facts), index.oldestWithin(memoBytes));
    }

    /** Whether a record is the newest of its result, of a query that is not replaced. */
    synchronized boolean isNeeded(StoredRecord.Memoir memo, SegmentLog.Entry entry) {
        return index.find(memo.hash()) == MemoIndex.place(entry.position(), entry.bytes().length)
                && !names.isReplaced(memo.query());
    }

    /** A save is durable. */
    void committed(StoreWriter save) {
        synchronized (this) {
            if (save.isWhole()) {
                index = new MemoIndex();
                bytes = 0;
                factBytes = save.factBytes();
                broken = false;
            }
            names.written(save.numbers(), save.isWhole());
            bytes += save.bytes();
            save.forEachMemo(index::put);
        }
        if (save.isWhole() && shortened) {
            log.truncateBefore(save.begun()); // law Q36
        }
    }

    /** A save was given up; what it wrote is passed over. */
    synchronized void abandoned(StoreWriter save) {
        bytes += save.bytes();
    }

    static void requireWithin(byte[] record) {
        if (record.length > LONGEST_RECORD) {
            throw new LimitExceeded("bytes of a fact", LONGEST_RECORD, record.length);
        }
    }
}
