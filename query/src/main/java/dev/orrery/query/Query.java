package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import java.time.Duration;
import java.util.Map;

/**
 * A function of one key whose results are remembered, and computed again only when something they
 * read has changed in value. Thread-safe.
 *
 * <p>Called outside a query it answers as of the newest revision; inside a query's body, or a
 * snapshot, as of theirs. Inside the work of a commit it answers as of the newest published
 * revision, which does not have that commit's writes.
 */
public interface Query<K, V> {
    /** The name it was defined under. */
    String name();

    /**
     * The value for a key.
     *
     * @throws OrreryException.UserFailure when the body threw
     * @throws OrreryException.Cycle when the key is part of a circle
     * @throws OrreryException.Cancelled when the thread is interrupted; nothing is remembered then
     */
    V of(K key);

    /** The value for a key, or the failure that {@link #of} would throw. */
    Outcome<V> outcome(K key);

    /** The function with its key given: asked again and again it need not be looked up. */
    SingleQuery<V> with(K key);

    /**
     * The value for a key, waited for no longer than a limit. It is computed on a thread of its
     * own, for all who ask for it at this revision: it goes on as long as anybody waits for it, and
     * is stopped without a trace when the last of them gives up. Refused inside a query or
     * snapshot, whose answers do not depend on the time.
     *
     * @param limit when it is not positive, the value is given if it is there, and nothing begun
     * @throws OrreryException.TimedOut when it is not there in time
     * @throws OrreryException.Cancelled when the thread is interrupted; that is giving up, too
     */
    V ask(K key, Duration limit);

    /**
     * The value of a key, then the latest after each commit that changed it: skips, never queues. A
     * failure is thrown by {@link Subscription#next()}, and the watch stays usable.
     */
    Subscription<V> watch(K key);

    /** As {@link #watch}, with failures as values. */
    Subscription<Outcome<V>> watchOutcome(K key);

    /**
     * Has the body run again for a key, though nothing that is tracked has changed: the result is
     * in doubt from a revision of its own on, and an equal one spares its readers. Inside a commit
     * it is part of that; inside a query it is refused.
     */
    void forget(K key);

    /** Why the key's result was computed, or was not. */
    Explanation explain(K key);

    /** What the remembered result rests on, as far as the bounds go; nothing is computed. */
    Dependencies dependencies(K key, Dependencies.Bounds bounds);

    /** What was done for each key, of at most so many of those that were ever asked for. */
    Map<K, PerKey> perKey(int most);

    /** What was done for this query's keys. */
    Statistics statistics();
}
