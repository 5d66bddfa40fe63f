package dev.orrery;

import dev.orrery.channel.Outgoing;
import dev.orrery.core.Cursor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what sessions hand to their sockets, each entry once, whoever is first; what the engine
 * tells of itself is not counted. Thread-safe.
 */
final class SentBytes implements Outgoing {
    private static final String ENGINE = "engine:";
    private static final int NUMBERINGS_KEPT = 4_096;

    private final CommitNotes notes;
    private final EngineClock clock;
    private final LongAdder bytes = new LongAdder();
    private final Map<Numbering, Long> newest =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Numbering, Long> eldest) {
                    return size() > NUMBERINGS_KEPT;
                }
            };

    private record Numbering(String channel, String epoch) {}

    SentBytes(CommitNotes notes, EngineClock clock) {
        this.notes = notes;
        this.clock = clock;
    }

    long total() {
        return bytes.sum();
    }

    @Override
    public void sent(String channel, Cursor place, int size) {
        if (channel.startsWith(ENGINE)
                || !(place instanceof Cursor.Numbered numbered)
                || !isFirst(channel, numbered)) {
            return;
        }
        bytes.add(size);
        notes.sent(new SentEntry(channel, numbered, size, clock.nanos()));
    }

    private boolean isFirst(String channel, Cursor.Numbered place) {
        synchronized (newest) {
            Numbering numbering = new Numbering(channel, place.epoch());
            Long before = newest.get(numbering);
            if (before != null && before >= place.offset()) {
                return false;
            }
            newest.put(numbering, place.offset());
            return true;
        }
    }
}
