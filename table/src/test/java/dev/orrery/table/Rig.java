package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.KeyValueStore;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A live table over an unreliable source, with storage that survives its restarts. */
final class Rig implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(10);

    /** The rows of the tests. */
    record City(String id, String name, Long people) {}

    final MemoryTable source =
            MemoryTable.of("cities", Schema.of(City.class).required("name").maxLength("name", 30));
    final Unreliable driver = new Unreliable(source.table());
    private final KeyValueStore cache = KeyValueStore.inMemory();
    private final Map<String, Surviving> outboxes = new HashMap<>();
    private final UnaryOperator<Live.Options> options;
    Timeline timeline = Timeline.startingAt("none", new Revision(0));
    LiveTable<String, City> cities;

    Rig(UnaryOperator<Live.Options> options, City... rows) {
        this.options = options;
        for (City row : rows) {
            source.table().insert(Row.from(row));
        }
        this.cities = open();
    }

    Rig(City... rows) {
        this(UnaryOperator.identity(), rows);
    }

    private LiveTable<String, City> open() {
        timeline = Timeline.startingAt("rig", new Revision(timeline.now().number()));
        LiveTables tables =
                LiveTables.over(
                        timeline,
                        cache,
                        name ->
                                outboxes.computeIfAbsent(
                                        name, _ -> new Surviving(SegmentLog.inMemory())),
                        Thread.ofPlatform().daemon().factory(),
                        InstantSource.system());
        Live.Options standard =
                Live.of(driver.table())
                        .pollEvery(Duration.ofMillis(5))
                        .retry(Duration.ofMillis(1), Duration.ofMillis(4));
        return tables.open(options.apply(standard).as(String.class, City.class));
    }

    void restart() {
        cities.close();
        cities = open();
    }

    /** Waits until nothing is pending and the source has been asked since. */
    void rest() {
        cities.settle(SOON);
        cities.refresh(SOON);
    }

    /** Somebody else's write. */
    void foreign(String id, Row fields) {
        source.table().patch(Key.of(id), fields);
    }

    List<City> atTheSource() {
        return source.table().list(City.class).stream()
                .sorted(java.util.Comparator.comparing(City::id))
                .toList();
    }

    @Override
    public void close() {
        cities.close();
    }

    /** A log that a closing table does not take away, as a directory would not. */
    private record Surviving(SegmentLog log) implements SegmentLog {
        @Override
        public long append(byte[] record) {
            return log.append(record);
        }

        @Override
        public long appendAll(List<byte[]> records) {
            return log.appendAll(records);
        }

        @Override
        public List<Entry> read(long after, int max) {
            return log.read(after, max);
        }

        @Override
        public long start() {
            return log.start();
        }

        @Override
        public long end() {
            return log.end();
        }

        @Override
        public void truncateBefore(long position) {
            log.truncateBefore(position);
        }

        @Override
        public List<Damage> damage() {
            return log.damage();
        }

        @Override
        public void close() {
            // kept for the next opening
        }
    }
}
