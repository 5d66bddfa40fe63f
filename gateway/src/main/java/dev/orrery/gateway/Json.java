package dev.orrery.gateway;

import dev.orrery.core.Bytes;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Value trees as JSON text and back. Thread-safe.
 *
 * <p>Out: null, Boolean, String and Double are themselves; a Long is a number as far as JavaScript
 * holds it exactly and text beyond; a BigDecimal, a date, an instant and a key are text, bytes are
 * Base64 text; a Double that is no number is null; rows and records are objects. In: whole numbers
 * become Long or, beyond it, BigDecimal; other numbers become Double; objects keep their order.
 */
final class Json {
    private static final long EXACT_IN_JAVASCRIPT = (1L << 53) - 1;
    private static final int DEPTH_LIMIT = 64;
    private static final int NUMBER_LENGTH_LIMIT = 100;

    private final Records records = new Records();
    private final JsonFactory factory =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEPTH_LIMIT)
                                    .maxNumberLength(NUMBER_LENGTH_LIMIT)
                                    .build())
                    .build();

    /** The JSON text of a value. */
    String write(@Nullable Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = factory.createGenerator(ObjectWriteContext.empty(), text)) {
            write(out, value);
        }
        return text.toString();
    }

    private void write(JsonGenerator out, @Nullable Object thing) {
        switch (thing) {
            case null -> out.writeNull();
            case Boolean flag -> out.writeBoolean(flag);
            case String text -> out.writeString(text);
            case Long number -> writeWhole(out, number);
            case Double number -> writeReal(out, number);
            case BigDecimal number -> out.writeString(number.toString());
            case Integer number -> out.writeNumber(number);
            case Short number -> out.writeNumber(number);
            case Byte number -> out.writeNumber(number.shortValue());
            case Float number -> writeReal(out, number);
            case Bytes bytes ->
                    out.writeString(Base64.getEncoder().encodeToString(bytes.toArray()));
            case Key key -> out.writeString(key.text());
            case Row row -> writeMap(out, row.toMap());
            case Map<?, ?> map -> writeMap(out, map);
            case Collection<?> elements -> writeList(out, elements);
            case Optional<?> value -> write(out, value.orElse(null));
            case Enum<?> constant -> out.writeString(constant.name());
            case Throwable failure -> out.writeString(String.valueOf(failure.getMessage()));
            case Record record -> writeMap(out, records.map(record));
            case TemporalAccessor time -> out.writeString(time.toString());
            case TemporalAmount time -> out.writeString(time.toString());
            default ->
                    throw new OrreryException.Unsupported(
                            "write a " + thing.getClass().getName(), "JSON");
        }
    }

    private static void writeReal(JsonGenerator out, double number) {
        if (Double.isFinite(number)) {
            out.writeNumber(number);
        } else {
            out.writeNull();
        }
    }

    private static void writeWhole(JsonGenerator out, long number) {
        if (-EXACT_IN_JAVASCRIPT <= number && number <= EXACT_IN_JAVASCRIPT) {
            out.writeNumber(number);
        } else {
            out.writeString(Long.toString(number));
        }
    }

    private void writeList(JsonGenerator out, Collection<?> elements) {
        out.writeStartArray();
        elements.forEach(element -> write(out, element));
        out.writeEndArray();
    }

    private void writeMap(JsonGenerator out, Map<?, ?> map) {
        out.writeStartObject();
        map.forEach((key, value) -> {
            out.writeName(String.valueOf(key));
            write(out, value);
        });
        out.writeEndObject();
    }

    /** Reads one value; {@link BadFrame} when the text is not exactly one. */
    @Nullable Object read(byte[] text, int offset, int length) throws BadFrame {
        List<@Nullable Object> values = readAll(text, offset, length, 1);
        if (values.isEmpty()) {
            throw new BadFrame("not JSON: there is nothing");
        }
        return values.getFirst();
    }

    /** Reads the values that stand one after the other, such as one in each line. */
    List<@Nullable Object> readAll(byte[] text, int offset, int length, int limit) throws BadFrame {
        List<@Nullable Object> values = new ArrayList<>();
        try (JsonParser in =
                factory.createParser(ObjectReadContext.empty(), text, offset, length)) {
            while (in.nextToken() != null) {
                if (values.size() == limit) {
                    throw new BadFrame(
                            "more than " + limit + " JSON value" + (limit == 1 ? "" : "s"));
                }
                values.add(value(in));
            }
            return values;
        } catch (JacksonException damaged) {
            throw new BadFrame("not JSON, at " + place(damaged));
        }
    }

    private static String place(JacksonException damaged) {
        var location = damaged.getLocation();
        return location == null
                ? "an unknown place"
                : "byte " + Math.max(0, location.getByteOffset());
    }

    private @Nullable Object value(JsonParser in) throws BadFrame {
        return switch (in.currentToken()) {
            case START_OBJECT -> object(in);
            case START_ARRAY -> array(in);
            case VALUE_STRING -> in.getString();
            case VALUE_NUMBER_INT -> whole(in);
            case VALUE_NUMBER_FLOAT -> finite(in.getDoubleValue());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw new IllegalStateException("the parser stands on " + in.currentToken());
        };
    }

    private Map<String, @Nullable Object> object(JsonParser in) throws BadFrame {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            members.put(name, value(in));
        }
        return members;
    }

    private List<@Nullable Object> array(JsonParser in) throws BadFrame {
        List<@Nullable Object> elements = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(in));
        }
        return elements;
    }

    private static double finite(double number) throws BadFrame {
        if (Double.isInfinite(number)) {
            throw new BadFrame("a number is beyond the range of a double");
        }
        return number;
    }

    private static Object whole(JsonParser in) {
        return switch (in.getNumberType()) {
            case INT, LONG -> in.getLongValue();
            case BIG_INTEGER -> new BigDecimal(in.getBigIntegerValue());
            case FLOAT, DOUBLE, BIG_DECIMAL -> in.getDecimalValue();
        };
    }
}
