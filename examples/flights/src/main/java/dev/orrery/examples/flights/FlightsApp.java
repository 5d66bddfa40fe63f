package dev.orrery.examples.flights;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.core.Row;
import dev.orrery.examples.flights.MeanDelay.Sum;
import dev.orrery.gateway.EngineMethods;
import dev.orrery.gateway.Gateway;
import dev.orrery.gateway.Pages;
import dev.orrery.gateway.ProjectionMethods;
import dev.orrery.gateway.Rpc;
import dev.orrery.gateway.TableMethods;
import dev.orrery.log.EventLog;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.query.Query;
import dev.orrery.table.Jdbc;
import dev.orrery.table.LiveTable;
import dev.orrery.view.Aggregate;
import dev.orrery.view.Select;
import dev.orrery.view.TableView;
import dev.orrery.view.ValueView;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The flights application, whole: where its facts live, what it derives from them, and what it
 * shows. Thread-safe.
 *
 * <p>Flights are events; airports are rows of a SQLite file. Delays and routes are folded from the
 * flights, the worst airport of a state is asked of the airports and the delays, and the views
 * stand on both.
 */
final class FlightsApp implements AutoCloseable {
    /** Everybody may do everything: the demo listens on this machine alone. */
    static final AccessPolicy EVERYBODY = (_, _, _) -> Access.allowed();

    private static final int LONGEST_NAME = 80;
    private static final Function<Row, @Nullable Object> MEAN = FlightsApp::mean;
    private static final int BOARD_ROWS = 96;

    private static final List<String> SCRIPTS =
            List.of(
                    "albers.js",
                    "board-cell.js",
                    "board-editing.js",
                    "board-focus.js",
                    "board-motion.js",
                    "board-rows.js",
                    "board-sight.js",
                    "board-styles.js",
                    "board-window.js",
                    "board.js",
                    "charts.js",
                    "delay.js",
                    "edits.js",
                    "engine-layout.js",
                    "engine-story.js",
                    "engine-styles.js",
                    "engine.js",
                    "flights.js",
                    "flown.js",
                    "latency.js",
                    "map-layer.js",
                    "map-picture.js",
                    "map.js",
                    "numbers.js",
                    "origins.js",
                    "pixel.js",
                    "replay.js",
                    "spark.js",
                    "story.js",
                    "strip.js",
                    "tile-keys.js",
                    "worst.js");

    final Orrery orrery;
    final EventLog<Flight> flights;
    final LiveTable<String, Airport> airports;
    final LiveProjection<String, Delays> delays;
    final LiveProjection<String, RouteTotal> routes;
    final Query<String, Worst> worst;
    final TableView<Row> board;
    final TableView<Row> flown;
    final ValueView<Long> flightsSoFar;
    final ValueView<MeanDelay> meanDelay;

    FlightsApp(Path directory) {
        this(directory, EVERYBODY);
    }

    FlightsApp(Path directory, AccessPolicy access) {
        orrery = Orrery.configure().directory(directory).access(access).open();
        boolean opened = false;
        try {
            // facts
            flights = orrery.log("flights", Flight.class);
            airports =
                    orrery.live(
                            Jdbc.open(AirportsFile.in(directory))
                                    .table("airports")
                                    .constrained(schema -> schema.length("name", 1, LONGEST_NAME)),
                            String.class,
                            Airport.class);

            // derived
            delays =
                    orrery.projection(
                            flights,
                            Projection.of("delays", Flight.class)
                                    .key(String.class, Flight::origin)
                                    .state(Delays.class, Delays.NONE)
                                    .fold(Delays::plus));
            routes =
                    orrery.projection(
                            flights,
                            Projection.of("routes", Flight.class)
                                    .key(String.class, Flight::route)
                                    .state(RouteTotal.class, RouteTotal.NONE)
                                    .fold(RouteTotal::plus));
            worst = orrery.query("worst-airport", String.class, Worst.class, this::worst);

            // shown
            Select everywhere = byDepartures(Select.from(airports).leftJoin(delays, text("iata")));
            board = orrery.view(everywhere);
            board.viewport(0, BOARD_ROWS);
            flown = orrery.view(byDepartures(Select.from(airports).join(delays, text("iata"))));
            flightsSoFar = orrery.value(Select.from(delays), Aggregate.sum(integer("departures")));
            meanDelay =
                    orrery.value(
                            Select.from(delays),
                            Aggregate.of(Sum.NONE, Sum::plus, Sum::minus, MeanDelay::of));
            orrery.serveWindows("board", everywhere, BOARD_ROWS);
            orrery.serve("flown", flown);
            orrery.serve("flights", flightsSoFar);
            orrery.serve("mean-delay", meanDelay);
            orrery.start();
            opened = true;
        } finally {
            if (!opened) {
                orrery.close();
            }
        }
    }

    private static Select byDepartures(Select airportsWithDelays) {
        return airportsWithDelays
                .derive("mean", MEAN)
                .columns(
                        "iata",
                        "name",
                        "city",
                        "state",
                        "departures",
                        "minutes",
                        "mean",
                        "last",
                        "seen")
                .orderBy(integer("departures").descending().nullsLast());
    }

    /** The mean delay of an airport's departures, to sort by; null before the first. */
    private static @Nullable Double mean(Row airport) {
        long departures = airport.has("departures") ? airport.integer("departures") : 0;
        return departures == 0 ? null : (double) airport.integer("minutes") / departures;
    }

    /** The worst airport of a state: the highest mean delay among those with enough departures. */
    private Worst worst(String state) {
        return airports.where(text("state").eq(state)).list().stream()
                .flatMap(airport ->
                        delays
                                .find(airport.iata())
                                .filter(known -> known.departures() >= Worst.ENOUGH_DEPARTURES)
                                .map(known -> Worst.of(airport, known))
                                .stream())
                .max(Worst.ORDER)
                .orElse(Worst.NONE);
    }

    /** A name for the life of a feed of this application. */
    String newEpoch() {
        return UUID.randomUUID().toString();
    }

    /**
     * Serves the page and everything live, with the controls of a replay, on this machine alone.
     */
    Gateway serve(int port, Replay replay) {
        return gateway(replay).port(port).open();
    }

    /** What serves them, not open yet; once for each replay. */
    Gateway.Configuration gateway(Replay replay) {
        orrery.channels().serve("replay", replay.feed());
        Rpc methods = TableMethods.of(orrery, EVERYBODY).method("flights.stars", (_, _) -> stars());
        ReplayMethods.addTo(methods, replay);
        EngineMethods.addTo(methods, orrery, EVERYBODY);
        ProjectionMethods.addTo(methods, orrery, EVERYBODY);
        return Gateway.configure(orrery.channels())
                .rpc(methods)
                .outgoing(orrery.outgoing())
                .pages(pages());
    }

    /** Of each airport its code, its state and where it is. */
    private List<List<Object>> stars() {
        return airports.list().stream()
                .map(airport ->
                        List.<Object>of(
                                airport.iata(),
                                airport.state(),
                                airport.longitude(),
                                airport.latitude()))
                .toList();
    }

    private static Pages pages() {
        ClassLoader loader = FlightsApp.class.getClassLoader();
        String folder = "dev/orrery/examples/flights/";
        Pages pages = new Pages().addConsole().add("/", loader, folder + "index.html");
        SCRIPTS.forEach(name -> pages.add("/" + name, loader, folder + name));
        return pages;
    }

    @Override
    public void close() {
        orrery.close();
    }
}
