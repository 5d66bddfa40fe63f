package dev.orrery.log;

import dev.orrery.core.OrreryException.Conflict;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one caller wants appended, and what came of it. Settled by the thread that writes, read by
 * the caller's.
 */
final class AppendRequest {
    private final @Nullable String stream;
    private final Expected expected;
    private final List<Appends.Encoded> events;
    private final long asked;
    private final Thread caller;
    private volatile @Nullable Outcome outcome;

    /** What came of a request. */
    sealed interface Outcome {
        /** All of it is in the log; the last event is at a position. */
        record Appended(Position position) implements Outcome {}

        /** The end was not where it was expected, and nothing was appended. */
        record Refused(Position actual) implements Outcome {}

        /** The transaction failed, and nothing was appended. */
        record Failed(Throwable cause) implements Outcome {}
    }

    AppendRequest(
            @Nullable String stream,
            Expected expected,
            List<Appends.Encoded> events,
            long asked,
            Thread caller) {
        this.stream = stream;
        this.expected = expected;
        this.events = events;
        this.asked = asked;
        this.caller = caller;
    }

    @Nullable String stream() {
        return stream;
    }

    Expected expected() {
        return expected;
    }

    List<Appends.Encoded> events() {
        return events;
    }

    /** When it was asked for, by the clock for intervals. */
    long asked() {
        return asked;
    }

    boolean isSettled() {
        return outcome != null;
    }

    /** Sleeps until woken, perhaps for nothing. */
    void sleep() {
        LockSupport.park(this);
    }

    void wake() {
        LockSupport.unpark(caller);
    }

    void settle(Outcome came) {
        outcome = came;
        wake();
    }

    void fail(Throwable cause) {
        settle(new Outcome.Failed(cause));
    }

    /** The position of the last event, once this is settled. */
    Position answer(EventTable table) {
        return switch (outcome) {
            case null -> throw new IllegalStateException("law L2: answered before it was written");
            case Outcome.Appended(Position position) -> position;
            case Outcome.Refused(Position actual) ->
                    throw new Conflict("the end of " + target(table), expected, actual);
            case Outcome.Failed(RuntimeException exception) -> throw exception;
            case Outcome.Failed(Error error) -> throw error;
            case Outcome.Failed(Throwable cause) -> throw new IllegalStateException(cause);
        };
    }

    private String target(EventTable table) {
        return stream == null
                ? "log " + table.name()
                : "stream " + stream + " of log " + table.name();
    }
}
