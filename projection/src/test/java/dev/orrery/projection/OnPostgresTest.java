package dev.orrery.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.log.EventLogs;
import dev.orrery.log.Position;
import dev.orrery.sql.Database;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Projections over a log in PostgreSQL, to which another process appends too. */
@Timeout(120) // seconds: a fault shows as a failure, not as a build that hangs
class OnPostgresTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    @TempDir Path directory;

    private Database database() {
        return Database.open(RealPostgres.of(directory), THREADS);
    }

    private static EventLog<Rig.Step> steps(Database database) {
        return new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                .open("steps", Rig.Step.class);
    }

    private static Projections projections(Database database) {
        Projections projections =
                new Projections(
                        Timeline.startingAt("rig", Projections.lastRevision(database)),
                        database,
                        THREADS,
                        InstantSource.system());
        projections.start();
        return projections;
    }

    @Test
    void whatIsAppendedInAnotherProcessIsFoldedHereInTheOrderOfItsCommits() { // X15, X17
        try (Database here = database();
                Database there = database();
                Projections folding = projections(here)) {
            EventLog<Rig.Step> log = steps(here);
            LiveProjection<String, Rig.Trace> traces = folding.run(log, Rig.TRACES);
            EventLog<Rig.Step> other = steps(there);
            Rig.Trace expected = Rig.Trace.NONE;
            for (int i = 0; i < 200; i++) {
                Rig.Step step = new Rig.Step("k", i);
                (i % 3 == 0 ? log : other).append(step);
                expected = expected.then(step);
            }
            assertThat(traces.atLeast(log.head(), SOON).require("k")).isEqualTo(expected);
        }
    }

    @Test
    void statesAndTheirPositionOutliveTheProcess() { // X01
        Rig.Trace expected = Rig.Trace.NONE;
        for (int life = 0; life < 3; life++) {
            try (Database database = database();
                    Projections folding = projections(database)) {
                EventLog<Rig.Step> log = steps(database);
                LiveProjection<String, Rig.Trace> traces = folding.run(log, Rig.TRACES);
                Rig.Step step = new Rig.Step("k", life);
                log.appendAll(List.of(step, new Rig.Step("other", life)));
                expected = expected.then(step);
                assertThat(traces.atLeast(log.head(), SOON).require("k")).isEqualTo(expected);
            }
        }
    }

    /** An edit moves no position, so it is not by its position that who folds there finds it. */
    @Test
    void whatIsEditedInOneProcessIsFoldedOnInTheOther() { // law P2
        Rig.Trace edited = new Rig.Trace(100, 5, List.of());
        try (Database here = database();
                Database there = database();
                Projections other = projections(there)) {
            EventLog<Rig.Step> log = steps(there);
            LiveProjection<String, Rig.Trace> others = other.run(log, Rig.TRACES);
            try (Projections folding = projections(here)) {
                LiveProjection<String, Rig.Trace> traces = folding.run(steps(here), Rig.TRACES);
                Position first = log.append(new Rig.Step("k", 1));
                traces.atLeast(first, SOON);
                others.atLeast(first, SOON);
                traces.edit("k", edited);
            }
            Rig.Step step = new Rig.Step("k", 2);
            Position second = log.append(step);
            assertThat(others.atLeast(second, SOON).require("k")).isEqualTo(edited.then(step));
            assertThat(others.read("k").version()).isEqualTo(3);
        }
    }
}
