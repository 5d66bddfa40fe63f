package dev.orrery.graph;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a graph that is not open: kept in order, durable when they return, until they are
 * drained into it. Thread-safe; one process holds a buffer at a time.
 *
 * <p>Draining gives each of them to the graph as it would be written now, once, whatever the moment
 * of a crash: before a write is made the buffer notes which entry it will be, and when it goes on
 * after a crash it looks whether that is there.
 */
public final class OperationBuffer implements AutoCloseable { // law G57
    private static final System.Logger LOG = System.getLogger(OperationBuffer.class.getName());

    private static final byte WRITE = 1;
    private static final byte REMOVE_NODE = 2;
    private static final byte REMOVE_EDGE = 3;
    private static final byte BEGUN = 4;
    private static final byte DONE = 5;
    private static final int READ_RECORDS = 1_024;

    private final SegmentLog log;
    private final EntryCodec codec = new EntryCodec();
    private final ArrayDeque<Buffered> waiting = new ArrayDeque<>();
    private final List<Long> unread = new ArrayList<>();
    private @Nullable Begun begun;

    /**
     * A write that waits.
     *
     * @param kind {@code WRITE}, or whose removal it is
     */
    private record Buffered(long position, byte kind, Operation operation) {}

    /** Which entry the first write that waits will be, or is. */
    private record Begun(long position, long sequence, String author) {}

    private OperationBuffer(SegmentLog log) {
        this.log = log;
        long place = log.start() - 1;
        List<SegmentLog.Entry> records = log.read(place, READ_RECORDS);
        while (!records.isEmpty()) {
            records.forEach(this::take);
            records = log.read(records.getLast().position(), READ_RECORDS);
        }
    }

    /**
     * Opens the buffer in a directory, creating both when they are not there.
     *
     * @throws OrreryException.StorageFailure when the directory cannot be used
     * @throws Unsupported when a newer version wrote into it
     */
    public static OperationBuffer open(Path directory) {
        return on(SegmentLog.open(directory));
    }

    /** A buffer in a log, which is closed with it. */
    static OperationBuffer on(SegmentLog log) {
        boolean opened = false;
        try {
            OperationBuffer buffer = new OperationBuffer(log);
            opened = true;
            return buffer;
        } finally {
            if (!opened) {
                log.close();
            }
        }
    }

    /** Takes in a record, or notes that it says nothing. */
    private void take(SegmentLog.Entry entry) {
        try {
            read(entry);
        } catch (Invalid
                | BufferUnderflowException unreadable) { // it passed the check of its bytes
            LOG.log(
                    System.Logger.Level.ERROR,
                    "record " + entry.position() + " of an operation buffer cannot be read",
                    unreadable);
            unread.add(entry.position());
        }
    }

    private void read(SegmentLog.Entry entry) {
        ByteBuffer record = ByteBuffer.wrap(entry.bytes());
        byte kind = record.hasRemaining() ? record.get() : 0;
        switch (kind) {
            case WRITE, REMOVE_NODE, REMOVE_EDGE ->
                    waiting.add(
                            new Buffered(
                                    entry.position(), kind, codec.decodeOperation(rest(record))));
            case BEGUN ->
                    begun =
                            new Begun(
                                    record.getLong(),
                                    record.getLong(),
                                    new String(rest(record), StandardCharsets.UTF_8));
            case DONE -> forget(record.getLong());
            default -> throw new Unsupported("read records of kind " + kind, "this version");
        }
    }

    private static byte[] rest(ByteBuffer record) {
        byte[] rest = new byte[record.remaining()];
        record.get(rest);
        return rest;
    }

    private void forget(long position) {
        while (!waiting.isEmpty() && waiting.getFirst().position <= position) {
            waiting.remove();
        }
        begun = null;
    }

    // ---- writing

    /** A node is to be there; see {@link Graph#addNode}. */
    public void addNode(String type, String id, Row properties) {
        add(WRITE, new Operation.AddNode(id, type, properties));
    }

    /** An edge is to be there; see {@link Graph#addEdge}. */
    public void addEdge(String type, String id, String from, String to, Row properties) {
        add(WRITE, new Operation.AddEdge(id, type, from, to, properties));
    }

