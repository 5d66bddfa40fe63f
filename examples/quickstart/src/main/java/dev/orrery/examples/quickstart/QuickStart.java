package dev.orrery.examples.quickstart;

import static dev.orrery.core.Column.text;
import static java.util.Comparator.comparingDouble;

import dev.orrery.Orrery;
import dev.orrery.projection.Projection;
import dev.orrery.table.Jdbc;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;

class QuickStart {
    record Flight(String origin, String destination, int delay) {}

    record Airport(String iata, String name, String state) {}

    record Delays(long departures, long minutes) {
        Delays plus(Flight flight) {
            return new Delays(departures + 1, minutes + flight.delay());
        }

        double mean() {
            return departures == 0 ? 0 : (double) minutes / departures;
        }
    }

    static void main() {
        try (var orrery = Orrery.open(Path.of("data"))) {
            // facts: flights as events, airports in somebody's SQLite file
            var flights = orrery.log("flights", Flight.class);
            var airports =
                    orrery.live(
                            Jdbc.open("jdbc:sqlite:airports.db").table("airports"),
                            String.class,
                            Airport.class);

            // derived: delays per origin, and from both the worst airport of a state
            var delays =
                    orrery.projection(
                            flights,
                            Projection.of("delays", Flight.class)
                                    .key(String.class, Flight::origin)
                                    .state(Delays.class, new Delays(0, 0))
                                    .fold(Delays::plus));
            ToDoubleFunction<Airport> delay =
                    airport -> delays.find(airport.iata()).map(Delays::mean).orElse(0.0);
            var worst =
                    orrery.query(
                            "worst airport",
                            String.class,
                            String.class,
                            state ->
                                    airports.where(text("state").eq(state)).list().stream()
                                            .max(comparingDouble(delay))
                                            .map(Airport::name)
                                            .orElse("none"));
            orrery.start();

            // watched: California's answer, again whenever a change of its airports changed it
            flights.append(new Flight("SFO", "LAX", 42));
            try (var names = worst.watch("CA")) {
                for (var name : names) {
                    IO.println("worst of CA: " + name);
                }
            }
        }
    }
}
