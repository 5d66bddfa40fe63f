package dev.orrery.projection;

import dev.orrery.log.Recorded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one partition under way: every key belongs to the one that its hash says, so each is
 * folded by one thread, in the order of its events, and without a lock. // law P12 — Confined to
 * one thread at a time.
 */
final class FoldPart<E, K, S> {
    private static final System.Logger LOG = System.getLogger(FoldPart.class.getName());

    private final Folding<E, K, S> folding;
    private final Epoch<K, S> epoch;
    private final Map<K, Work<E, K, S>> work = new HashMap<>();
    private final Map<K, Throwable> heldUp = new HashMap<>();
    private final List<Waiting<K>> waiting = new ArrayList<>();
    private final List<K> keys = new ArrayList<>();
    private final List<Recorded<E>> events = new ArrayList<>();
    private int retries;
    private @Nullable Stopped stopped;

    /** A fold that is to stop the projection. */
    record Stopped(Object key, long position, Throwable cause) {}

    FoldPart(Folding<E, K, S> folding, Epoch<K, S> epoch) {
        this.folding = folding;
        this.epoch = epoch;
    }

    /** Has an event folded for a key, behind those given before. */
    void add(K key, Recorded<E> recorded) {
        keys.add(key);
        events.add(recorded);
    }

    /** The keys of what was added. */
    List<K> keys() {
        return keys;
    }

    /** Folds what was added; what is known of its keys is in memory. */
    void fold() {
        for (int i = 0; i < keys.size() && stopped == null; i++) {
            K key = keys.get(i);
            Recorded<E> recorded = events.get(i);
            if (epoch.isParked(key) || isHeldUp(key)) {
                waiting.add(Waiting.behind(key, recorded.position().number())); // law P6
            } else {
                fold(key, recorded, 1);
            }
        }
        keys.clear();
        events.clear();
    }

    private boolean isHeldUp(K key) {
        return !heldUp.isEmpty() && heldUp.containsKey(key);
    }

    /**
     * Folds an event into a key.
     *
     * @param attempt how often it was tried, this time included
     * @return false when it could not be folded and waits, or stops the projection
     */
    boolean fold(K key, Recorded<E> recorded, int attempt) {
        for (int now = attempt; ; now++) {
            epoch.beat();
            try {
                of(key, recorded.position().number()).apply(recorded);
                return true;
            } catch (RuntimeException | StackOverflowError e) {
                retries++;
                switch (folding.answer(recorded, now, e)) {
                    case Fault.Skip _ -> {
                        tell("left out", key, recorded, e);
                        return true;
                    }
                    case Fault.Stop _ -> {
                        stopped = new Stopped(key, recorded.position().number(), e);
                        holdUp(key, recorded, now, e, null); // for a retry by hand
                        return false;
                    }
                    case Fault.Park _ -> {
                        tell("parked", key, recorded, e);
                        holdUp(key, recorded, now, e, null);
                        return false;
                    }
                    case Fault.Retry(Duration after) -> {
                        if (!after.isZero()) {
                            holdUp(key, recorded, now, e, after);
                            return false;
                        }
                    }
                }
            }
        }
    }

    private void tell(String what, K key, Recorded<E> recorded, Throwable cause) {
        LOG.log(
                System.Logger.Level.WARNING,
                "projection {0}: event {1} is {2} for {3}: {4}",
                folding.name(),
                recorded.position(),
                what,
                key,
                cause);
    }

    private void holdUp(
            K key, Recorded<E> recorded, int attempts, Throwable cause, @Nullable Duration after) {
        heldUp.put(key, cause);
        waiting.add(
                new Waiting<>(
                        key,
                        recorded.position().number(),
                        String.valueOf(cause),
                        attempts,
                        after == null ? null : folding.clock().instant().plus(after)));
    }

    /** Has an event wait behind the one that held its key up. */
    void leaveBehind(K key, long number) {
        waiting.add(Waiting.behind(key, number));
    }

    /** What a key's fold threw last. */
    Throwable heldUpBy(K key) {
        return Objects.requireNonNull(heldUp.get(key));
    }

    /**
     * The key under way, which is in memory if it is known, since the event of a number or what was
     * folded before.
     */
    Work<E, K, S> of(K key, long number) {
        Work<E, K, S> known = work.get(key);
        if (known == null) {
            known =
                    new Work<>(
                            folding,
                            key,
                            epoch.inMemory(key),
                            Math.max(number, epoch.position().number()));
            work.put(key, known);
        }
        return known;
    }

    /** The keys that were folded; of some of them the state stayed equal. */
    Collection<Work<E, K, S>> worked() {
        return work.values();
    }

    /** The events that are to wait. */
    List<Waiting<K>> waiting() {
        return waiting;
    }

    int retries() {
        return retries;
    }

    /** What stopped the projection, if something did. */
    @Nullable Stopped stopped() {
        return stopped;
    }
}
