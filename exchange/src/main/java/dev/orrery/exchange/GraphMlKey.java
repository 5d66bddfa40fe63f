package dev.orrery.exchange;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key of GraphML: a property and the type its values have. Immutable.
 *
 * @param name the property, or {@link #TYPE}
 * @param type what GraphML calls the type
 * @param noted what we call it, where GraphML has no such type; else empty
 */
record GraphMlKey(String name, String type, String noted) { // law X1
    /** The name under which the types of nodes and edges stand. */
    static final String TYPE = ":type";

    /** The namespace of the notes beside the types. */
    static final String NOTES = "urn:orrery:graphml:1";

    /** The key for a property with a value. */
    static GraphMlKey of(String name, @Nullable Object value) {
        return switch (value) {
            case null -> new GraphMlKey(name, "string", "null");
            case Boolean _ -> new GraphMlKey(name, "boolean", "");
            case Long _ -> new GraphMlKey(name, "long", "");
            case Double _ -> new GraphMlKey(name, "double", "");
            case String text when isPlain(text) -> new GraphMlKey(name, "string", "");
            case String _, List<?> _, Map<?, ?> _ -> new GraphMlKey(name, "string", "json");
            case Bytes _ -> new GraphMlKey(name, "string", "bytes");
            case Instant _ -> new GraphMlKey(name, "string", "instant");
            case LocalDate _ -> new GraphMlKey(name, "string", "date");
            default -> new GraphMlKey(name, "string", "decimal");
        };
    }

    /** The text of a value that has this key. */
    String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Bytes bytes -> Base64.getEncoder().encodeToString(bytes.toArray());
            case Object any when noted.equals("json") -> JsonValues.ascii(any);
            default -> value.toString();
        };
    }

    /** The value that a text says. */
    @Nullable Object value(String text) {
        return switch (noted) {
            case "" -> plain(text);
            case "null" -> null;
            case "json" -> JsonValues.parse(text);
            default -> JsonValues.scalar(noted, text);
        };
    }

    private Object plain(String text) {
        try {
            return switch (type) {
                case "boolean" -> flag(text.strip());
                case "int", "long" -> Long.valueOf(text.strip());
                case "float", "double" -> number(text.strip());
                default -> text;
            };
        } catch (NumberFormatException unreadable) {
            throw new Invalid(name, "must be " + type, text);
        }
    }

    private boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new Invalid(name, "must be true or false", text);
        };
    }

    /** Also as XML and as Python write what is no number. */
    private static double number(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "nan" -> Double.NaN;
            case "inf", "+inf", "infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** Whether XML gives a text back as it is. */
    static boolean isPlain(String text) {
        return text.codePoints().allMatch(GraphMlKey::isPlain);
    }

    private static boolean isPlain(int character) {
        return character == '\t'
                || character == '\n'
                || (character >= 0x20 && character <= 0xD7FF)
                || (character >= 0xE000 && character <= 0xFFFD)
                || character >= 0x10000;
    }

    /** A text as it can stand in an attribute. */
    static String attribute(String what, String text) {
        if (!isPlain(text) || text.indexOf('\t') >= 0 || text.indexOf('\n') >= 0) {
            throw new Invalid(what, "must have no control characters; use JSON Lines", text);
        }
        return text;
    }
}
