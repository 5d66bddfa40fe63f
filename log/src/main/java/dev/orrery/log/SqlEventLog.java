package dev.orrery.log;

import dev.orrery.core.Codec;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.StaleCursor;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Subscription;
import dev.orrery.core.Tail;
import dev.orrery.core.Tracking;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An event log in a table, or one stream of it: encodes and decodes, and checks what callers hand
 * in. Thread-safe.
 */
final class SqlEventLog<E> implements EventLog<E> {
    static final int MOST_EVENT_BYTES = 16 << 20;

    private final EventTable table;
    private final Codec<E> codec;
    private final Head head;
    private final Companions<E> companions;
    private final Appends appends;
    private final LongSupplier nanos;
    private final @Nullable String stream;

    SqlEventLog(
            EventTable table,
            Codec<E> codec,
            InstantSource clock,
            LongSupplier nanos,
            Consumer<Appended> told) {
        this.table = table;
        this.codec = codec;
        this.head = new Head(table.end());
        this.companions = new Companions<>(this::recorded);
        this.appends = new Appends(table, clock, nanos, told, head, companions);
        this.nanos = nanos;
        this.stream = null;
        table.listen(head::seen); // also of what was appended since the look at the end
    }

    /** A log narrowed to a stream. */
    private SqlEventLog(SqlEventLog<E> log, String stream) {
        this.table = log.table;
        this.codec = log.codec;
        this.head = log.head;
        this.companions = log.companions;
        this.appends = log.appends;
        this.nanos = log.nanos;
        this.stream = stream;
    }

    @Override
    public String name() {
        return stream == null ? table.name() : table.name() + "/" + stream;
    }

    @Override
    public EventLog<E> stream(String id) {
        if (stream != null) {
            throw new Unsupported("narrow to stream " + id, name());
        }
        NewEvent.requireName("id of a stream", id);
        return new SqlEventLog<>(this, id);
    }

    @Override
    public void join(Companion<E> companion) {
        if (stream != null) {
            throw new Unsupported("take part in appends", name());
        }
        companions.join(companion);
    }

    @Override
    public void leave(Companion<E> companion) {
        companions.leave(companion);
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
        return appends.append(stream, expected, encoded);
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
        long from = mine(after).number();
        List<Recorded<E>> events = page(from, head.now(), max);
        return events.isEmpty() && refreshed() ? page(from, head.now(), max) : events;
    }

    /** The events after a number and up to another, at most some. */
    private List<Recorded<E>> page(long from, long upTo, int max) {
        if (from >= upTo) {
            return List.of();
        }
        List<Recorded<E>> events = new ArrayList<>();
        for (EventTable.Stored stored : stored(from, upTo, max)) {
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

    private List<EventTable.Stored> stored(long from, long upTo, int max) {
        return stream == null
                ? table.read(from, from + Math.min(upTo - from, max))
                : table.read(stream, from, upTo, max);
    }

    private Recorded<E> recorded(Instant time, Appends.Row row) {
        return decode(
                new EventTable.Stored(
                        row.number(), time, row.event().id(), row.stream(), row.event().payload()));
    }

    private Recorded<E> decode(EventTable.Stored stored) {
        Position position = new Position(table.epoch(), stored.number());
        String id = stored.id();
        return new Recorded<>(
                position,
                id == null ? position.text() : id,
                stored.stream(),
                stored.time(),
                codec.decode(stored.payload()));
    }

    private RuntimeException unreadable(long number, RuntimeException cause) {
        String event = "event " + number + " of log " + name();
        Invalid invalid =
                cause instanceof Invalid misfit
                        ? new Invalid(
                                misfit.violations().stream()
                                        .map(violation -> under(event, violation))
                                        .toList())
                        : new Invalid(event, "is a " + codec.type(), cause.getMessage());
        invalid.addSuppressed(cause);
        return invalid;
    }

    private Invalid.Violation under(String event, Invalid.Violation violation) {
        String part = violation.path().isEmpty() ? "" : violation.path() + " ";
        return new Invalid.Violation(
                event,
                "read as " + codec.type() + ": " + part + violation.rule(),
                violation.value());
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
        if (!position.log().equals(table.epoch()) || isBeyondTheEnd(position.number())) {
            throw new StaleCursor(cursor, start());
        }
        return position;
    }

    private boolean isBeyondTheEnd(long number) {
        return number > head.now() && !(refreshed() && number <= head.now());
    }

    /** Looks how far others have appended; false when nobody else can. */
    private boolean refreshed() {
        if (table.isShared()) {
            head.seen(table.end());
        }
        return table.isShared();
    }

    @Override
    public Position start() {
        return new Position(table.epoch(), 0);
    }

    @Override
    public Position head() {
        refreshed();
        long end = head.now();
        return new Position(table.epoch(), stream == null ? end : table.end(stream, end));
    }

    @Override
    public Position cursor(String text) {
        return Position.parse(text);
    }

    @Override
    public Subscription<Recorded<E>> subscribe() {
        return new LogSubscription<>(this::page, head, head(), stream);
    }

    @Override
    public Subscription<Recorded<E>> subscribe(Cursor after) {
        return new LogSubscription<>(this::page, head, mine(after), stream);
    }

    @Override
    public Tail<Recorded<E>> tail(String consumer, Duration lease) {
        NewEvent.requireName("name of a tail", consumer);
        return new LogTail<>(
                table.tail(stream == null ? "" : stream, consumer),
                "tail " + consumer + " of " + this,
                lease,
                nanos,
                table.epoch(),
                this::subscribe);
    }

    @Override
    public String toString() {
        return stream == null ? "log " + name() : "stream " + name();
    }
}
