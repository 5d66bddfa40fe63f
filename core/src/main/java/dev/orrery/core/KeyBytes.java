package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key's parts as bytes whose unsigned order is the keys' order.
 *
 * <p>Each part is a tag byte (in the order of kinds) and its body, none a prefix of another, so
 * parts can follow one another and a shorter key comes before the longer ones it begins.
 *
 * <ul>
 *   <li>number: the greatest double not above it, sign flipped so that bits order as numbers do,
 *       then 0, or, where the double is not the number itself, 1 and what is missing: its decimal
 *       exponent, its digits two to a byte, and 0. Long, Double and decimal thereby order among
 *       each other.
 *   <li>text and bytes: the bytes, 0 written as {@code 00 ff}, ended by {@code 00 00}
 *   <li>date and instant: days; seconds and nanoseconds; sign flipped
 *   <li>list and map: the elements, or names and values by name, ended by 0, which is no tag
 * </ul>
 */
final class KeyBytes {
    private static final int END = 0;
    private static final int NULL = 1;
    private static final int FALSE = 2;
    private static final int TRUE = 3;
    private static final int NUMBER = 4;
    private static final int TEXT = 5;
    private static final int BYTES = 6;
    private static final int DATE = 7;
    private static final int INSTANT = 8;
    private static final int LIST = 9;
    private static final int MAP = 10;

    private static final long SIGN = Long.MIN_VALUE;
    private static final int EXPONENT_BIAS = 0x8000;

    /** More digits than any difference between a decimal within limits and its double has. */
    private static final int MAX_DIGITS = 16_000;

    private KeyBytes() {}

    /** Refuses the values that have no bytes. */
    static void check(Object canonical) {
        switch (canonical) {
            case String text -> {
                if (!Values.isWellFormed(text)) {
                    throw new Invalid("", "must not have an unpaired surrogate in a key", text);
                }
            }
            case BigDecimal decimal -> {
                if (!Double.isFinite(decimal.doubleValue())) {
                    throw new Invalid("", "is beyond the range of numbers in a key", decimal);
                }
            }
            case List<?> list ->
                    list.forEach(element -> {
                        if (element != null) {
                            check(element);
                        }
                    });
            case Map<?, ?> map ->
                    map.forEach((name, value) -> {
                        check(name);
                        if (value != null) {
                            check(value);
                        }
                    });
            default -> {}
        }
    }

    // ---- writing

    static byte[] encode(@Nullable Object[] parts) {
        var out = new ByteArrayOutputStream(32);
        for (var part : parts) {
            write(part, out);
        }
        return out.toByteArray();
    }

    private static void write(@Nullable Object part, ByteArrayOutputStream out) {
        switch (part) {
            case null -> out.write(NULL);
            case Boolean flag -> out.write(flag ? TRUE : FALSE);
            case String text -> {
                out.write(TEXT);
                writeEnded(text.getBytes(StandardCharsets.UTF_8), out);
            }
            case Bytes bytes -> {
                out.write(BYTES);
                writeEnded(bytes.content(), out);
            }
            case LocalDate date -> {
                out.write(DATE);
                writeLong(date.toEpochDay() ^ SIGN, out);
            }
            case Instant instant -> {
                out.write(INSTANT);
                writeLong(instant.getEpochSecond() ^ SIGN, out);
                writeInt(instant.getNano(), out);
            }
            case List<?> list -> {
                out.write(LIST);
                for (var element : list) {
                    write(element, out);
                }
                out.write(END);
            }
            case Map<?, ?> map -> {
                out.write(MAP);
                map.forEach((name, value) -> {
                    write(name, out);
                    write(value, out);
                });
                out.write(END);
            }
            default -> writeNumber(part, out);
        }
    }

    private static void writeNumber(Object number, ByteArrayOutputStream out) {
        out.write(NUMBER);
        if (number instanceof Double binary) {
            writeLong(ordered(binary), out);
            out.write(0);
            return;
        }
        if (number instanceof Long whole && Values.exactAsDouble(whole)) {
            writeLong(ordered((double) whole), out);
            out.write(0);
            return;
        }
        var exact = Values.exact(number);
        var below = floor(exact);
        writeLong(ordered(below), out);
        writeMissing(exact.subtract(new BigDecimal(below)), out);
    }

    /** The greatest double that is not above a decimal. */
    private static double floor(BigDecimal exact) {
        var nearest = exact.doubleValue();
        return new BigDecimal(nearest).compareTo(exact) <= 0 ? nearest : Math.nextDown(nearest);
    }

    /** What a number has above its double: nothing, or a positive decimal. */
    private static void writeMissing(BigDecimal missing, ByteArrayOutputStream out) {
        if (missing.signum() == 0) {
            out.write(0);
            return;
        }
        out.write(1);
        var stripped = missing.stripTrailingZeros();
        var exponent = stripped.precision() - stripped.scale() + EXPONENT_BIAS;
        out.write(exponent >>> 8);
        out.write(exponent);
        var digits = stripped.unscaledValue().toString();
        for (var i = 0; i < digits.length(); i += 2) {
            var tens = digits.charAt(i) - '0';
            var ones = i + 1 < digits.length() ? digits.charAt(i + 1) - '0' : 0;
            out.write(tens * 10 + ones + 1);
        }
        out.write(END);
    }

