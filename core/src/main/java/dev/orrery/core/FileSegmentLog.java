package dev.orrery.core;

import dev.orrery.core.OrreryException.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The segment log on files.
 *
 * <p>Thread-safe.
 */
final class FileSegmentLog implements SegmentLog {
    /*
     * Overview. A directory holds segment files, named by the first position in them, and a lock file. The newest
     * segment is the active one; the others are sealed and never written again.
     *
     * Group commit. Appends are carried in groups (see GroupCommit): one of them, the flusher, writes all that wait
     * behind the active segment, forces once and publishes the new end. So there is one writer at a time, no thread of
     * the log's own, and as many records per force as arrived during the last one.
     *
     * Reading. The view (segments, end, length of the active file) is one immutable value, replaced after the force.
     * Readers take it once and open the files they need for themselves: no lock is shared with the writer, an interrupted
     * reader closes nobody's file but its own, and a file dropped under its hands is noticed because the view has changed.
     *
     * Failure. When a write fails, the active file is cut back to its durable length and the appends concerned fail; the
     * log goes on. When the force fails, or the cutting back, nobody knows what the disk holds: the log refuses every
     * further append, reading goes on, and opening it again tells the truth.
     *
     * Recovery. Segments are created whole (see SegmentFile.create) and the older one is forced first, so only the newest
     * can have a torn tail: what follows its last good record is cut off. A newest segment whose header is damaged is not
     * cut, it is sealed as it is: it may not be ours to cut.
     */
    private static final String LOCK_FILE = "lock";
    private static final int BUFFER_BYTES = 256 << 10;
    private static final long READ_BYTES = 8 << 20;

    /** Not the position of a record. */
    private static final long NOWHERE = -1;

    private final Path directory;
    private final Options options;
    private final SegmentFile.Opener opener;
    private final long cutBytes;
    private final ProcessLock processLock;
    private final ConcurrentSkipListSet<Damage> damage =
            new ConcurrentSkipListSet<>(
                    Comparator.comparingLong(Damage::first)
                            .thenComparing(Damage::file)
                            .thenComparingLong(Damage::offset));

    private final GroupCommit<Append> appends;
    private volatile boolean closed;

    /** Replaced by the flusher and by truncation, read by everybody. */
    private final AtomicReference<SegmentView> view;

    /** Once set, no append can succeed: the disk's state is unknown. */
    private volatile @Nullable IOException broken;

    /* Confined to the flusher. */
    private @Nullable ByteBuffer buffer;
    private SegmentFile active;

    /** One caller's records on their way to the disk, and what came of them. */
    private static final class Append {
        final List<byte[]> records;

        /** Whether the segment is to end behind them. */
        final boolean seals;

        long last = NOWHERE;
        @Nullable IOException failure;

        Append(List<byte[]> records, boolean seals) {
            this.records = records;
            this.seals = seals;
        }
    }

    private FileSegmentLog(
            Path directory,
            Options options,
            SegmentFile.Opener opener,
            ProcessLock processLock,
            Recovery found) {
        this.directory = directory;
        this.options = options;
        this.opener = opener;
        this.processLock = processLock;
        this.view =
                new AtomicReference<>(
                        new SegmentView(found.segments(), found.end(), found.activeBytes()));
        this.active = found.active();
        this.damage.addAll(found.damage());
        this.cutBytes = found.cutBytes();
        this.appends = new GroupCommit<>("segment log " + directory, this::flush);
    }

    static FileSegmentLog open(Path directory, Options options, SegmentFile.Opener opener) {
        ProcessLock processLock = ProcessLock.hold(directory, LOCK_FILE); // law C46
        boolean opened = false;
        try {
            FileSegmentLog log =
                    SegmentFile.uninterrupted(() ->
                            new FileSegmentLog(
                                    directory,
                                    options,
                                    opener,
                                    processLock,
                                    Recovery.run(directory, opener)));
            opened = true;
            return log;
        } catch (IOException e) {
            throw failure(directory, e);
        } finally {
            if (!opened) {
                processLock.close();
            }
        }
    }

    @Override
    public long append(byte[] record) {
        return appendAll(List.of(record));
    }

    @Override
    public long appendAll(List<byte[]> records) {
        for (byte[] record : records) {
            requireWithin(options, record);
        }
        if (records.isEmpty()) {
            return end();
        }
        return carryOut(new Append(records, false)).last;
    }

