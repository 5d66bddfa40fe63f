package dev.orrery.channel;

import dev.orrery.core.Codec;
import dev.orrery.core.Key;
import dev.orrery.core.KeyValueStore;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Presence over the processes that share a store: whoever follows a channel of one of them is in
 * the roster of all, one user however many processes it is connected to. // law H13
 *
 * <p>Each process writes who is with it, and a number that grows at each step. A process whose
 * number has not grown for the length of a lease, by the clock of whoever looks, is gone, and those
 * who were with it have left; so no two clocks are ever compared. If it comes back, so do they.
 * Thread-safe.
 */
public final class SharedPresence implements AutoCloseable {
    private static final String ROOT = "presence";
    private static final Codec<Row> ROWS = Codec.of(Row.class);
    private static final int PAGE = 1_000;

    private final Channels channels;
    private final KeyValueStore store;
    private final String process;
    private final Duration lease;
    private final Map<String, Long> told = new HashMap<>();
    private final Map<String, Neighbour> neighbours = new HashMap<>();
    private long beat;
    private boolean closed;

    /** Another process, as it was seen last, and who of it is in our rosters. */
    private static final class Neighbour {
        private long beat = -1;
        private long seenNanos;
        private Map<String, List<PresenceSeat>> here = Map.of();
    }

    /** What the store holds of one process. */
    private static final class Told {
        private long beat = -1;
        private final Map<String, List<PresenceSeat>> here = new TreeMap<>();
    }

    /**
     * Nothing is told yet.
     *
     * @param store shared by the processes; durable or not, since all is told again
     * @param process a name that no other process has, or had
     * @param lease how long a process may be silent before it is taken for gone: a few times as
     *     long as between two steps
     */
    public SharedPresence(Channels channels, KeyValueStore store, String process, Duration lease) {
        this.channels = channels;
        this.store = store;
        this.process = process;
        this.lease = lease;
    }

    /**
     * Tells the others what has changed here, and takes over what they told. To be called again and
     * again; what happens here is seen there after one step of each.
     *
     * @throws OrreryException when the store cannot be used now; the next step makes up for it
     */
    public synchronized void step() {
        if (closed) {
            throw new OrreryException.Closed("the shared presence");
        }
        tell();
        Map<String, Told> all = read();
        checkOwn(all.remove(process));
        long now = channels.now();
        neighbours.keySet().forEach(name -> all.computeIfAbsent(name, _ -> new Told()));
        all.forEach((name, its) -> look(name, its, now));
    }

    private void tell() {
        List<KeyValueStore.Write> writes = new ArrayList<>();
        Map<String, Long> now = new HashMap<>(told);
        for (Channel<?> channel : channels.withPresence()) {
            MessageRing.Here here = channel.ring().here();
            if (here.changes() != told.getOrDefault(channel.name(), 0L)) {
                writes.add(write(channel.name(), here.seats()));
                now.put(channel.name(), here.changes());
            }
        }
        beat++;
        writes.add(new KeyValueStore.Write.Put(key(process, ""), bytes(Row.of("beat", beat))));
        store.apply(writes);
        told.putAll(now);
    }

    private KeyValueStore.Write write(String channel, List<PresenceSeat> seats) {
        byte[] key = key(process, channel);
        return seats.isEmpty()
                ? new KeyValueStore.Write.Delete(key)
                : new KeyValueStore.Write.Put(
                        key,
                        bytes(Row.of("seats", seats.stream().map(SharedPresence::tree).toList())));
    }

    private static List<Object> tree(PresenceSeat seat) {
        return List.of(seat.user(), seat.info(), seat.connection());
    }

    @SuppressWarnings("unchecked") // what tree wrote
    private static PresenceSeat seat(Object tree) {
        List<Object> seat = (List<Object>) tree;
        return new PresenceSeat(
                (String) seat.get(0),
                Map.copyOf((Map<String, Object>) seat.get(1)),
                (String) seat.get(2));
    }

    private static byte[] key(String process, String channel) {
        return Key.of(ROOT, process, channel).bytes();
    }

    private static byte[] bytes(Row row) {
        return ROWS.encode(row);
    }

    private Map<String, Told> read() {
        Map<String, Told> all = new TreeMap<>();
        byte[] from = Key.of(ROOT).bytes();
        byte[] to = Key.of(ROOT + "\0").bytes();
        List<KeyValueStore.Entry> page;
        do {
            page = store.scan(from, to, PAGE);
            for (KeyValueStore.Entry entry : page) {
                List<?> parts = Key.fromBytes(entry.key()).parts();
                take(all, (String) parts.get(1), (String) parts.get(2), ROWS.decode(entry.value()));
                from = Arrays.copyOf(entry.key(), entry.key().length + 1);
            }
        } while (page.size() == PAGE);
        return all;
    }

    private static void take(Map<String, Told> all, String process, String channel, Row row) {
        Told its = all.computeIfAbsent(process, _ -> new Told());
        if (channel.isEmpty()) {
            its.beat = row.integer("beat");
        } else {
            its.here.put(
                    channel,
                    row.list("seats").stream().<PresenceSeat>map(SharedPresence::seat).toList());
        }
    }

    /** Who was taken for gone meanwhile finds its own missing, and tells it again. */
    private void checkOwn(@Nullable Told mine) {
        told.keySet()
                .removeIf(channel ->
                        (mine == null || !mine.here.containsKey(channel)) && !isEmpty(channel));
    }

    private boolean isEmpty(String channel) {
        return channels.withPresence().stream()
                .filter(each -> each.name().equals(channel))
                .allMatch(each -> each.ring().here().seats().isEmpty());
    }

    /** Takes over what a process told, or that it is gone. */
    private void look(String name, Told its, long now) {
        Neighbour neighbour = neighbours.computeIfAbsent(name, _ -> new Neighbour());
        if (its.beat != neighbour.beat) {
            neighbour.beat = its.beat;
            neighbour.seenNanos = now;
        }
        boolean gone = its.beat < 0 || now - neighbour.seenNanos >= lease.toNanos();
        show(neighbour, gone ? Map.of() : its.here);
        if (gone) {
            neighbours.remove(name);
            store.apply(deletes(name, its));
        }
    }

    private static List<KeyValueStore.Write> deletes(String name, Told its) {
        List<KeyValueStore.Write> deletes = new ArrayList<>();
        deletes.add(new KeyValueStore.Write.Delete(key(name, "")));
        its.here
                .keySet()
                .forEach(
                        channel -> deletes.add(new KeyValueStore.Write.Delete(key(name, channel))));
        return deletes;
    }

    private void show(Neighbour neighbour, Map<String, List<PresenceSeat>> told) {
        for (Channel<?> channel : channels.withPresence()) {
            List<PresenceSeat> before = neighbour.here.getOrDefault(channel.name(), List.of());
            List<PresenceSeat> after = told.getOrDefault(channel.name(), List.of());
            if (!after.equals(before)) {
                channel.ring().elsewhere(without(after, before), without(before, after));
            }
        }
        neighbour.here = Map.copyOf(told);
    }

    /** What is left of a list when another is taken from it, one for one. */
    private static List<PresenceSeat> without(List<PresenceSeat> list, List<PresenceSeat> other) {
        List<PresenceSeat> rest = new ArrayList<>(list);
        other.forEach(rest::remove);
        return rest;
    }

    /** Says that this process goes, and forgets who is with the others. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        neighbours.values().forEach(neighbour -> show(neighbour, Map.of()));
        Told mine = new Told();
        told.keySet().forEach(channel -> mine.here.put(channel, List.of()));
        store.apply(deletes(process, mine));
    }
}