    /** The bits of a double, ordered as unsigned the way doubles are, NaN the greatest. */
    private static long ordered(double binary) {
        var bits = Double.doubleToLongBits(binary + 0.0);
        return bits ^ ((bits >> 63) | SIGN);
    }

    private static double unordered(long ordered) {
        return Double.longBitsToDouble(ordered < 0 ? ordered ^ SIGN : ~ordered);
    }

    private static void writeEnded(byte[] bytes, ByteArrayOutputStream out) {
        for (var each : bytes) {
            out.write(each);
            if (each == 0) {
                out.write(0xff);
            }
        }
        out.write(END);
        out.write(END);
    }

    private static void writeLong(long value, ByteArrayOutputStream out) {
        writeInt((int) (value >>> 32), out);
        writeInt((int) value, out);
    }

    private static void writeInt(int value, ByteArrayOutputStream out) {
        out.write(value >>> 24);
        out.write(value >>> 16);
        out.write(value >>> 8);
        out.write(value);
    }

    // ---- reading

    static @Nullable Object[] decode(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        var parts = new ArrayList<@Nullable Object>();
        try {
            while (in.hasRemaining()) {
                parts.add(read(in, in.get(), 0));
            }
        } catch (BufferUnderflowException | DateTimeException | CharacterCodingException refused) {
            throw damaged(bytes);
        }
        var array = parts.toArray();
        if (array.length == 0 || !Arrays.equals(bytes, encode(array))) {
            throw damaged(bytes);
        }
        return array;
    }

    private static Invalid damaged(byte[] bytes) {
        return new Invalid("", "are no key's bytes", Bytes.of(bytes));
    }

    private static @Nullable Object read(ByteBuffer in, int tag, int depth)
            throws CharacterCodingException {
        if (depth > Values.MAX_DEPTH) {
            throw new Invalid("", "must not nest deeper than " + Values.MAX_DEPTH, "a deeper key");
        }
        return switch (tag) {
            case NULL -> null;
            case FALSE -> false;
            case TRUE -> true;
            case NUMBER -> readNumber(in);
            case TEXT ->
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(readEnded(in)))
                            .toString();
            case BYTES -> Bytes.wrap(readEnded(in));
            case DATE -> LocalDate.ofEpochDay(in.getLong() ^ SIGN);
            case INSTANT -> Instant.ofEpochSecond(in.getLong() ^ SIGN, in.getInt());
            case LIST -> readList(in, depth);
            case MAP -> readMap(in, depth);
            default -> throw new Invalid("", "is no tag of a key's part", tag);
        };
    }

    private static List<@Nullable Object> readList(ByteBuffer in, int depth)
            throws CharacterCodingException {
        var list = new ArrayList<@Nullable Object>();
        for (var tag = in.get(); tag != END; tag = in.get()) {
            list.add(read(in, tag, depth + 1));
        }
        return Collections.unmodifiableList(list);
    }

    private static Map<String, @Nullable Object> readMap(ByteBuffer in, int depth)
            throws CharacterCodingException {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (var tag = in.get(); tag != END; tag = in.get()) {
            if (!(read(in, tag, depth + 1) instanceof String name)) {
                throw new Invalid("", "must have text as map keys", tag);
            }
            map.put(name, read(in, in.get(), depth + 1));
        }
        return Collections.unmodifiableMap(map);
    }

    private static Object readNumber(ByteBuffer in) {
        var below = unordered(in.getLong());
        if (in.get() == 0) {
            return Values.canonical(below);
        }
        var exponent = Short.toUnsignedInt(in.getShort()) - EXPONENT_BIAS;
        var digits = new StringBuilder();
        for (var pair = in.get(); pair != END; pair = in.get()) {
            if (pair < 1 || pair > 100 || digits.length() > MAX_DIGITS) {
                throw new Invalid("", "is no number of a key", pair);
            }
            digits.append((char) ('0' + (pair - 1) / 10)).append((char) ('0' + (pair - 1) % 10));
        }
        if (!Double.isFinite(below)
                || digits.isEmpty()
                || Math.abs(exponent) > 2 * Values.MAX_DECIMAL_SCALE) {
            throw new Invalid("", "is no number of a key", below);
        }
        var missing = new BigDecimal(new BigInteger(digits.toString()), digits.length() - exponent);
        var exact = new BigDecimal(below).add(missing, MathContext.UNLIMITED);
        if (!Values.withinLimits(exact.stripTrailingZeros())
                || !Double.isFinite(exact.doubleValue())) {
            throw new Invalid("", "is no number of a key", exact);
        }
        return Values.canonical(exact);
    }

    private static byte[] readEnded(ByteBuffer in) {
        var out = new ByteArrayOutputStream();
        while (true) {
            var each = in.get();
            if (each == 0 && in.get() == 0) {
                return out.toByteArray();
            }
            out.write(each);
        }
    }
}