    private Append carryOut(Append append) {
        appends.carryOut(append);
        if (append.failure != null) {
            throw failure(directory, append.failure);
        }
        return append;
    }

    @Override
    public List<Entry> read(long after, int max) {
        while (true) {
            SegmentView seen = readable();
            if (after < seen.start() - 1) {
                throw stale(after, seen.start());
            }
            try {
                return SegmentFile.uninterrupted(() -> read(seen, after, max));
            } catch (NoSuchFileException e) {
                if (view.get().start() == seen.start()) {
                    throw failure(directory, e);
                }
                // dropped under our hands by truncateBefore: look again
            } catch (IOException e) {
                throw failure(directory, e);
            }
        }
    }

    @Override
    public long start() {
        return readable().start();
    }

    @Override
    public long end() {
        return readable().end();
    }

    @Override
    public void truncateBefore(long position) {
        readable();
        List<Segment> dropped = view.getAndUpdate(seen -> seen.from(position)).before(position);
        if (dropped.isEmpty()) {
            return;
        }
        try {
            SegmentFile.uninterrupted(() -> {
                for (Segment segment : dropped) { // oldest first: a crash leaves no hole
                    Files.deleteIfExists(segment.file());
                }
                SegmentFile.forceDirectory(directory);
                return dropped;
            });
        } catch (IOException e) {
            throw failure(directory, e);
        }
    }

    @Override
    public void seal() {
        carryOut(new Append(List.of(), true));
    }

    @Override
    public List<Damage> damage() {
        return List.copyOf(damage);
    }

    @Override
    public long cutBytes() {
        return cutBytes;
    }

    @Override
    public void close() {
        closed = true;
        if (!appends.close()) {
            return;
        }
        try (processLock) {
            active.close();
        } catch (IOException e) {
            throw failure(directory, e);
        }
    }

    /** Refuses a record that is too long, before anything is done with it. */
    static void requireWithin(Options options, byte[] record) { // law C47
        if (record.length > options.maxRecordBytes()) {
            throw new OrreryException.LimitExceeded(
                    "record bytes", options.maxRecordBytes(), record.length);
        }
    }

    static OrreryException.StaleCursor stale(long after, long start) {
        return new OrreryException.StaleCursor(
                new Cursor.Numbered("position", Math.max(0, after)),
                new Cursor.Numbered("position", start - 1));
    }

    static StorageFailure failure(Path where, IOException e) {
        String message = String.valueOf(e.getMessage());
        boolean full = message.contains("No space left") || message.contains("quota exceeded");
        return new StorageFailure(
                full ? StorageFailure.Kind.FULL : StorageFailure.Kind.UNREADABLE,
                where.toString(),
                e);
    }

    // ---- reading

    private SegmentView readable() {
        if (closed) {
            throw new OrreryException.Closed("segment log " + directory);
        }
        return view.get();
    }

    private List<Entry> read(SegmentView seen, long after, int max) throws IOException {
        List<Entry> entries = new ArrayList<>();
        Segment.Range range = new Segment.Range(after, max, READ_BYTES, entries);
        for (int i = seen.indexOf(after + 1);
                i < seen.segments().size() && after < seen.end();
                i++) {
            Segment segment = seen.segments().get(i);
            boolean newest = segment == seen.newest();
            long last = newest ? seen.end() : seen.segments().get(i + 1).first() - 1;
            if (!newest) {
                segment.scanSealed(last, damage::add);
            }
            if (!segment.read(
                    range, last, newest ? seen.activeBytes() : segment.size(), damage::add)) {
                break;
            }
        }
        return entries;
    }

    // ---- appending

