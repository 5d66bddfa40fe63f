package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.KeyValueStore;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import dev.orrery.testkit.KeptLog;
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
    private final Map<String, KeptLog> outboxes = new HashMap<>();
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
                        name -> outboxes.computeIfAbsent(name, _ -> new KeptLog()),
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
}
