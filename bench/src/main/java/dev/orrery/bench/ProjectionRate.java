package dev.orrery.bench;

import dev.orrery.Orrery;
import dev.orrery.examples.flights.Delays;
import dev.orrery.examples.flights.Flight;
import dev.orrery.log.EventLog;
import dev.orrery.projection.Projection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Events per second through the durable projection {@code delays}: 20,000 flights that are in the
 * log already, until the last one's state is stored and visible.
 *
 * <p>Beside it, through the JDBC driver alone, rows made beforehand, so that the peer neither reads
 * nor decodes nor folds nor encodes: those the projection writes, a state per key and transaction
 * and the changes; and one upsert of a state for each event, as one does by hand.
 */
final class ProjectionRate {
    static final Projection<Flight, String, Delays> DELAYS =
            Projection.of("delays", Flight.class)
                    .key(String.class, Flight::origin)
                    .state(Delays.class, Delays.NONE)
                    .fold(Delays::plus);

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final double GOAL = 0.8;

    private final Workplace place;

    ProjectionRate(Workplace place) {
        this.place = place;
    }

    List<Figure> measure(Effort effort, Progress progress) throws Exception {
        int rounds = effort.either(5, 21);
        List<Flight> flights = Flight.all();
        progress.say("  projection: %,d flights, %d rounds".formatted(flights.size(), rounds));
        PlainEach each =
                PlainEach.of(flights, Flight::origin, Delays.class, Delays.NONE, Delays::plus);
        Samples orrery = new Samples();
        Samples sameRows = new Samples();
        Samples eachEvent = new Samples();
        for (int round = -effort.either(2, 7); round < rounds; round++) {
            boolean counts = round >= 0;
            place.inFreshFolder(folder -> {
                double ours = perSecond(flights, project(folder, flights));
                PlainTables plain = PlainTables.like(folder.resolve("orrery.db"));
                Path same = folder.resolve("same.db");
                PlainRows made = PlainRows.of(folder.resolve("orrery.db"));
                double rows = perSecond(flights, made.write(plain.in(same)));
                double events = perSecond(flights, each.write(plain.in(folder.resolve("each.db"))));
                if (counts) {
                    orrery.add(ours);
                    sameRows.add(rows);
                    eachEvent.add(events);
                } else {
                    plain.requireSameRows(same);
                }
                return folder;
            });
        }
        return List.of(
                figure("events projected, the same rows", orrery)
                        .beside("JDBC alone", sameRows.median()),
                figure("events projected, one upsert each", orrery)
                        .beside("JDBC alone", eachEvent.median()));
    }

    private static Figure figure(String name, Samples perSecond) {
        return Figure.alone(SliceSuite.NAME, name, perSecond.median(), "1/s")
                .withGoal(new Figure.Goal.RatioAtLeast(GOAL));
    }

    private static Duration project(Path folder, List<Flight> flights) {
        try (Orrery orrery = Orrery.open(folder)) {
            EventLog<Flight> log = orrery.log("flights", Flight.class);
            log.appendAll(flights);
            orrery.projection(log, DELAYS);
            long began = System.nanoTime();
            orrery.start();
            orrery.settle(LIMIT);
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }

    private static double perSecond(List<Flight> flights, Duration took) {
        return flights.size() * 1e9 / took.toNanos();
    }
}