    /** A property is to have a value; see {@link Graph#set(String, String, Object)}. */
    public void set(String id, String property, @Nullable Object value) {
        add(WRITE, new Operation.Set(id, property, Row.of(property, value).value(property)));
    }

    /** A property is to be gone. */
    public void unset(String id, String property) {
        add(WRITE, new Operation.Unset(id, property));
    }

    /** A node is to be gone, as it is known when this is drained. */
    public void removeNode(String id) {
        add(REMOVE_NODE, new Operation.Remove(id, new TreeMap<>()));
    }

    /** An edge is to be gone, as it is known when this is drained. */
    public void removeEdge(String id) {
        add(REMOVE_EDGE, new Operation.Remove(id, new TreeMap<>()));
    }

    private synchronized void add(byte kind, Operation operation) {
        byte[] bytes = codec.encode(operation);
        ByteBuffer record = ByteBuffer.allocate(1 + bytes.length).put(kind).put(bytes);
        waiting.add(new Buffered(log.append(record.array()), kind, operation));
    }

    // ---- reading

    /** What waits, in order; reading drains nothing. A removal says only what is to be removed. */
    public synchronized List<Operation> operations() {
        return waiting.stream().map(Buffered::operation).toList();
    }

    /** How many wait. */
    public synchronized int size() {
        return waiting.size();
    }

    /** Where the disk has damaged what waited; that is lost, and the others are drained. */
    public List<SegmentLog.Damage> damage() {
        return log.damage();
    }

    /** The places of records that the disk did not damage and that say nothing all the same. */
    public List<Long> unread() {
        return List.copyOf(unread);
    }

    /** How many bytes of an interrupted write were cut from the end when this was opened. */
    public long cutBytes() {
        return log.cutBytes();
    }

    // ---- draining

    /**
     * Gives everything that waits to a graph, in order, and returns how many were given now. The
     * buffer is empty then.
     *
     * @throws UserFailure when the graph refuses one; it names which, counted from 1 among those
     *     that waited. Those before are given, it and those behind it wait on
     */
    public synchronized int drain(Graph graph) {
        if (!(graph instanceof LocalGraph local)) {
            throw new Unsupported("drain into " + graph.name(), "a replica in this process");
        }
        int drained = 0;
        while (!waiting.isEmpty()) {
            Buffered next = waiting.getFirst();
            if (!isThere(local.inside(), next)) {
                give(local.inside(), next, drained + 1);
            }
            local.flush(); // what is done is durable there before it is forgotten here
            drained++;
            done(next);
        }
        log.truncateBefore(log.end() + 1);
        return drained;
    }

    private boolean isThere(Replica replica, Buffered next) {
        Begun noted = begun;
        return noted != null
                && noted.position == next.position
                && replica.locked(() -> replica.written(noted.author, noted.sequence))
                        .filter(entry -> isOf(next, entry.operation()))
                        .isPresent();
    }

    private static boolean isOf(Buffered next, Operation written) {
        return next.kind == WRITE
                ? written.equals(next.operation)
                : written instanceof Operation.Remove(String id, _)
                        && next.operation instanceof Operation.Remove(String wanted, _)
                        && id.equals(wanted);
    }

    private void give(Replica replica, Buffered next, int place) {
        try {
            replica.writeAll(() -> {
                begin(next, replica.author(), replica.index().newest(replica.author()) + 1);
                return List.of(
                        next.kind == WRITE
                                ? next.operation
                                : replica.removal(
                                        ((Operation.Remove) next.operation).id(),
                                        next.kind == REMOVE_EDGE));
            });
        } catch (Invalid | OrreryException.Missing | OrreryException.Conflict refused) {
            throw new UserFailure("buffered write ", place + ": " + next.operation, refused);
        }
    }

    private void begin(Buffered next, String author, long sequence) {
        byte[] name = author.getBytes(StandardCharsets.UTF_8);
        log.append(
                ByteBuffer.allocate(1 + 2 * Long.BYTES + name.length)
                        .put(BEGUN)
                        .putLong(next.position)
                        .putLong(sequence)
                        .put(name)
                        .array());
        begun = new Begun(next.position, sequence, author);
    }

    private void done(Buffered next) {
        log.append(ByteBuffer.allocate(1 + Long.BYTES).put(DONE).putLong(next.position).array());
        forget(next.position);
    }

    @Override
    public void close() {
        log.close();
    }
}
