package dev.orrery;

import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Row;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.query.Input;
import dev.orrery.query.Query;
import dev.orrery.table.LiveTable;
import dev.orrery.table.MemoryTable;
import dev.orrery.table.Schema;
import dev.orrery.table.Table;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs and results in a directory. Law E13. */
class KeptQueriesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    record Flight(String origin, int delay) {}

    record Airport(String iata, String state) {}

    @TempDir private Path directory;

    /** An Orrery in the directory, with a query over an input, a projection and a live table. */
    private final class Wired implements AutoCloseable {
        final Orrery orrery = Orrery.open(directory);
        final EventLog<Flight> flights = orrery.log("flights", Flight.class);
        final LiveProjection<String, Long> delays =
                orrery.projection(
                        flights,
                        Projection.of("delays", Flight.class)
                                .key(String.class, Flight::origin)
                                .state(Long.class, 0L)
                                .fold((sum, flight) -> sum + flight.delay()));
        final LiveTable<String, Airport> airports;
        final Input<String, Integer> weights = orrery.input("weights", String.class, Integer.class);
        final Query<String, Long> weighted =
                orrery.query("weighted", String.class, Long.class, this::weighted);

        Wired(String stateOfDallas) {
            Table table = MemoryTable.of("airports", Schema.of(Airport.class).id("iata")).table();
            table.insert(Row.of("iata", "SFO", "state", "CA"));
            table.insert(Row.of("iata", "DFW", "state", stateOfDallas));
            airports = orrery.live(table, String.class, Airport.class);
            orrery.start();
        }

        private long weighted(String state) {
            return airports.where(text("state").eq(state)).list().stream()
                    .mapToLong(airport -> delays.find(airport.iata()).orElse(0L))
                    .map(minutes -> minutes * weights.find(state).orElse(1))
                    .sum();
        }

        @Override
        public void close() {
            orrery.close();
        }
    }

    @Test
    void inputsAndResultsAreThereAgainAndNothingRuns() {
        try (Wired wired = new Wired("TX")) {
            wired.weights.set("CA", 3);
            wired.flights.append(new Flight("SFO", 5));
            wired.orrery.settle(LIMIT);
            assertThat(wired.weighted.of("CA")).isEqualTo(15);
            assertThat(wired.weighted.of("TX")).isZero();
        }
        try (Wired wired = new Wired("TX")) {
            wired.orrery.settle(LIMIT);
            assertThat(wired.weights.find("CA")).contains(3);
            assertThat(wired.weighted.of("CA")).isEqualTo(15);
            assertThat(wired.weighted.of("TX")).isZero();
            assertThat(wired.weighted.statistics().computed()).isZero();
        }
    }

    @Test
    void whatChangedElsewhereMeanwhileIsSeen() {
        try (Wired wired = new Wired("TX")) {
            wired.flights.append(new Flight("DFW", 7));
            wired.orrery.settle(LIMIT);
            assertThat(wired.weighted.of("CA")).isZero();
            assertThat(wired.weighted.of("TX")).isEqualTo(7);
            assertThat(wired.weighted.of("NV")).isZero();
        }
        try (Wired wired = new Wired("CA");
                var dallas = wired.airports.watch("DFW")) {
            wired.orrery.settle(LIMIT);
            wired.airports.refresh(LIMIT);
            while (!dallas.next(LIMIT).orElseThrow().orElseThrow().state().equals("CA")) {
                // as it was stored
            }
            assertThat(wired.weighted.of("CA")).isEqualTo(7);
            assertThat(wired.weighted.of("TX")).isZero();
            assertThat(wired.weighted.of("NV")).isZero();
            assertThat(wired.weighted.statistics().computed()).isEqualTo(2);
        }
    }

    @Test
    void anInputIsSavedSoonAfterItChanged() throws InterruptedException {
        try (Wired wired = new Wired("TX")) {
            wired.weights.set("CA", 3);
            long until = System.nanoTime() + LIMIT.toNanos();
            while (wired.orrery.queries().hasUnsavedInputs() && System.nanoTime() < until) {
                Thread.sleep(20);
            }
            assertThat(wired.orrery.queries().hasUnsavedInputs()).isFalse();
        }
    }
}
