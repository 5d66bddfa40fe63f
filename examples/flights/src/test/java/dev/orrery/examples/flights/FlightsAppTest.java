package dev.orrery.examples.flights;

import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.testkit.ExecutionLog;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The application on its real data, in one process: what one change costs, and what it does not.
 */
class FlightsAppTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir private Path directory;

    @Test
    void afterOneFlightOutOfSanFranciscoOnlyCaliforniasQueryRan() {
        try (FlightsApp app = new FlightsApp(directory)) {
            replay(app, Lines.flights().subList(0, 5_000));
            List<String> states = Watchers.states(app);
            states.forEach(app.worst::of);
            try (ExecutionLog executions = ExecutionLog.of(app.orrery.queries())) {
                fly(app, new Flight("2001/04/01 00:00", 300, 337, "SFO", "LAX"));
                states.forEach(app.worst::of);
                executions.expect("worst-airport(CA)");
            }
        }
    }

    @Test
    void anEditOfAnAirportReachesItsStateAlone() {
        try (FlightsApp app = new FlightsApp(directory)) {
            replay(app, Lines.flights().subList(0, 2_000));
            List<String> states = Watchers.states(app);
            states.forEach(app.worst::of);
            try (Subscription<Worst> texas = app.worst.watch("TX")) {
                Worst before = texas.next(LIMIT).orElseThrow();
                app.airports.patch(before.airport(), Row.of("name", "Renamed")).await(LIMIT);
                assertThat(texas.next(LIMIT).orElseThrow().name()).isEqualTo("Renamed");
            }
        }
    }

    @Test
    void oneFlightMovesRowsWithoutAnythingBeingListedAgain() {
        try (FlightsApp app = new FlightsApp(directory)) {
            replay(app, Lines.flights().subList(0, 5_000));
            long visitedBoard = app.board.visited();
            long visitedFlown = app.flown.visited();

            fly(app, new Flight("2001/04/01 00:00", 1, 337, "SFO", "LAX"));

            assertThat(app.board.visited() - visitedBoard).as("of 3,376 rows").isBetween(1L, 150L);
            assertThat(app.flown.visited() - visitedFlown)
                    .as("of some 200 rows")
                    .isBetween(1L, 100L);
            assertThat(app.flightsSoFar.now()).isEqualTo(5_001);
        }
    }

    @Test
    void whatIsShownEqualsWhatAPlainLoopSays() {
        List<Flight> flights = Lines.flights().subList(0, 4_000);
        try (FlightsApp app = new FlightsApp(directory)) {
            replay(app, flights);

            Map<String, Delays> expected = new HashMap<>();
            flights.forEach(flight ->
                    expected.merge(
                            flight.origin(),
                            Delays.NONE.plus(flight),
                            (known, _) -> known.plus(flight)));
            assertThat(app.flown.rows(0, 1_000)).hasSize(expected.size());
            for (Row row : app.flown.rows(0, 1_000)) {
                Delays delays = expected.get(row.text("iata"));
                assertThat(row.integer("departures")).isEqualTo(delays.departures());
                assertThat(row.integer("minutes")).isEqualTo(delays.minutes());
            }
            assertThat(app.board.rows(0, 50).stream().map(row -> row.integer("departures")))
                    .isSortedAccordingTo((left, right) -> Long.compare(right, left));
            for (String state : Watchers.states(app)) {
                assertThat(app.worst.of(state)).as(state).isEqualTo(worst(state, expected));
            }
        }
    }

    private static Worst worst(String state, Map<String, Delays> delays) {
        List<Worst> candidates = new ArrayList<>();
        for (Airport airport : Lines.airports()) {
            Delays known = delays.getOrDefault(airport.iata(), Delays.NONE);
            if (airport.state().equals(state) && known.departures() >= 5) {
                candidates.add(new Worst(airport.iata(), airport.name(), tenths(known)));
            }
        }
        candidates.sort(Comparator.comparing(Worst::mean).thenComparing(Worst::airport).reversed());
        return candidates.isEmpty() ? Worst.NONE : candidates.getFirst();
    }

    private static BigDecimal tenths(Delays delays) {
        long tenths =
                Math.floorDiv(20 * delays.minutes() + delays.departures(), 2 * delays.departures());
        return BigDecimal.valueOf(tenths, 1);
    }

    @Test
    void aChangeByAnotherProgramShowsUp() throws Exception {
        try (FlightsApp app = new FlightsApp(directory);
                Subscription<java.util.Optional<Airport>> sfo = app.airports.watch("SFO")) {
            sfo.next(LIMIT);
            try (Connection file =
                            DriverManager.getConnection(
                                    "jdbc:sqlite:" + directory.resolve("airports.db"));
                    Statement statement = file.createStatement()) {
                statement.execute("update airports set name = 'by hand' where iata = 'SFO'");
            }
            assertThat(sfo.next(LIMIT).orElseThrow().orElseThrow().name()).isEqualTo("by hand");
            assertThat(app.airports.where(text("name").eq("by hand")).keys())
                    .containsExactly("SFO");
        }
    }

    private static void replay(FlightsApp app, List<Flight> flights) {
        new Replay(app, flights, new Speed.Max()).run();
        app.orrery.settle(LIMIT);
    }

    private static void fly(FlightsApp app, Flight flight) {
        app.flights.append(flight);
        app.orrery.settle(LIMIT);
    }
}
