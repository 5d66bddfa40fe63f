package dev.orrery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.testkit.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An Orrery whose logs and projections are in PostgreSQL. */
// law E17
@Timeout(120) // seconds: a fault shows as a failure, not as a build that hangs
class SharedDatabaseTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    record Flight(String origin, int delay) {}

    @TempDir private Path directory;

    private static final class Wired implements AutoCloseable {
        final Orrery orrery;
        final EventLog<Flight> flights;
        final LiveProjection<String, List<Integer>> delays;

        Wired(Configuration configuration) {
            orrery = configuration.open();
            flights = orrery.log("flights", Flight.class);
            delays =
                    orrery.projection(
                            flights,
                            Projection.of("delays", Flight.class)
                                    .key(String.class, Flight::origin)
                                    .state(dev.orrery.core.Type.listOf(Integer.class), List.of())
                                    .fold(Wired::longer));
            orrery.start();
        }

        private static List<Integer> longer(List<Integer> delays, Flight flight) {
            List<Integer> more = new ArrayList<>(delays);
            more.add(flight.delay());
            return List.copyOf(more);
        }

        @Override
        public void close() {
            orrery.close();
        }
    }

    private Wired open() {
        return new Wired(Orrery.configure().database(RealPostgres.of(directory)));
    }

    @Test
    void openedAgainItGoesOnWhereItStopped() {
        Revision reached;
        try (Wired wired = open()) {
            wired.flights.append(new Flight("SFO", 1));
            wired.orrery.settle(LIMIT);
            reached = wired.orrery.timeline().now();
        }
        try (Wired wired = open()) {
            assertThat(wired.delays.require("SFO")).containsExactly(1);
            assertThat(wired.orrery.timeline().now()).isGreaterThanOrEqualTo(reached);
            wired.flights.append(new Flight("SFO", 2));
            wired.orrery.settle(LIMIT);
            assertThat(wired.delays.require("SFO")).containsExactly(1, 2);
        }
    }

    @Test
    void whatBelongsToTheProcessStaysInItsDirectory() {
        Configuration both =
                Orrery.configure().directory(directory).database(RealPostgres.of(directory));
        try (Orrery orrery = both.open()) {
            orrery.input("rate", Double.class).set(1.5);
            orrery.log("flights", Flight.class).append(new Flight("SFO", 1));
        }
        try (Orrery orrery = both.open()) {
            assertThat(orrery.input("rate", Double.class).require()).isEqualTo(1.5);
        }
        try (Wired elsewhere = open()) {
            elsewhere.orrery.settle(LIMIT);
            assertThat(elsewhere.delays.require("SFO")).containsExactly(1);
        }
    }

    @Test
    void twoThatShareADatabaseFoldEachEventOnceAndShowTheSame() {
        try (Wired here = open();
                Wired there = open()) {
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                (i % 3 == 0 ? here : there).flights.append(new Flight("SFO", i));
                expected.add(i);
            }
            here.orrery.settle(LIMIT);
            there.orrery.settle(LIMIT);
            assertThat(here.delays.require("SFO")).isEqualTo(expected);
            assertThat(there.delays.require("SFO")).isEqualTo(expected);
        }
    }
}