    /** Carries a group to the disk; those whose records did not get there learn why. */
    private void flush(List<Append> group) {
        Throwable failure = null;
        try {
            write(group);
        } catch (Throwable e) { // whatever it was, the others must not think they are stored
            failure = e;
        }
        long end = view.get().end();
        for (Append each : group) {
            boolean stored = each.last != NOWHERE && each.last <= end;
            if (!stored || (each.seals && failure != null)) {
                each.failure =
                        failure instanceof IOException e
                                ? e
                                : new IOException("append failed", failure);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    private void write(List<Append> group) throws IOException {
        if (broken != null) {
            throw new IOException(
                    "an earlier write left the disk in doubt; open the log again", broken);
        }
        List<byte[]> records = new ArrayList<>();
        long last = view.get().end();
        for (Append each : group) {
            records.addAll(each.records);
            last += each.records.size();
            each.last = last;
        }
        int done = 0;
        while (done < records.size()) {
            int fitting = fitting(records, done);
            if (fitting == 0) {
                roll();
            } else {
                writeAndForce(records.subList(done, done + fitting));
                done += fitting;
            }
        }
        if (group.stream().anyMatch(each -> each.seals) && !isActiveEmpty()) {
            roll();
        }
    }

    private boolean isActiveEmpty() {
        return view.get().activeBytes() == SegmentFormat.HEADER_BYTES;
    }

    /**
     * How many of the records go into the active segment; an empty segment takes one of any length.
     */
    private int fitting(List<byte[]> records, int from) {
        long bytes = view.get().activeBytes();
        int count = 0;
        for (byte[] record : records.subList(from, records.size())) {
            boolean empty = bytes == SegmentFormat.HEADER_BYTES;
            bytes += SegmentFormat.RECORD_HEADER_BYTES + record.length;
            if (bytes > options.segmentBytes() && !empty) {
                break;
            }
            count++;
        }
        return count;
    }

    private void writeAndForce(List<byte[]> records) throws IOException {
        SegmentView before = view.get();
        try {
            SegmentFile.uninterrupted(() -> write(records, before));
        } catch (IOException e) {
            cutBack(before.activeBytes());
            throw e;
        }
        try {
            SegmentFile.uninterrupted(this::forceActive); // law C40
        } catch (IOException e) {
            broken = e;
            throw e;
        }
        long offset = before.activeBytes();
        long position = before.end();
        for (byte[] record : records) {
            before.newest().note(++position, offset);
            offset += SegmentFormat.RECORD_HEADER_BYTES + record.length;
        }
        long end = position;
        long bytes = offset;
        view.updateAndGet(seen -> new SegmentView(seen.segments(), end, bytes));
    }

    private int write(List<byte[]> records, SegmentView before) throws IOException {
        reopenActive();
        ByteBuffer full = buffer();
        long offset = before.activeBytes();
        long position = before.end();
        for (byte[] record : records) {
            if (full.remaining() < SegmentFormat.RECORD_HEADER_BYTES) {
                offset = drain(full, offset);
            }
            SegmentFormat.putRecordHeader(full, ++position, record);
            for (int done = 0; done < record.length; ) {
                if (!full.hasRemaining()) {
                    offset = drain(full, offset);
                }
                int chunk = Math.min(full.remaining(), record.length - done);
                full.put(record, done, chunk);
                done += chunk;
            }
        }
        drain(full, offset);
        return records.size();
    }

    /** Empty, and made when first needed: a log that is only read takes none. */
    private ByteBuffer buffer() {
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        }
        return buffer.clear();
    }

    private long drain(ByteBuffer full, long offset) throws IOException {
        int count = full.flip().remaining();
        active.write(full, offset);
        full.clear();
        return offset + count;
    }

    private SegmentFile forceActive() throws IOException {
        reopenActive();
        active.force();
        return active;
    }

    /** After an interrupt closed it. */
    private void reopenActive() throws IOException {
        if (!active.isOpen()) {
            active = opener.open(view.get().newest().file());
        }
    }

    private void cutBack(long bytes) { // law C52
        try {
            SegmentFile.uninterrupted(() -> {
                reopenActive();
                active.truncate(bytes);
                return active;
            });
        } catch (IOException e) {
            broken = e;
        }
    }

    /** Seals the active segment and begins the next; all of the old one has been forced. */
    private void roll() throws IOException {
        long first = view.get().end() + 1;
        Path file = directory.resolve(SegmentFormat.fileName(first));
        try {
            Segment next = SegmentFile.uninterrupted(() -> Segment.create(directory, first));
            SegmentFile opened = SegmentFile.uninterrupted(() -> opener.open(file));
            active.close();
            active = opened;
            view.updateAndGet(seen -> seen.and(next));
        } catch (IOException e) {
            // A segment that exists but is not in use would hide what went on being written to the
            // older one.
            if (Files.exists(file)) {
                broken = e;
            }
            throw e;
        }
    }
}
