package dev.orrery.projection;

import dev.orrery.core.Feed;
import dev.orrery.core.Relation;
import dev.orrery.core.Update;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A projection at work: its states as a relation, kept up to date with its log.
 *
 * <p>States, their recent versions and the position in the log change in one stored transaction and
 * become visible in one commit of the timeline after it. What a reader sees is therefore always
 * durable. Each event counts once, whatever happens to the process. Thread-safe.
 */
public interface LiveProjection<K, S> extends Relation<K, S> {
    /**
     * Waits until the events up to a position are folded, then returns this, so that any read can
     * follow: reading one's own writes.
     *
     * @throws dev.orrery.core.OrreryException.TimedOut when they are not within the time
     * @throws dev.orrery.core.OrreryException.Unavailable when this projection has failed or was
     *     stopped
     */
    LiveProjection<K, S> atLeast(Position position, Duration timeout);

    /**
     * The state of a key and how fresh it is; for telling a person or a wire, so it is no
     * dependency of a query, and refused in one.
     *
     * @throws dev.orrery.core.OrreryException.Missing without such a state
     * @throws dev.orrery.core.OrreryException.Unavailable when nobody can say, since stored states
     *     do not decode and are being folded anew
     */
    Reading<S> read(K key);

    /**
     * The states of one key: the whole first, then each one that followed, versions without a gap.
     * Durable: a cursor from before a restart is answered with exactly the states missed, or with
     * the whole when they are more than is kept or the epoch is another. A key without a state has
     * its initial one as version zero, and again after it was removed. Of a {@link DeltaProjection}
     * only the newest state is known, so each update is a whole.
     */
    Feed<Update<S, S>> states(K key);

    /**
     * The newest event folded into what is served; the beginning while stored states that do not
     * decode are folded anew.
     */
    Position position();

    /** How far what is served is behind the log. */
    Lag lag();

    /** Names the life of the version numbers: another after a rebuild. */
    String epoch();

    /** What it is doing. */
    ProjectionStatus status();

    /** What it did since it was made live. */
    Statistics statistics();

    // rebuilding

    /**
     * Folds all events anew into an epoch beside the one that is served, which goes on meanwhile;
     * once it is nearly as far, it is served instead in one transaction and one commit. What was
     * served is kept until {@link #forgetPrevious} or the next rebuild. Interrupted by a restart it
     * goes on by itself when the projection is run again. One that is under way already is answered
     * as it is.
     */
    Rebuild rebuild();

    /** The rebuild that is under way, or the last one since this was made live. */
    Optional<Rebuild> rebuilding();

    /**
     * Serves the states again that were served before the last rebuild, brought up to date first;
     * undone again in the same way.
     *
     * @throws dev.orrery.core.OrreryException.Missing when they are not kept
     * @throws dev.orrery.core.OrreryException.Unsupported when they are of another version: running
     *     that version does the same
     */
    Rebuild undoRebuild();

    /** Drops the states that were served before the last rebuild. */
    void forgetPrevious();

    // parked keys

    /** The keys that stand still because their fold threw, in the order in which it did. */
    List<Parked<K>> parked();

    /** The events that wait for a parked key, in order; the first is the one that threw. */
    List<? extends Recorded<?>> waiting(K key);

    /**
     * Folds the waiting events of a parked key, in order.
     *
     * @throws dev.orrery.core.OrreryException.UserFailure when the fold throws again: what was
     *     folded before stays folded, the rest stays parked
     * @throws dev.orrery.core.OrreryException.Missing when the key is not parked
     */
    void retry(K key);

    /**
     * Leaves out the event that could not be folded, for ever, then does as {@link #retry} with
     * those behind it.
     */
    void skip(K key);

    /**
     * Puts a state in place of what was folded, as the next version of the key. A parked key stays
     * so: {@link #retry} and {@link #skip} go on from that state.
     */
    void edit(K key, S state);
}
