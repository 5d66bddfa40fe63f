package dev.orrery.examples.flights;

import dev.orrery.channel.Outgoing;
import dev.orrery.core.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** When each message of a channel was handed to a socket, by the server's clock. Thread-safe. */
final class SentMessages implements Outgoing {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Outgoing others;
    private final Map<String, List<Long>> nanos = new ConcurrentHashMap<>();

    SentMessages(Outgoing others) {
        this.others = others;
    }

    @Override
    public void sent(String channel, Cursor place, int bytes) {
        long now = System.nanoTime();
        List<Long> times = nanos.computeIfAbsent(channel, _ -> new ArrayList<>());
        synchronized (times) {
            times.add(now);
        }
        others.sent(channel, place, bytes);
    }

    /** The channels that were sent anything. */
    List<String> channels() {
        return nanos.keySet().stream().sorted().toList();
    }

    /** How many messages were sent, within how much time. */
    record Rate(long messages, double seconds, long inBusiestSecond) {}

    Rate of(String channel) {
        List<Long> times;
        synchronized (nanos.get(channel)) {
            times = List.copyOf(nanos.get(channel));
        }
        int most = 0;
        int from = 0;
        for (int at = 0; at < times.size(); at++) {
            while (times.get(at) - times.get(from) >= SECOND) {
                from++;
            }
            most = Math.max(most, at - from + 1);
        }
        return new Rate(times.size(), (times.getLast() - times.getFirst()) / (double) SECOND, most);
    }
}
