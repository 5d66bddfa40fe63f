package dev.orrery.examples.flights;

import dev.orrery.core.OrreryException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Files of one JSON object a line, plain or compressed with gzip. A bad line is named by its
 * number. Immutable.
 */
final class Lines {
    private static final ObjectMapper JSON = new JsonMapper();

    private final String name;

    /** The object of one line, with accessors that say which line and column is wrong. */
    final class Line {
        private final int number;
        private final JsonNode object;

        private Line(int number, JsonNode object) {
            this.number = number;
            this.object = object;
        }

        String text(String column) {
            JsonNode value = object.get(column);
            if (value == null || !value.isString()) {
                throw wrong(column, "is text", value);
            }
            return value.stringValue();
        }

        int whole(String column) {
            JsonNode value = object.get(column);
            if (value == null || !value.canConvertToInt() || !value.isIntegralNumber()) {
                throw wrong(column, "is a whole number", value);
            }
            return value.intValue();
        }

        double real(String column) {
            JsonNode value = object.get(column);
            if (value == null || !value.isNumber()) {
                throw wrong(column, "is a number", value);
            }
            return value.doubleValue();
        }

        OrreryException.Invalid wrong(String column, String rule, Object value) {
            return new OrreryException.Invalid(
                    name + " line " + number + " " + column,
                    rule + "; correct or remove the line",
                    value);
        }
    }

    private Lines(String name) {
        this.name = name;
    }

    /** The 20,000 flights that come with the demo. */
    static List<Flight> flights() {
        return ofResource("flights.jsonl.gz", Lines::flight);
    }

    /** Flights from a file of the same form. */
    static List<Flight> flights(Path file) {
        try (InputStream bytes = Files.newInputStream(file)) {
            return new Lines(file.toString()).read(bytes, Lines::flight);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** The 3,376 airports that come with the demo. */
    static List<Airport> airports() {
        return ofResource("airports.jsonl.gz", Lines::airport);
    }

    private static Flight flight(Line line) {
        String date = line.text("date");
        if (!date.matches("\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d")) {
            throw line.wrong("date", "has the form yyyy/MM/dd HH:mm", date);
        }
        return new Flight(
                date,
                line.whole("delay"),
                line.whole("distance"),
                line.text("origin"),
                line.text("destination"));
    }

    private static Airport airport(Line line) {
        return new Airport(
                line.text("iata"),
                line.text("name"),
                line.text("city"),
                line.text("state"),
                line.text("country"),
                line.real("latitude"),
                line.real("longitude"));
    }

    private static <T> List<T> ofResource(String resource, Function<Line, T> mapping) {
        try (InputStream bytes =
                Objects.requireNonNull(Lines.class.getResourceAsStream(resource), resource)) {
            return new Lines(resource).read(bytes, mapping);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> List<T> read(InputStream bytes, Function<Line, T> mapping) throws IOException {
        List<T> values = new ArrayList<>();
        try (BufferedReader lines = reader(bytes)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                values.add(mapping.apply(parse(values.size() + 1, line)));
            }
        }
        return values;
    }

    private static BufferedReader reader(InputStream bytes) throws IOException {
        BufferedInputStream peekable = new BufferedInputStream(bytes);
        peekable.mark(2);
        boolean compressed = peekable.read() == 0x1f && peekable.read() == 0x8b;
        peekable.reset();
        InputStream plain = compressed ? new GZIPInputStream(peekable) : peekable;
        return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    }

    private Line parse(int number, String line) {
        try {
            JsonNode object = JSON.readTree(line);
            if (object != null && object.isObject()) {
                return new Line(number, object);
            }
        } catch (JacksonException e) {
            // falls through: what is no JSON is no object either
        }
        throw new OrreryException.Invalid(
                name + " line " + number, "is one JSON object; correct or remove the line", line);
    }

    private static OrreryException.StorageFailure unreadable(String file, IOException cause) {
        return new OrreryException.StorageFailure(
                OrreryException.StorageFailure.Kind.UNREADABLE, "the flights file " + file, cause);
    }
}
