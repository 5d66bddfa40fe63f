package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key's parts as one line of text.
 *
 * <p>Parts are joined by {@code /}. Text stands for itself; {@code #} begins null, flags and
 * numbers (a decimal ends in {@code m}), {@code @} dates and instants, {@code $} bytes and {@code
 * !} lists and maps, these two in URL-safe base 64. In text, {@code ~} precedes a {@code /} or
 * {@code ~}, a sign of another type at the beginning, and, with {@code x} and two digits, stands
 * for a control character.
 */
final class KeyText {
    private static final String SIGNS = "#@$!";
    private static final int MAX_NUMBER_CHARS = 4_096;

    private KeyText() {}

    // ---- writing

    static String write(@Nullable Object[] parts) {
        if (parts.length == 1 && parts[0] instanceof String text && isPlain(text)) {
            return text;
        }
        var line = new StringBuilder();
        for (var i = 0; i < parts.length; i++) {
            if (i > 0) {
                line.append('/');
            }
            writePart(parts[i], line);
        }
        return line.toString();
    }

    private static void writePart(@Nullable Object part, StringBuilder line) {
        switch (part) {
            case null -> line.append("#null");
            case String text -> escape(text, line);
            case BigDecimal decimal -> line.append('#').append(decimal).append('m');
            case Long _, Double _, Boolean _ -> line.append('#').append(part);
            case LocalDate _, Instant _ -> line.append('@').append(part);
            case Bytes bytes -> line.append('$').append(base64(bytes.content()));
            case List<?> _, Map<?, ?> _ ->
                    line.append('!').append(base64(KeyBytes.encode(new Object[] {part})));
            default -> throw new IllegalStateException("law C27: no value of a key: " + part);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static boolean isPlain(String text) {
        for (var i = 0; i < text.length(); i++) {
            if (needsEscape(text.charAt(i), i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean needsEscape(char each, int index) {
        return each == '/'
                || each == '~'
                || isControl(each)
                || (index == 0 && SIGNS.indexOf(each) >= 0);
    }

    private static boolean isControl(char each) {
        return each < 0x20 || each == 0x7f;
    }

    private static void escape(String text, StringBuilder line) {
        for (var i = 0; i < text.length(); i++) {
            var each = text.charAt(i);
            if (isControl(each)) {
                line.append("~x").append(HexFormat.of().toHexDigits((byte) each));
            } else {
                line.append(needsEscape(each, i) ? "~" : "").append(each);
            }
        }
    }

    // ---- reading

    static @Nullable Object[] parse(String text) {
        var parts = new ArrayList<@Nullable Object>();
        for (var raw : text.split("/", -1)) {
            // an escaped separator was split too: its piece ends in an odd escape
            var last = parts.size() - 1;
            if (last >= 0 && parts.get(last) instanceof Open open) {
                parts.set(last, open.plus(raw).closed());
            } else {
                parts.add(new Open(raw).closed());
            }
        }
        if (parts.getLast() instanceof Open) {
            throw new Invalid("", "ends within an escape", text);
        }
        return parts.stream().map(part -> part == null ? null : read((String) part)).toArray();
    }

    /** A part whose last separator was escaped. */
    private record Open(String text) {
        Open plus(String more) {
            return new Open(text + "/" + more);
        }

        /** This when the text ends in an escape, else its text. */
        Object closed() {
            var escapes = 0;
            while (escapes < text.length() && text.charAt(text.length() - 1 - escapes) == '~') {
                escapes++;
            }
            return escapes % 2 == 1 ? this : text;
        }
    }

    private static @Nullable Object read(String part) {
        if (part.isEmpty()) {
            return "";
        }
        var rest = part.substring(1);
        try {
            return switch (part.charAt(0)) {
                case '#' -> readPlain(rest);
                case '@' -> rest.indexOf('T') < 0 ? LocalDate.parse(rest) : Instant.parse(rest);
                case '$' -> Bytes.wrap(Base64.getUrlDecoder().decode(rest));
                case '!' -> KeyBytes.decode(Base64.getUrlDecoder().decode(rest))[0];
                default -> unescape(part);
            };
        } catch (IllegalArgumentException | DateTimeException refused) {
            throw new Invalid("", "is no part of a key's text", part);
        }
    }

    private static @Nullable Object readPlain(String rest) {
        if (rest.length() > MAX_NUMBER_CHARS) {
            throw new Invalid("", "is too long for a number", rest);
        }
        return switch (rest) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> readNumber(rest);
        };
    }

    private static Object readNumber(String rest) {
        if (rest.endsWith("m")) {
            return new BigDecimal(rest.substring(0, rest.length() - 1));
        }
        for (var i = 0; i < rest.length(); i++) {
            if (rest.charAt(i) != '-' && (rest.charAt(i) < '0' || rest.charAt(i) > '9')) {
                return Double.valueOf(rest);
            }
        }
        return Long.valueOf(rest);
    }

    private static String unescape(String part) {
        if (part.indexOf('~') < 0) {
            return part;
        }
        var text = new StringBuilder(part.length());
        for (var i = 0; i < part.length(); i++) {
            var each = part.charAt(i);
            if (each != '~') {
                text.append(each);
            } else if (++i < part.length() && part.charAt(i) == 'x') {
                text.append(
                        (char)
                                HexFormat.fromHexDigits(
                                        part, i + 1, Math.min(i + 3, part.length())));
                i += 2;
            } else if (i < part.length()) {
                text.append(part.charAt(i));
            }
        }
        return text.toString();
    }
}
