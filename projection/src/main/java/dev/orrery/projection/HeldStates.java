package dev.orrery.projection;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an epoch that are in memory: all as long as they are not too many, then those that
 * were used lately. Written by one thread at a time, read by any.
 */
final class HeldStates<K, S> {
    /** In place of a bound: everything stays. */
    static final int ALL = Integer.MAX_VALUE;

    private final int most;
    private final Map<K, Held<S>> byKey = new ConcurrentHashMap<>();

    /**
     * Those keys, and some that are gone, once one was left out; the next to be looked at first.
     */
    private final Deque<K> clock = new ArrayDeque<>();

    private volatile boolean isWhole = true;

    HeldStates(int most) {
        this.most = most;
    }

    /** What is in memory of a key. */
    @Nullable Held<S> find(K key) {
        Held<S> known = byKey.get(key);
        if (known != null) {
            known.use();
        }
        return known;
    }

    /** The same by somebody who goes over keys and does not use them. */
    @Nullable Held<S> peek(K key) {
        return byKey.get(key);
    }

    void put(K key, Held<S> held) {
        Held<S> before = byKey.put(key, held);
        if (before != null) {
            held.use();
        } else if (!isWhole) {
            clock.add(key);
        }
    }

    void remove(K key) {
        byKey.remove(key);
    }

    /** Whether everything stored is in memory. */
    boolean isWhole() {
        return isWhole;
    }

    /** Whether more are here than may stay. */
    boolean isFull() {
        return byKey.size() > most;
    }

    boolean hasRoom() {
        return byKey.size() < most;
    }

    int size() {
        return byKey.size();
    }

    void forEach(BiConsumer<? super K, ? super Held<S>> reader) {
        byKey.forEach(reader);
    }

    /** Says that something that is stored was not put here. */
    void leftOut() {
        if (isWhole) {
            clock.addAll(byKey.keySet());
            isWhole = false; // before anything goes
        }
    }

    /** Leaves out what was not used for the longest time. What is here must be stored. */
    void trim() {
        if (isWhole && byKey.size() <= most) {
            return;
        }
        leftOut();
        for (int looks = 2 * clock.size(); clock.size() > most && looks > 0; looks--) {
            K key = clock.remove();
            Held<S> held = byKey.get(key);
            if (held != null && held.takeUse()) {
                clock.add(key);
            } else {
                byKey.remove(key);
            }
        }
    }

    /** Leaves out everything, unless all is to stay. */
    void leaveOutAll() {
        if (most != ALL) {
            leftOut();
            clock.clear();
            byKey.clear();
        }
    }
}
