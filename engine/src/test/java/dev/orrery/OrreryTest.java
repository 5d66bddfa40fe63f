package dev.orrery;

import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.channel.Access;
import dev.orrery.channel.Beginning;
import dev.orrery.channel.Principal;
import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.query.Query;
import dev.orrery.table.LiveTable;
import dev.orrery.table.MemoryTable;
import dev.orrery.table.Schema;
import dev.orrery.table.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrreryTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    record Flight(String origin, int delay) {}

    record Airport(String iata, String name, String state) {}

    @TempDir private Path directory;

    /** An Orrery with one of each: a log, a projection, a live table, a query over both. */
    private static final class Wired implements AutoCloseable {
        final Orrery orrery;
        final EventLog<Flight> flights;
        final LiveProjection<String, Long> delays;
        final LiveTable<String, Airport> airports;
        final Query<String, Long> total;

        Wired(Configuration configuration) {
            orrery = configuration.open();
            flights = orrery.log("flights", Flight.class);
            delays =
                    orrery.projection(
                            flights,
                            Projection.of("delays", Flight.class)
                                    .key(String.class, Flight::origin)
                                    .state(Long.class, 0L)
                                    .fold((sum, flight) -> sum + flight.delay()));
            airports = orrery.live(airportsTable(), String.class, Airport.class);
            total =
                    orrery.query(
                            "total",
                            String.class,
                            Long.class,
                            state ->
                                    airports.where(text("state").eq(state)).list().stream()
                                            .mapToLong(airport ->
                                                    delays.find(airport.iata()).orElse(0L))
                                            .sum());
        }

        void fly(String origin, int delay) {
            flights.append(new Flight(origin, delay));
            orrery.settle(LIMIT);
        }

        @Override
        public void close() {
            orrery.close();
        }
    }

    private static Table airportsTable() {
        Table table = MemoryTable.of("airports", Schema.of(Airport.class).id("iata")).table();
        table.insert(Row.of("iata", "SFO", "name", "San Francisco", "state", "CA"));
        table.insert(Row.of("iata", "LAX", "name", "Los Angeles", "state", "CA"));
        table.insert(Row.of("iata", "DFW", "name", "Dallas", "state", "TX"));
        return table;
    }

    private Configuration inDirectory() {
        return Orrery.configure().directory(directory);
    }

    @Test
    void aQueryOverEventsAndATableIsWatched() {
        try (Wired wired = new Wired(Orrery.configure());
                var totals = wired.total.watch("CA")) {
            wired.orrery.start();
            assertThat(totals.next(LIMIT)).contains(0L);

            wired.fly("SFO", 42);
            assertThat(totals.next(LIMIT)).contains(42L);

            wired.airports.patch("SFO", Row.of("state", "NV"));
            assertThat(totals.next(LIMIT)).contains(0L);
        }
    }

    @Test
    void onlyTheQueriesAboveAChangeRun() { // law E6
        try (Wired wired = new Wired(Orrery.configure())) {
            wired.orrery.start();
            wired.total.of("CA");
            wired.total.of("TX");
            long ran = wired.total.statistics().computed();

            wired.fly("SFO", 5);
            assertThat(wired.total.of("CA")).isEqualTo(5);
            assertThat(wired.total.of("TX")).isZero();

            assertThat(wired.total.statistics().computed() - ran).isEqualTo(1);
        }
    }

    @Test
    void nothingIsFoldedBeforeTheStart() { // law E2
        try (Wired wired = new Wired(Orrery.configure())) {
            var position = wired.flights.append(new Flight("SFO", 42));
            assertThatThrownBy(() -> wired.delays.atLeast(position, Duration.ofMillis(50)))
                    .isInstanceOf(OrreryException.TimedOut.class);
            assertThat(wired.delays.find("SFO")).isEmpty();

            wired.orrery.start();

            assertThat(wired.delays.atLeast(position, LIMIT).find("SFO")).contains(42L);
        }
    }

    @Test
    void eventsOfAnOlderClassAreReadByTheStepsOfTheirCodec() {
        record Delayed(String origin, String carrier, int delay) {}
        try (Orrery before = Orrery.open(directory)) {
            before.log("flights", Flight.class).append(new Flight("SFO", 3));
        }
        Codec<Delayed> delayed =
                Codec.of(Delayed.class).upgrading("Delayed", old -> old.with("carrier", "none"));
        try (Orrery after = Orrery.open(directory)) {
            EventLog<Delayed> flights = after.log("flights", delayed);
            assertThat(flights.read(flights.start(), 1).getFirst().event())
                    .isEqualTo(new Delayed("SFO", "none", 3));
        }
    }

    @Test
    void openedAgainItGoesOnWhereItStopped() { // law E1
        Revision last;
        try (Wired wired = new Wired(inDirectory())) {
            wired.orrery.start();
            wired.fly("SFO", 42);
            wired.fly("DFW", 1);
            last = wired.orrery.timeline().now();
        }
        try (Wired wired = new Wired(inDirectory())) {
            assertThat(wired.orrery.timeline().now()).isEqualTo(last);
            assertThat(wired.delays.find("SFO")).contains(42L);
            wired.orrery.start();
            wired.fly("SFO", 1);
            assertThat(wired.delays.find("SFO")).contains(43L);
        }
    }

    @Test
    void nobodyOutsideReadsAnythingUntilAPolicySaysSo() { // law E4
        try (Wired wired = new Wired(Orrery.configure());
                var connection = wired.orrery.channels().connect(Principal.ANONYMOUS)) {
            assertThatThrownBy(() -> connection.attach("projection:delays:SFO"))
                    .isInstanceOf(OrreryException.Denied.class);
            assertThatThrownBy(() -> connection.attach("query:total:CA"))
                    .isInstanceOf(OrreryException.Denied.class);
        }
    }

    @Test
    void everythingCanBeFollowedByNameAsFarAsThePolicyAllows() {
        try (Wired wired = new Wired(Orrery.configure().access((_, _, _) -> Access.allowed()));
                var connection = wired.orrery.channels().connect(Principal.ANONYMOUS)) {
            wired.orrery.start();
            wired.fly("SFO", 42);

            assertThat(whole(connection.attach("projection:delays:SFO").beginning())).contains(42L);
            assertThat(whole(connection.attach("query:total:CA").beginning())).contains(42L);
            assertThat(whole(connection.attach("table:airports:SFO").beginning()).toString())
                    .contains("San Francisco");
        }
    }

    private static Optional<Object> whole(Beginning beginning) {
        return switch (beginning) {
            case Beginning.Fresh(var _, Optional<Object> whole) -> whole;
            case Beginning.Reset(var _, Optional<Object> whole) -> whole;
            case Beginning.Continued _ -> Optional.empty();
        };
    }

    @Test
    void aSecondOneOnTheSameDirectoryIsRefused() {
        try (Orrery first = Orrery.open(directory)) {
            assertThatThrownBy(() -> Orrery.open(directory))
                    .isInstanceOf(OrreryException.StorageFailure.class)
                    .hasMessageContaining("in use");
            assertThat(first.timeline().now()).isEqualTo(new Revision(0));
        }
    }
}
