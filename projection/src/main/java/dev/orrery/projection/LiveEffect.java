package dev.orrery.projection;

import dev.orrery.log.Position;
import java.time.Duration;
import java.util.List;

/**
 * An effect at work. It stores what it has handled: after a restart it goes on from there, and
 * repeats at most what was under way. Thread-safe.
 *
 * @param <K> what its events are kept in order by
 */
public interface LiveEffect<K> {
    /** Names the effect. */
    String name();

    /** Everything up to here is handled: done, left out, or waiting by key. */
    Position position();

    /**
     * How far the position is behind the log: how many events are not handled, and how old the
     * oldest of them is.
     */
    Lag lag();

    /** What it is doing. */
    EffectStatus status();

    /**
     * Waits until everything up to a position is handled, then returns this.
     *
     * @throws dev.orrery.core.OrreryException.TimedOut when it is not within the time
     * @throws dev.orrery.core.OrreryException.Unavailable when it has failed
     * @throws dev.orrery.core.OrreryException.Closed when it was closed
     */
    LiveEffect<K> atLeast(Position position, Duration timeout);

    /** The parked keys, in the order of their first waiting events. */
    List<Parked<K>> parked();

    /**
     * Has the waiting events of a key tried again from now on, in order, be it parked or waiting
     * for a later moment. Returns when that is stored, not when it is done.
     *
     * @throws dev.orrery.core.OrreryException.Missing when nothing waits for this key
     */
    void retry(K key);

    /**
     * Leaves out the first waiting event of a key, for ever, then does as {@link #retry} with those
     * behind it.
     *
     * @throws dev.orrery.core.OrreryException.Missing when nothing waits for this key
     */
    void skip(K key);

    /** What was done since it was run, and what waits. */
    Totals totals();

    /**
     * What an effect did and what waits. Immutable.
     *
     * @param done events whose effect was done since it was run
     * @param faults attempts that threw since it was run
     * @param skipped events left out since it was run
     * @param retryingKeys keys whose first waiting event is tried again by itself
     * @param parkedKeys keys that wait for somebody to decide
     * @param waitingEvents events that wait for those keys, in all
     */
    record Totals(
            long done,
            long faults,
            long skipped,
            long retryingKeys,
            long parkedKeys,
            long waitingEvents) {}
}
