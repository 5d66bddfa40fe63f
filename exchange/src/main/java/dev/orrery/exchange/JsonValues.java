package dev.orrery.exchange;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * Values as JSON and back, with their types. What JSON lacks is an object with one member, named by
 * the type behind a colon; a map that looks like one is wrapped in {@code :map}. Immutable.
 */
final class JsonValues { // law X1
    private static final int DEPTH = 200;
    private static final int NUMBER = 100;

    /** More than the longest entry, so that the graph's own limit is what refuses. */
    private static final int TEXT = 4 << 20;

    /** More than the digits and the scale of any decimal take. */
    private static final int DECIMAL = 10_000;

    static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEPTH)
                                    .maxNumberLength(NUMBER)
                                    .maxStringLength(TEXT)
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private static final JsonFactory ASCII =
            FACTORY.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private JsonValues() {}

    // ---- out

    /** One value as a text of visible ASCII characters. */
    static String ascii(@Nullable Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = ASCII.createGenerator(ObjectWriteContext.empty(), text)) {
            write(out, value);
        }
        return text.toString().replace("\u007f", "\\u007f");
    }

    static void write(JsonGenerator out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case String text -> out.writeString(text);
            case Long whole -> out.writeNumber(whole);
            case Boolean flag -> out.writeBoolean(flag);
            case Double binary when Double.isFinite(binary) -> out.writeNumber(binary);
            case Double binary -> tagged(out, ":number", binary.toString());
            case BigDecimal decimal -> tagged(out, ":decimal", decimal.toString());
            case Bytes bytes ->
                    tagged(out, ":bytes", Base64.getEncoder().encodeToString(bytes.toArray()));
            case Instant instant -> tagged(out, ":instant", instant.toString());
            case LocalDate date -> tagged(out, ":date", date.toString());
            case List<?> list -> {
                out.writeStartArray();
                list.forEach(element -> write(out, element));
                out.writeEndArray();
            }
            case Map<?, ?> map when looksTagged(map) -> {
                out.writeStartObject();
                out.writeName(":map");
                members(out, map);
                out.writeEndObject();
            }
            case Map<?, ?> map -> members(out, map);
            default -> throw new Invalid("", "is no value", value);
        }
    }

    private static void tagged(JsonGenerator out, String tag, String text) {
        out.writeStartObject();
        out.writeName(tag);
        out.writeString(text);
        out.writeEndObject();
    }

    static void members(JsonGenerator out, Map<?, ?> map) {
        out.writeStartObject();
        new TreeMap<>(map)
                .forEach((name, value) -> { // law X2
                    out.writeName(String.valueOf(name));
                    write(out, value);
                });
        out.writeEndObject();
    }

    private static boolean looksTagged(Map<?, ?> map) {
        return map.size() == 1
                && map.keySet().iterator().next() instanceof String name
                && name.startsWith(":");
    }

    // ---- in

    /** The value that is all of a text. */
    static @Nullable Object parse(String text) {
        try (JsonParser in = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            in.nextToken();
            Object value = read(in);
            if (in.nextToken() != null) {
                throw new Invalid("value", "must be one JSON value and nothing else", text);
            }
            return value;
        } catch (JacksonException damaged) {
            throw new Invalid("value", "must be JSON: " + damaged.getOriginalMessage(), text);
        }
    }

    /** The value the parser stands at. */
    static @Nullable Object read(JsonParser in) {
        return switch (in.currentToken()) {
            case VALUE_STRING -> in.getString();
            case VALUE_NUMBER_INT -> whole(in);
            case VALUE_NUMBER_FLOAT -> finite(in);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case START_ARRAY -> list(in);
            case START_OBJECT -> untagged(map(in));
            case null, default -> throw new Invalid("value", "must be there", null);
        };
    }

    private static Object whole(JsonParser in) {
        if (in.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw new Invalid("value", "must fit 64 bits; write it as a :decimal", in.getString());
        }
        return in.getLongValue();
    }

    private static Object finite(JsonParser in) {
        double number = in.getDoubleValue();
        if (Double.isInfinite(number)) {
            throw new Invalid(
                    "value",
                    "must be in the range of a double; write it as a :decimal",
                    in.getString());
        }
        return number;
    }

    private static List<@Nullable Object> list(JsonParser in) {
        List<@Nullable Object> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            list.add(read(in));
        }
        return list;
    }

    /** The members of the object the parser stands at. */
    private static Map<String, @Nullable Object> map(JsonParser in) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            map.put(
                    name,
                    name.equals(":map") && value == JsonToken.START_OBJECT
                            ? new Plain(map(in))
                            : read(in));
        }
        return map;
    }

    /** What stands under {@code :map}, until it is known whether it stands there alone. */
    private record Plain(Map<String, @Nullable Object> members) {}

    private static Object untagged(Map<String, @Nullable Object> map) {
        if (!looksTagged(map)) {
            return settled(map);
        }
        var only = map.entrySet().iterator().next();
        return only.getValue() instanceof Plain(var members)
                ? settled(members)
                : scalar(only.getKey().substring(1), only.getValue());
    }

    private static Object settled(Map<String, @Nullable Object> map) {
        map.replaceAll(
                (_, value) -> value instanceof Plain(var members) ? untagged(members) : value);
        return map;
    }

    private static Object scalar(String type, @Nullable Object value) {
        if (!(value instanceof String text)) {
            throw new Invalid("value", "of a :" + type + " must be text", value);
        }
        return scalar(type, text);
    }

    /** The value of a type that is written as text. */
    static Object scalar(String type, String text) {
        try {
            return switch (type) {
                case "number" -> Double.valueOf(text);
                case "decimal" -> decimal(text);
                case "bytes" -> Bytes.of(Base64.getDecoder().decode(text));
                case "instant" -> Instant.parse(text);
                case "date" -> LocalDate.parse(text);
                default ->
                        throw new Invalid(
                                "value",
                                "must be of type number, decimal, bytes, instant, date or map",
                                ":" + type);
            };
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException unreadable) {
            throw new Invalid("value", "must be a text that says " + type, text);
        }
    }

    private static BigDecimal decimal(String text) {
        if (text.length() > DECIMAL) {
            throw new Invalid("value", "must be at most " + DECIMAL + " characters long", text);
        }
        return new BigDecimal(text);
    }
}
