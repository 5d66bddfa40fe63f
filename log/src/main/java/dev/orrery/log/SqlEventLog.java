package dev.orrery.log;

import dev.orrery.core.Codec;
import dev.orrery.core.Cursor;
import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Subscription;
import dev.orrery.core.Tracking;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An event log in a table: encodes and decodes, checks what callers hand in, and keeps the head.
 * Thread-safe.
 */
final class SqlEventLog<E> implements EventLog<E> {
    static final int MOST_EVENT_BYTES = 16 << 20;

    private final EventTable table;
    private final Codec<E> codec;
    private final Latest<Position> heads;
    private final Appends appends;

    SqlEventLog(
            EventTable table,
            Codec<E> codec,
            InstantSource clock,
            LongSupplier nanos,
            Consumer<Appended> told) {
        this.table = table;
        this.codec = codec;
        this.heads = new Latest<>(table.epoch(), new Position(table.epoch(), table.end()));
        this.appends = new Appends(table, clock, nanos, told, heads::set);
    }

    @Override
    public String name() {
        return table.name();
    }

    /** Moves after each commit of an append. */
    Latest<Position> heads() {
        return heads;
    }

    // appending

    @Override
    public Position append(E event) {
        return append(Expected.any(), NewEvent.of(event));
    }

    @Override
    public Position appendAll(List<? extends E> events) {
        return appendAll(Expected.any(), events.stream().map(NewEvent::of).toList());
    }

    @Override
    public Position append(NewEvent<? extends E> event) {
        return append(Expected.any(), event);
    }

    @Override
    public Position append(Expected expected, NewEvent<? extends E> event) {
        return appendAll(expected, List.of(event));
    }

    @Override
    public Position appendAll(Expected expected, List<? extends NewEvent<? extends E>> events) {
        refuseInsideAScope();
        List<Appends.Encoded> encoded = new ArrayList<>(events.size());
        for (NewEvent<? extends E> event : events) {
            encoded.add(new Appends.Encoded(newId(event.id()), encode(event.event())));
        }
        return appends.append(expected, encoded);
    }

    private void refuseInsideAScope() {
        switch (Tracking.scope()) {
            case null -> {}
            case Tracking.Frame _ ->
                    throw new Unsupported("append to " + name(), "a query or snapshot");
            case Tracking.Scope _ -> throw new Unsupported("append to " + name(), "a commit");
        }
    }

    /** An id in the form of a position is the id of the event there, which has no other. */
    private @Nullable String newId(@Nullable String id) {
        if (id != null && id.startsWith(table.epoch() + ":")) {
            throw new Invalid("event id", "does not begin like a position of log " + name(), id);
        }
        return id;
    }

    private byte[] encode(E event) {
        byte[] payload = codec.encode(Objects.requireNonNull(event));
        if (payload.length > MOST_EVENT_BYTES) {
            throw new LimitExceeded(
                    "bytes of an event in log " + name(), MOST_EVENT_BYTES, payload.length);
        }
        return payload;
    }

    // reading

    @Override
    public List<Recorded<E>> read(Position after, int max) {
        if (max < 1) {
            throw new Invalid("max", "is at least 1", max);
        }
        Position from = mine(after);
        Position head = head();
        if (from.number() >= head.number()) {
            return List.of();
        }
        List<Recorded<E>> events = new ArrayList<>();
        for (EventTable.Stored stored :
                table.read(from.number(), Math.min(head.number() - from.number(), max))) {
            try {
                events.add(decode(stored));
            } catch (RuntimeException e) {
                if (events.isEmpty()) { // law L6
                    throw unreadable(stored.number(), e);
                }
                break;
            }
        }
        return events;
    }

    private Recorded<E> decode(EventTable.Stored stored) {
        Position position = new Position(table.epoch(), stored.number());
        String id = stored.id();
        return new Recorded<>(
                position,
                id == null ? position.text() : id,
                stored.time(),
                codec.decode(stored.payload()));
    }

    private RuntimeException unreadable(long number, RuntimeException cause) {
        Invalid invalid =
                new Invalid(
                        "event " + number + " of log " + name(),
                        "decodes as " + codec,
                        cause.getMessage());
        invalid.addSuppressed(cause);
        return invalid;
    }

    private Position mine(Cursor cursor) { // law L5
        Position position =
                switch (cursor) {
                    case Position given -> given;
                    case Cursor.Numbered numbered ->
                            new Position(numbered.epoch(), numbered.offset());
                    default ->
                            throw new Invalid(
                                    "cursor", "was given out by log " + name(), cursor.text());
                };
        if (!position.log().equals(table.epoch()) || !head().atLeast(position)) {
            throw new StaleCursor(cursor, start());
        }
        return position;
    }

    @Override
    public Position start() {
        return new Position(table.epoch(), 0);
    }

    @Override
    public Position head() {
        return heads.now();
    }

    @Override
    public Position cursor(String text) {
        return Position.parse(text);
    }

    @Override
    public Subscription<Recorded<E>> subscribe() {
        return new LogSubscription<>(this, head());
    }

    @Override
    public Subscription<Recorded<E>> subscribe(Cursor after) {
        return new LogSubscription<>(this, mine(after));
    }

    @Override
    public String toString() {
        return "log " + name();
    }
}
