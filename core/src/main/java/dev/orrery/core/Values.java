package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The plain value tree: its normal form, its one total order, and the canonical member of each set
 * of equal numbers.
 *
 * <p>The order, and with it equality, looks through number classes: 1, 1.0 and 1.00 are one value.
 * Kinds are ordered null, flag, number, text, bytes, date, instant, list, map. Text is ordered by
 * code point, as UTF-8 and SQL's binary collations do, not by {@code char}.
 */
final class Values {
    /** How deep lists and maps may nest, in memory and in stored bytes. */
    static final int MAX_DEPTH = 64;

    /** The most bytes a decimal's digits may take, as a two's complement number. */
    static final int MAX_DECIMAL_BYTES = 1_024;

    /** The greatest distance of a decimal's scale from zero. */
    static final int MAX_DECIMAL_SCALE = 6_000;

    private static final long EXACT_IN_DOUBLE = 1L << 53;

    private Values() {}

    // ---- normal form

    /** The normal form of a value that may be null. */
    static @Nullable Object normalOrNull(@Nullable Object value) {
        return value == null ? null : normal(value);
    }

    /** The normal form of a value: copied where the caller could change it. */
    static Object normal(Object value) { // law C20
        return normal(value, 0);
    }

    private static @Nullable Object normalOrNull(@Nullable Object value, int depth) {
        return value == null ? null : normal(value, depth);
    }

    private static Object normal(Object value, int depth) {
        return switch (value) {
            case String text -> text;
            case Long whole -> whole;
            case Double binary -> binary;
            case Boolean flag -> flag;
            case Integer whole -> whole.longValue();
            case Short whole -> whole.longValue();
            case Byte whole -> whole.longValue();
            case Float binary -> binary.doubleValue();
            case BigDecimal decimal -> checked(decimal);
            case BigInteger whole -> checked(new BigDecimal(whole));
            case Bytes bytes -> bytes;
            case byte[] bytes -> Bytes.of(bytes);
            case Instant instant -> instant;
            case OffsetDateTime time -> time.toInstant();
            case ZonedDateTime time -> time.toInstant();
            case LocalDate date -> date;
            case Character character -> character.toString();
            case Row row -> row.toMap();
            case Collection<?> list -> list(list, depth);
            case Map<?, ?> map -> map(map, depth);
            default ->
                    throw new Invalid(
                            "", "is no value: an instance of " + value.getClass().getName(), value);
        };
    }

    private static BigDecimal checked(BigDecimal decimal) {
        if (!withinLimits(decimal)) {
            throw new Invalid(
                    "", "is a decimal with too many digits or too great a scale", decimal);
        }
        return decimal;
    }

    /** Whether a decimal is small enough to be held and stored. */
    static boolean withinLimits(BigDecimal decimal) {
        return Math.abs((long) decimal.scale()) <= MAX_DECIMAL_SCALE
                && decimal.unscaledValue().bitLength() < MAX_DECIMAL_BYTES * 8;
    }

    private static List<@Nullable Object> list(Collection<?> list, int depth) {
        checkDepth(depth);
        var normal = new ArrayList<@Nullable Object>(list.size());
        for (var element : list) {
            normal.add(normalOrNull(element, depth + 1));
        }
        return Collections.unmodifiableList(normal);
    }

