package dev.orrery.graph;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.SegmentLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of things, beside a graph: numbers by source and time, durable when they are
 * appended, and gone when they are older than they are kept. They are no part of the graph: nothing
 * of them is synced or has a history.
 *
 * <p>What is kept is also in memory. Thread-safe; one process holds a directory at a time.
 */
public final class ObservationLog implements AutoCloseable { // law G58
    private static final Codec<Kept> CODEC = Codec.of(Kept.class);
    private static final int SOURCE_CHARACTERS = 1_024;
    private static final int READ_RECORDS = 4_096;
    private static final int DROP_EVERY = 10_000;

    private final SegmentLog log;
    private final Duration age;
    private final InstantSource clock;
    private final Map<String, TreeMap<Place, Observation>> bySource = new TreeMap<>();
    private int sinceDrop;

    /**
     * A number of a source at a time.
     *
     * @param source what it is of; not empty, at most 1,024 characters
     * @param value finite
     * @param labels whatever else is to be known of it
     */
    public record Observation(
            String source, Instant time, double value, Map<String, String> labels) {
        public Observation {
            if (source.isEmpty() || source.length() > SOURCE_CHARACTERS) {
                throw new Invalid("source", "has 1 to 1,024 characters", source.length());
            }
            if (!Double.isFinite(value)) {
                throw new Invalid("value", "is finite", value);
            }
            labels = Map.copyOf(labels);
        }

        /** Without labels. */
        public Observation(String source, Instant time, double value) {
            this(source, time, value, Map.of());
        }
    }

    /** A record of the log. */
    sealed interface Kept {
        /** Something was observed. */
        record Observed(Observation observation) implements Kept {}

        /** What was before a time is gone. */
        record Truncated(Instant before) implements Kept {}
    }

    /** In the order of time, and of arrival within one time. */
    private record Place(Instant time, long position) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::time).thenComparingLong(Place::position);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }

        /** Before everything of a time. */
        static Place before(Instant time) {
            return new Place(time, 0);
        }
    }

    private ObservationLog(SegmentLog log, Duration age, InstantSource clock) {
        this.log = log;
        this.age = age;
        this.clock = clock;
        List<SegmentLog.Entry> records = log.read(log.start() - 1, READ_RECORDS);
        while (!records.isEmpty()) {
            records.forEach(record -> take(record.position(), CODEC.decode(record.bytes())));
            records = log.read(records.getLast().position(), READ_RECORDS);
        }
        expire();
    }

    /**
     * Opens the log in a directory, creating both when they are not there.
     *
     * @param age how long an observation is kept, by its own time
     * @throws dev.orrery.core.OrreryException.StorageFailure when the directory cannot be used
     */
    public static ObservationLog open(Path directory, Duration age, InstantSource clock) {
        return on(SegmentLog.open(directory), age, clock);
    }

    /** In a log, which is closed with it. */
    static ObservationLog on(SegmentLog log, Duration age, InstantSource clock) {
        if (age.isNegative() || age.isZero()) {
            log.close();
            throw new Invalid("age", "is above zero", age);
        }
        boolean opened = false;
        try {
            ObservationLog observations = new ObservationLog(log, age, clock);
            opened = true;
            return observations;
        } finally {
            if (!opened) {
                log.close();
            }
        }
    }

    private void take(long position, Kept kept) {
        switch (kept) {
            case Kept.Observed(Observation observation) ->
                    bySource.computeIfAbsent(observation.source(), _ -> new TreeMap<>())
                            .put(new Place(observation.time(), position), observation);
            case Kept.Truncated(Instant before) -> remove(before);
        }
    }

    private long remove(Instant before) {
        long removed = 0;
        for (TreeMap<Place, Observation> each : bySource.values()) {
            SortedMap<Place, Observation> old = each.headMap(Place.before(before));
            removed += old.size();
            old.clear();
        }
        bySource.values().removeIf(Map::isEmpty);
        return removed;
    }

    private void expire() {
        remove(clock.instant().minus(age));
    }

    // ---- writing

    /** Appends an observation; durable when this returns. Times may come in any order. */
    public void append(Observation observation) {
        appendAll(List.of(observation));
    }

    /** Appends observations together; all are durable when this returns. */
    public synchronized void appendAll(Collection<Observation> observations) {
        if (observations.isEmpty()) {
            return;
        }
        List<byte[]> records = new ArrayList<>(observations.size());
        observations.forEach(each -> records.add(CODEC.encode(new Kept.Observed(each))));
        long position = log.appendAll(records) - records.size();
        for (Observation each : observations) {
            take(++position, new Kept.Observed(each));
        }
        sinceDrop += records.size();
        if (sinceDrop >= DROP_EVERY) {
            drop();
        }
    }

    /** Removes what was before a time, of every source, and returns how many that were. */
    public synchronized long truncate(Instant before) {
        expire();
        log.append(CODEC.encode(new Kept.Truncated(before)));
        long removed = remove(before);
        drop();
        return removed;
    }

    /** Lets go of the segments in which nothing is kept any more. */
    private void drop() {
        expire();
        sinceDrop = 0;
        long oldest = log.end() + 1;
        for (TreeMap<Place, Observation> each : bySource.values()) {
            for (Place place : each.keySet()) {
                oldest = Math.min(oldest, place.position);
            }
        }
        log.truncateBefore(oldest);
    }

    // ---- reading

    /** The observations of a source in {@code [from, until)}, in the order of time. */
    public synchronized List<Observation> between(String source, Instant from, Instant until) {
        expire();
        TreeMap<Place, Observation> all = bySource.get(source);
        return all == null || !from.isBefore(until)
                ? List.of()
                : List.copyOf(all.subMap(Place.before(from), Place.before(until)).values());
    }

    /** The newest observation of a source, by time. */
    public synchronized Optional<Observation> latest(String source) {
        expire();
        @Nullable TreeMap<Place, Observation> all = bySource.get(source);
        return all == null ? Optional.empty() : Optional.of(all.lastEntry().getValue());
    }

    /** The sources of which something is kept, sorted. */
    public synchronized Set<String> sources() {
        expire();
        return new TreeSet<>(bySource.keySet());
    }

    /** How many observations are kept. */
    public synchronized long size() {
        expire();
        return bySource.values().stream().mapToLong(Map::size).sum();
    }

    /** Where the disk has damaged something; that is lost, and nothing else. */
    public List<SegmentLog.Damage> damage() {
        return log.damage();
    }

    @Override
    public void close() {
        log.close();
    }
}
