package dev.orrery;

import dev.orrery.log.Appended;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * When the newest events were handed over and durable. Appending threads add, without waiting for
 * anybody; one thread looks.
 */
final class AppendTimes {
    private static final int KEPT = 2_048;

    private final Queue<Appended> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<String, TreeMap<Long, Appended>> known = new HashMap<>();

    /** Notes an append; the oldest gives way when nobody looks. */
    void add(Appended appended) {
        arrived.add(appended);
        if (waiting.incrementAndGet() > KEPT && arrived.poll() != null) {
            waiting.decrementAndGet();
        }
    }

    /** The times of the event at a position, if they are still known. */
    Optional<Appended> of(String log, long position) {
        take();
        TreeMap<Long, Appended> times = known.get(log);
        Map.Entry<Long, Appended> entry = times == null ? null : times.ceilingEntry(position);
        return entry != null && entry.getValue().first() <= position
                ? Optional.of(entry.getValue())
                : Optional.empty();
    }

    private void take() {
        for (Appended next = arrived.poll(); next != null; next = arrived.poll()) {
            waiting.decrementAndGet();
            TreeMap<Long, Appended> times = known.computeIfAbsent(next.log(), _ -> new TreeMap<>());
            times.put(next.last(), next);
            if (times.size() > KEPT) {
                times.pollFirstEntry();
            }
        }
    }
}
