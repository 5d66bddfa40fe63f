package dev.orrery.projection;

import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.log.EventLogs;
import dev.orrery.projection.Rig.Step;
import dev.orrery.projection.Rig.Trace;
import dev.orrery.sql.Database;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Processes' worth of log and projections over one PostgreSQL schema. */
final class Nodes {
    static final Duration SOON = Duration.ofSeconds(60);

    /** No test waits for it to end. */
    static final Duration LONG_LEASE = Duration.ofMinutes(1);

    static final Duration SHORT_LEASE = Duration.ofMillis(600);
    private static final int KEPT = 200_000;
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    private final DataSource source;

    Nodes(Path directory) {
        source = RealPostgres.of(directory);
    }

    Nodes(DataSource source) {
        this.source = source;
    }

    /** One that counts what it folds. */
    Node node(Duration lease) {
        return node(lease, _ -> {}, traces -> traces);
    }

    Node node(Duration lease, Consumer<Step> beforeEach, Definition definition) {
        Node node = new Node(KEPT, lease, beforeEach, definition);
        node.projections.start();
        return node;
    }

    /** One that has read what is stored and neither folds nor follows, and keeps few changes. */
    Node opened(int changesKept, Definition definition) {
        return new Node(changesKept, LONG_LEASE, _ -> {}, definition);
    }

    /** What a node's definition is made of the usual one. */
    interface Definition {
        Projection<Step, String, Trace> of(Projection<Step, String, Trace> traces);
    }

    /** One process's worth. */
    final class Node implements AutoCloseable {
        final Database database = Database.open(source, THREADS);
        final AtomicInteger folds = new AtomicInteger();
        final Timeline timeline = Timeline.startingAt("node", Projections.lastRevision(database));
        final EventLog<Step> log =
                new EventLogs(database, InstantSource.system(), new SplittableRandom())
                        .open("steps", Step.class);
        final Projections projections;
        final LiveProjection<String, Trace> traces;

        private Node(
                int changesKept, Duration lease, Consumer<Step> beforeEach, Definition definition) {
            projections =
                    new Projections(
                            timeline,
                            database,
                            THREADS,
                            InstantSource.system(),
                            new Projections.Options(changesKept, 4096, lease));
            traces =
                    projections.run(
                            log,
                            definition.of(
                                    Projection.of("traces", Step.class)
                                            .key(String.class, Step::key)
                                            .state(Trace.class, Trace.NONE)
                                            .fold((trace, step) -> {
                                                folds.incrementAndGet();
                                                beforeEach.accept(step);
                                                return trace.then(step);
                                            })));
        }

        boolean isFolding() {
            return traces.status() instanceof ProjectionStatus.Following;
        }

        boolean standsBy() {
            return traces.status() instanceof ProjectionStatus.StandingBy;
        }

        Node folding() {
            Waits.until(this::isFolding);
            return this;
        }

        @Override
        public void close() {
            projections.close();
            database.close();
        }
    }
}
