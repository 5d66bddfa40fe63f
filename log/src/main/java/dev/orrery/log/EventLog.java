package dev.orrery.log;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.Subscription;
import dev.orrery.core.Tail;
import java.time.Duration;
import java.util.List;

/**
 * Facts in commit order, kept: appended at the end, read after any place, followed as they come.
 *
 * <p>Positions count from one without holes, in the order in which appends became durable: a reader
 * that has seen a position will never meet a smaller one it has not seen. An append that returned
 * is on disk. Appends of several threads share one transaction where they meet. Thread-safe.
 *
 * <p>As a feed it loses nothing: a subscriber of any speed gets every event after its cursor, also
 * after a restart. A cursor of another life of the log is a {@code StaleCursor}. An event that
 * cannot be read back ends the subscription with an error that names its position; the events
 * before it are handed out first.
 *
 * <p>A {@link #stream} is the same log, narrowed to the events appended through it: they keep the
 * log's positions, in which there are then holes.
 *
 * <p>Where the database is shared, other processes may append too; readers here are woken by their
 * appends as well. An append that fails with {@code Unavailable} because the server was lost may
 * have been kept: repeat it under an id.
 *
 * <p>Appending inside a commit or a query is {@code Unsupported}: the position of an event is known
 * when its own transaction commits.
 */
public interface EventLog<E> extends Feed<Recorded<E>> {
    /** What the log is called; a stream's name is the log's, a slash, and its id. */
    String name();

    /**
     * The events of one thing: the same log, narrowed. What is appended to it belongs to the stream
     * and to the log; what is expected of its end is expected of the stream's newest event.
     *
     * @param id names the stream within the log: not blank, at most 512 characters
     * @throws dev.orrery.core.OrreryException.Unsupported of a stream
     */
    EventLog<E> stream(String id);

    /** Appends an event and returns its position. */
    Position append(E event);

    /** Appends events next to each other, all or none, and returns the position of the last one. */
    Position appendAll(List<? extends E> events);

    /**
     * Appends an event unless its id is in the log already; either way returns the position it has.
     */
    Position append(NewEvent<? extends E> event);

    /**
     * Appends an event if the log ends where the caller expects it to. An id that is in the log
     * already is answered with its position, whatever was expected, so that a repeated request
     * succeeds again.
     *
     * @throws dev.orrery.core.OrreryException.Conflict if it ends elsewhere
     */
    Position append(Expected expected, NewEvent<? extends E> event);

    /**
     * Appends events next to each other, all or none, if the log ends where the caller expects it
     * to. Events whose id is in the log already are left out; when all are, nothing is expected of
     * the log.
     *
     * @return the position of the last event given; the end of the log when none was
     * @throws dev.orrery.core.OrreryException.Conflict if it ends elsewhere
     */
    Position appendAll(Expected expected, List<? extends NewEvent<? extends E>> events);

    /**
     * The events after a position, in order, as many as are there up to a bound.
     *
     * @param max the most to return, at least one; fewer may come though more are there, none only
     *     at the end
     */
    List<Recorded<E>> read(Position after, int max);

    /** Has somebody take part in every append made here, until it leaves. */
    void join(Companion<E> companion);

    /** Ends what {@link #join} began: appends that begin from here on go without it. */
    void leave(Companion<E> companion);

    /** The place before the first event. */
    Position start();

    /** The place at the newest event, which is durable; {@link #start} without any. */
    @Override
    Position head();

    @Override
    Position cursor(String text);

    /** Follows what is appended from now on. */
    @Override
    Subscription<Recorded<E>> subscribe();

    /** Follows every event after a place. */
    @Override
    Subscription<Recorded<E>> subscribe(Cursor after);

    /**
     * Follows under a name, from what was acknowledged under it last, at first from the start. One
     * reader at a time has the name, in whatever process; others wait in {@code next}.
     *
     * @param consumer the name, unique within the log or the stream: at most 512 characters
     * @param lease how long the reader may be silent, that is neither wait for events nor
     *     acknowledge, before another one may take over
     */
    Tail<Recorded<E>> tail(String consumer, Duration lease);
}
