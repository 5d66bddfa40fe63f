package dev.orrery.log;

import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Conflict;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a log: puts waiting requests into groups, and each group into one transaction.
 *
 * <p>Whoever finds the writing lock free writes for everybody who waits; the others find their
 * request settled when their turn comes. Positions are given inside the transaction, of which there
 * is one at a time, so positions follow the order of commits; the head moves after the commit,
 * before anyone is answered. Thread-safe. // laws L1, L2
 */
final class Appends {
    private static final int GROUP_EVENTS = 16_384;

    private final EventTable table;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Consumer<Appended> told;
    private final Consumer<Position> moveHead;
    private final ReentrantLock writing = new ReentrantLock();
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();

    /** An event as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // on its way to the store, compared by nobody
    record Encoded(@Nullable String id, byte[] payload) {}

    /** A row about to be written. */
    record Row(long number, Encoded event) {}

    Appends(
            EventTable table,
            InstantSource clock,
            LongSupplier nanos,
            Consumer<Appended> told,
            Consumer<Position> moveHead) {
        this.table = table;
        this.clock = clock;
        this.nanos = nanos;
        this.told = told;
        this.moveHead = moveHead;
    }

    /** Appends what fits the expectation, durably, and returns the position of the last event. */
    Position append(Expected expected, List<Encoded> events) {
        Request request = new Request(expected, events);
        waiting.add(request);
        writing.lock();
        try {
            while (!request.isSettled()) {
                writeGroup();
            }
        } finally {
            writing.unlock();
        }
        return request.position();
    }

    private void writeGroup() {
        List<Request> requests = nextGroup();
        Instant time = clock.instant().truncatedTo(ChronoUnit.MICROS);
        try {
            Group group = uninterrupted(() -> table.write(rows -> admit(requests, rows, time)));
            tell(requests.getFirst().asked, group);
            moveHead.accept(new Position(table.epoch(), group.end));
            group.answers.forEach(Request::settle);
        } catch (RuntimeException | Error e) {
            requests.forEach(request -> request.fail(e));
        }
    }

    private void tell(long asked, Group group) {
        int count = group.fresh.size();
        if (count > 0) {
            long first = group.end - count + 1;
            told.accept(new Appended(table.name(), first, group.end, asked, nanos.getAsLong()));
        }
    }

    private Group admit(List<Request> requests, EventTable.Rows rows, Instant time) {
        Group admitted = new Group(rows);
        requests.forEach(admitted::admit);
        rows.insert(time, admitted.fresh);
        return admitted;
    }

    /**
     * An interrupt of the one who writes is no concern of the others in the group: the wait begins
     * again.
     */
    private static <T> T uninterrupted(Supplier<T> work) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return work.get();
                } catch (Cancelled e) {
                    interrupted = true;
                    Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<Request> nextGroup() {
        List<Request> requests = new ArrayList<>();
        int events = 0;
        Request next = waiting.poll();
        while (next != null) {
            requests.add(next);
            events += next.events.size();
            next = events < GROUP_EVENTS ? waiting.poll() : null;
        }
        return requests;
    }

    /** The requests of one transaction, admitted one after the other. */
    private final class Group {
        private final EventTable.Rows rows;
        private final List<Row> fresh = new ArrayList<>();
        private final Map<String, Long> freshIds = new HashMap<>();
        private final Map<Request, Answer> answers = new HashMap<>();
        private long end;

        private Group(EventTable.Rows rows) {
            this.rows = rows;
            this.end = rows.end();
        }

        private void admit(Request request) {
            long before = end;
            if (!holds(request.expected) && !isRepetition(request)) {
                answers.put(
                        request,
                        new Answer.Refused(request.expected, new Position(table.epoch(), end)));
                return;
            }
            long last = before;
            for (Encoded event : request.events) {
                Long number = known(event.id());
                last = number == null ? add(event) : number;
            }
            answers.put(request, new Answer.Appended(new Position(table.epoch(), last)));
        }

        private boolean isRepetition(Request request) {
            return !request.events.isEmpty()
                    && request.events.stream().allMatch(event -> known(event.id()) != null);
        }

        private boolean holds(Expected expected) { // law L4
            return switch (expected) {
                case Expected.Any _ -> true;
                case Expected.Empty _ -> end == 0;
                case Expected.At(Position position) ->
                        position.number() == end && position.log().equals(table.epoch());
            };
        }

        private @Nullable Long known(@Nullable String id) { // law L3
            if (id == null) {
                return null;
            }
            Long number = freshIds.get(id);
            return number != null ? number : rows.find(id);
        }

        private long add(Encoded event) {
            end++;
            fresh.add(new Row(end, event));
            if (event.id() != null) {
                freshIds.put(event.id(), end);
            }
            return end;
        }
    }

    private sealed interface Answer {
        record Appended(Position position) implements Answer {}

        record Refused(Expected expected, Position actual) implements Answer {}
    }

    /** What one caller wants appended, and what came of it; guarded by the writing lock. */
    private final class Request {
        private final Expected expected;
        private final List<Encoded> events;
        private final long asked = nanos.getAsLong();
        private @Nullable Answer answer;
        private @Nullable Throwable failure;

        private Request(Expected expected, List<Encoded> events) {
            this.expected = expected;
            this.events = events;
        }

        private boolean isSettled() {
            return answer != null || failure != null;
        }

        private void settle(Answer given) {
            answer = given;
        }

        private void fail(Throwable cause) {
            failure = cause;
        }

        private Position position() {
            switch (failure) {
                case null -> {}
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                default -> throw new IllegalStateException(failure);
            }
            return switch (Objects.requireNonNull(answer)) {
                case Answer.Appended(Position position) -> position;
                case Answer.Refused(Expected wanted, Position actual) ->
                        throw new Conflict("the end of log " + table.name(), wanted, actual);
            };
        }
    }
}
