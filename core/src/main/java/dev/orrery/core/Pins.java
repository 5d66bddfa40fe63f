package dev.orrery.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The revisions that somebody reads at or holds, of one timeline. Thread-safe.
 *
 * <p>Who comes writes down the newest revision and then looks whether it still is the newest;
 * otherwise it writes down the newer one. Who drops what is old reads the newest revision and then
 * what is written down. So either the one sees the other's pin, or the other sees the newer
 * revision: nobody holds a revision below a horizon that was used. // laws C4, C5
 */
final class Pins {
    /** As many threads may read at once without a lock; a power of two. */
    private static final int PLACES = Reading.PLACES;

    /** Places are so far apart that two threads do not write to one cache line. */
    private static final int APART = 16;

    private static final long NONE = Long.MAX_VALUE;
    private static final VarHandle AT = MethodHandles.arrayElementVarHandle(long[].class);

    private final Timeline timeline;
    private final Reading[] readings = new Reading[PLACES];
    private final long[] places = new long[(PLACES + 1) * APART];

    /** How often each revision is held otherwise; guarded by this. */
    private final TreeMap<Long, Integer> held = new TreeMap<>();

    /** The lowest of those; written under the lock. */
    private volatile long lowestHeld = NONE;

    Pins(Timeline timeline) {
        this.timeline = timeline;
        Arrays.fill(places, NONE);
        for (int place = 0; place < PLACES; place++) {
            readings[place] = new Reading(this, place);
        }
    }

    private static int index(int place) {
        return (place + 1) * APART;
    }

    Reading read() {
        long newest = timeline.published();
        int first = (int) Thread.currentThread().threadId();
        for (int i = 0; i < PLACES; i++) {
            int place = (first + i) & (PLACES - 1);
            if (places[index(place)] == NONE && take(place, newest)) {
                long now = timeline.published();
                while (now != newest) {
                    newest = now;
                    AT.setVolatile(places, index(place), newest);
                    now = timeline.published();
                }
                return readings[place].of(newest);
            }
        }
        return new Reading(this, -1).of(hold());
    }

    // A stack that has room to take a place must have room to free it: taking goes deeper.

    private boolean take(int place, long revision) {
        return writeDown(index(place), revision);
    }

    private boolean writeDown(int index, long revision) {
        return compareAndSet(index, revision);
    }

    private boolean compareAndSet(int index, long revision) {
        return AT.compareAndSet(places, index, NONE, revision);
    }

    void end(int place, long revision) {
        if (place >= 0) {
            AT.setRelease(places, (place + 1) * APART, NONE); // what was read was read before
        } else {
            release(revision);
        }
        timeline.released(revision);
    }

    /** Holds the newest revision and returns it. */
    synchronized long hold() {
        long newest = timeline.published();
        add(newest);
        long now = timeline.published();
        while (now != newest) {
            drop(newest);
            newest = now;
            add(newest);
            now = timeline.published();
        }
        return newest;
    }

    /** Holds a revision once more; false when nobody holds it. */
    synchronized boolean holdAgain(long revision) {
        return held.computeIfPresent(revision, (_, count) -> count + 1) != null;
    }

    synchronized void release(long revision) {
        drop(revision);
    }

    private void add(long revision) {
        held.merge(revision, 1, Integer::sum);
        lowestHeld = held.firstKey();
    }

    private void drop(long revision) {
        held.computeIfPresent(revision, (_, count) -> count == 1 ? null : count - 1);
        Map.Entry<Long, Integer> lowest = held.firstEntry();
        lowestHeld = lowest == null ? NONE : lowest.getKey();
    }

    /** The oldest revision that somebody may still read. */
    long horizon() {
        long lowest = timeline.published(); // first
        for (int place = 0; place < PLACES; place++) {
            lowest = Math.min(lowest, (long) AT.getVolatile(places, index(place)));
        }
        return Math.min(lowest, lowestHeld);
    }

    /** Whether somebody holds a revision of the interval {@code [from, until)}. */
    boolean isAnyIn(long from, long until) {
        for (int place = 0; place < PLACES; place++) {
            long revision = (long) AT.getVolatile(places, index(place));
            if (from <= revision && revision < until) {
                return true;
            }
        }
        if (lowestHeld >= until) {
            return false;
        }
        synchronized (this) {
            Long revision = held.ceilingKey(from);
            return revision != null && revision < until;
        }
    }
}