    private static Map<String, @Nullable Object> map(Map<?, ?> map, int depth) {
        checkDepth(depth);
        var normal = LinkedHashMap.<String, @Nullable Object>newLinkedHashMap(map.size());
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new Invalid("", "must have text as map keys", key);
            }
            normal.put(name, normalOrNull(value, depth + 1));
        });
        return Collections.unmodifiableMap(normal);
    }

    private static void checkDepth(int depth) {
        if (depth >= MAX_DEPTH) {
            throw new Invalid("", "must not nest deeper than " + MAX_DEPTH, "a deeper value");
        }
    }

    // ---- one canonical member for equal numbers

    /**
     * The value that stands for all that compare equal to this normal one: a whole number that fits
     * is a Long, another that a double holds exactly is a Double, the rest are decimals without
     * trailing zeros.
     */
    static Object canonical(Object value) {
        return switch (value) {
            case Double binary -> canonical(binary.doubleValue());
            case BigDecimal decimal -> canonical(decimal);
            case List<?> list -> canonicalList(list);
            case Map<?, ?> map -> canonicalMap(map);
            default -> value;
        };
    }

    static @Nullable Object canonicalOrNull(@Nullable Object value) {
        return value == null ? null : canonical(value);
    }

    private static Object canonical(double binary) {
        // -0x1p63 is a long, 0x1p63 is the first double that is none
        if (binary == Math.rint(binary) && binary >= -0x1p63 && binary < 0x1p63) {
            return (long) binary;
        }
        return binary;
    }

    private static Object canonical(BigDecimal decimal) {
        var stripped = decimal.stripTrailingZeros();
        if (stripped.scale() <= 0) {
            return stripped.precision() - stripped.scale() <= 19
                            && stripped.toBigInteger().bitLength() < 64
                    ? stripped.longValue()
                    : doubleIfExact(stripped);
        }
        return doubleIfExact(stripped);
    }

    private static Object doubleIfExact(BigDecimal stripped) {
        var nearest = stripped.doubleValue();
        return Double.isFinite(nearest)
                        && nearest != 0
                        && new BigDecimal(nearest).compareTo(stripped) == 0
                ? (Object) nearest
                : stripped;
    }

    private static List<@Nullable Object> canonicalList(List<?> list) {
        var canonical = new ArrayList<@Nullable Object>(list.size());
        for (var element : list) {
            canonical.add(canonicalOrNull(element));
        }
        return Collections.unmodifiableList(canonical);
    }

    private static Map<String, @Nullable Object> canonicalMap(Map<?, ?> map) {
        var canonical = new TreeMap<String, @Nullable Object>(Values::compareText);
        map.forEach((key, value) -> canonical.put((String) key, canonicalOrNull(value)));
        return Collections.unmodifiableMap(canonical);
    }

    /** Whether converting to a double and back gives the same whole number. */
    static boolean exactAsDouble(long whole) {
        return (whole >= -EXACT_IN_DOUBLE && whole <= EXACT_IN_DOUBLE)
                || (whole != Long.MAX_VALUE && (long) (double) whole == whole);
    }

    // ---- the total order

    /**
     * The place of a value's kind in the order; two values of one kind can be compared, others
     * cannot.
     */
    static int kind(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Boolean _ -> 1;
            case Long _, Double _, BigDecimal _ -> 2;
            case String _ -> 3;
            case Bytes _ -> 4;
            case LocalDate _ -> 5;
            case Instant _ -> 6;
            case List<?> _ -> 7;
            default -> 8;
        };
    }

    /** Compares two normal values, either of which may be null: kinds first, null least. */
    @SuppressWarnings(
            "ReferenceEquality") // one instance equals itself; the rest is compared by value
    static int compare(@Nullable Object left, @Nullable Object right) {
        if (left == right) {
            return 0;
        }
        if (left instanceof String leftText && right instanceof String rightText) {
            return compareText(leftText, rightText);
        }
        if (left instanceof Long leftWhole && right instanceof Long rightWhole) {
            return Long.compare(leftWhole, rightWhole);
        }
        if (left == null || right == null) {
            return left == null ? -1 : 1;
        }
        var kind = kind(left);
        var otherKind = kind(right);
        return kind != otherKind
                ? Integer.compare(kind, otherKind)
                : compareSameKind(kind, left, right);
    }

    private static int compareSameKind(int kind, Object left, Object right) {
        return switch (kind) {
            case 1 -> Boolean.compare((Boolean) left, (Boolean) right);
            case 2 -> compareNumbers(left, right);
            case 3 -> compareText((String) left, (String) right);
            case 4 -> ((Bytes) left).compareTo((Bytes) right);
            case 5 -> ((LocalDate) left).compareTo((LocalDate) right);
            case 6 -> ((Instant) left).compareTo((Instant) right);
            case 7 -> compareLists((List<?>) left, (List<?>) right);
            default -> compareMaps((Map<?, ?>) left, (Map<?, ?>) right);
        };
    }

    /**
     * Exact over Long, Double and BigDecimal; 0.0 equals -0.0; NaN equals itself and is greater
     * than all others.
     */
    private static int compareNumbers(Object left, Object right) {
        if (left instanceof Double leftBinary && right instanceof Double rightBinary) {
            // adding 0.0 turns -0.0 into 0.0
            return Double.compare(leftBinary + 0.0, rightBinary + 0.0);
        }
        if (left instanceof Double binary && !Double.isFinite(binary)) {
            return binary == Double.NEGATIVE_INFINITY ? -1 : 1;
        }
        if (right instanceof Double binary && !Double.isFinite(binary)) {
            return binary == Double.NEGATIVE_INFINITY ? 1 : -1;
        }
        return exact(left).compareTo(exact(right));
    }

    /** A finite number as a decimal, without loss. */
    static BigDecimal exact(Object number) {
        return switch (number) {
            case Long whole -> BigDecimal.valueOf(whole);
            case Double binary -> new BigDecimal(binary);
            default -> (BigDecimal) number;
        };
    }

    /** Orders text by code point. */
    static int compareText(String left, String right) {
        var common = Math.min(left.length(), right.length());
        for (var i = 0; i < common; i++) {
            var leftChar = left.charAt(i);
            var rightChar = right.charAt(i);
            if (leftChar != rightChar) {
                // a surrogate belongs to a code point above every other char
                var leftHigh = Character.isSurrogate(leftChar);
                var rightHigh = Character.isSurrogate(rightChar);
                return leftHigh == rightHigh
                        ? Character.compare(leftChar, rightChar)
                        : leftHigh ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private static int compareLists(List<?> left, List<?> right) {
        var common = Math.min(left.size(), right.size());
        for (var i = 0; i < common; i++) {
            var compared = compare(left.get(i), right.get(i));
            if (compared != 0) {
                return compared;
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /** As lists of entries in the order of their names. */
    private static int compareMaps(Map<?, ?> left, Map<?, ?> right) {
        var leftEntries = canonicalMap(left).entrySet().iterator();
        var rightEntries = canonicalMap(right).entrySet().iterator();
        while (leftEntries.hasNext() && rightEntries.hasNext()) {
            var leftEntry = leftEntries.next();
            var rightEntry = rightEntries.next();
            var compared = compareText(leftEntry.getKey(), rightEntry.getKey());
            if (compared == 0) {
                compared = compare(leftEntry.getValue(), rightEntry.getValue());
            }
            if (compared != 0) {
                return compared;
            }
        }
        return Boolean.compare(leftEntries.hasNext(), rightEntries.hasNext());
    }

    // ---- text

    /** True when every surrogate has its partner, so that UTF-8 can hold the text. */
    static boolean isWellFormed(String text) {
        for (var i = 0; i < text.length(); i++) {
            var each = text.charAt(i);
            if (Character.isSurrogate(each)) {
                var paired =
                        Character.isHighSurrogate(each)
                                && i + 1 < text.length()
                                && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** A value as it reads in a condition's text: text in single quotes, the rest as is. */
    static String shown(@Nullable Object value) {
        return value instanceof String text
                ? "'" + text.replace("'", "''") + "'"
                : String.valueOf(value);
    }
}
