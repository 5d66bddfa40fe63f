package dev.orrery.examples.flights;

import dev.orrery.core.Subscription;
import dev.orrery.gateway.Gateway;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The application in this process, replayed to a certain flight and held there, with its page
 * served: the same facts whenever it is set up.
 */
final class Stage implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** The last ones are a commit each, as at the speed the demo starts with. */
    private static final int ONE_BY_ONE = 60;

    final FlightsApp app;
    final Replay replay;
    private final Gateway.Configuration served;
    private final int port;
    private Gateway gateway;

    private Stage(FlightsApp app, int flights) {
        this.app = app;
        List<Flight> all = Lines.flights();
        int together = Math.max(0, flights - ONE_BY_ONE);
        new Replay(app, all.subList(0, together), new Speed.Max()).run();
        app.orrery.settle(LIMIT);
        List<Subscription<Worst>> tiles =
                statesThatAreFlownFrom(all).stream().map(app.worst::watch).toList();
        for (Flight flight : all.subList(together, flights)) {
            app.flights.append(flight);
            app.orrery.settle(LIMIT);
        }
        tiles.forEach(Subscription::close);
        replay = new Replay(app, all, new Speed.PerSecond(50));
        served = app.gateway(replay);
        gateway = served.port(0).open();
        port = gateway.port();
    }

    /** The states that the page shows a tile of: a few airports lie in none of these. */
    private List<String> statesThatAreFlownFrom(List<Flight> all) {
        Set<String> origins = all.stream().map(Flight::origin).collect(Collectors.toSet());
        return app.airports.list().stream()
                .filter(airport -> origins.contains(airport.iata()))
                .map(Airport::state)
                .distinct()
                .toList();
    }

    /** After this many flights, as if the replay ran on and the next one were long in coming. */
    static Stage after(Path directory, int flights) {
        return after(new FlightsApp(directory), flights);
    }

    /** As with a directory, with an application that is set up already and has no flight yet. */
    static Stage after(FlightsApp app, int flights) {
        Stage stage = new Stage(app, flights);
        stage.replay.begin();
        return stage;
    }

    URI address() {
        return gateway.uri();
    }

    /** Appends the next flight and waits until it is folded. */
    void fly() {
        replay.appendNext();
        app.orrery.settle(LIMIT);
    }

    /** Takes the server away, as a lost connection does. */
    void disconnect() {
        gateway.close();
    }

    /** Brings it back; the application went on meanwhile. */
    void reconnect() {
        gateway = served.port(port).open();
    }

    @Override
    public void close() {
        gateway.close();
        app.close();
    }
}
