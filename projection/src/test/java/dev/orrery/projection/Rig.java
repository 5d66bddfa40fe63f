package dev.orrery.projection;

import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.log.EventLogs;
import dev.orrery.sql.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One process's worth of log and projections over a directory; closing and opening again is a
 * restart.
 */
final class Rig implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(30);

    /** Something that happened to a key. */
    record Step(String key, int value) {}

    /** A state that shows every event and their order. */
    record Trace(long count, long digest, List<Integer> last) {
        static final Trace NONE = new Trace(0, 7, List.of());

        Trace then(Step step) {
            List<Integer> longer = new java.util.ArrayList<>(last);
            longer.add(step.value());
            return new Trace(
                    count + 1,
                    digest * 31 + step.value(),
                    List.copyOf(longer.size() > 3 ? longer.subList(1, 4) : longer));
        }
    }

    static final Projection<Step, String, Trace> TRACES =
            Projection.of("traces", Step.class)
                    .key(String.class, Step::key)
                    .state(Trace.class, Trace.NONE)
                    .fold(Trace::then);

    final Database database;
    final Timeline timeline;
    final EventLog<Step> log;
    final Projections projections;

    Rig(Path directory) {
        this(directory, Projections.Options.DEFAULT);
    }

    Rig(Path directory, int changesKept) {
        this(directory, new Projections.Options(changesKept, 4096));
    }

    Rig(Path directory, Projections.Options options) {
        database = Database.open(directory.resolve("orrery.db"));
        timeline = Timeline.startingAt("rig", Projections.lastRevision(database));
        log =
                new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                        .open("steps", Step.class);
        projections =
                new Projections(
                        timeline,
                        database,
                        Thread.ofVirtual().name("fold-", 0).factory(),
                        InstantSource.system(),
                        options);
        projections.start();
    }

    LiveProjection<String, Trace> traces() {
        return projections.run(log, TRACES);
    }

    @Override
    public void close() {
        projections.close();
        database.close();
    }
}
