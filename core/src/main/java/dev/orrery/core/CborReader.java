package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.math.BigInteger;
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
 * Reads values from deterministic CBOR, accepting only what {@link CborWriter} writes.
 *
 * <p>Made for damaged and hostile bytes: every length is held against the bytes that are left
 * before memory is taken for it, nesting is limited, and whatever is wrong is an {@link Invalid}
 * that says at which byte. For authors of formats. Confined to one thread.
 */
public final class CborReader {
    /**
     * A list begins this small and grows with what is really there, since nested counts could each
     * claim all bytes.
     */
    private static final int FIRST_CAPACITY = 16;

    private final byte[] bytes;
    private int at;
    private int depth;

    /** A reader of these bytes, from the first; they must not change under it. */
    public CborReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** What to throw when the bytes break a rule of their format: names the rule and the place. */
    public Invalid damaged(String rule) { // law C26
        return new Invalid("", "is no stored value: " + rule, "byte " + at + " of " + bytes.length);
    }

    /** Refuses bytes that are left. */
    public void expectEnd() {
        if (at != bytes.length) {
            throw damaged("there are bytes after it");
        }
    }

    /** Whether nothing is left. */
    public boolean atEnd() {
        return at == bytes.length;
    }

    /** The place of the next byte, from 0. */
    public int position() {
        return at;
    }

    // ---- heads

    private int next() {
        if (at == bytes.length) {
            throw damaged("it ends early");
        }
        return bytes[at++] & 0xff;
    }

    private int peek() {
        if (at == bytes.length) {
            throw damaged("it ends early");
        }
        return bytes[at] & 0xff;
    }

    /**
     * The argument of a head whose first byte was read, unsigned; only the shortest form is one.
     */
    private long argument(int first) {
        var kind = first & 0x1f;
        if (kind < 24) {
            return kind;
        }
        return switch (kind) {
            case 24 -> shortest(next(), 24);
            case 25 -> shortest(bits(2), 1L << 8);
            case 26 -> shortest(bits(4), 1L << 16);
            case 27 -> shortest(bits(8), 1L << 32);
            default -> throw damaged("a length is missing");
        };
    }

    private long shortest(long argument, long least) { // law C25
        if (argument >= 0 && argument < least) {
            throw damaged("a number is longer than it need be");
        }
        return argument;
    }

    private long bits(int count) {
        if (bytes.length - at < count) {
            throw damaged("it ends early");
        }
        var bits = 0L;
        for (var i = 0; i < count; i++) {
            bits = bits << 8 | (bytes[at++] & 0xff);
        }
        return bits;
    }

    /** A count of things that each take at least so many of the bytes left. */
    private int count(int first, int bytesEach) {
        var count = argument(first);
        if (count < 0 || count > (bytes.length - at) / bytesEach) {
            throw damaged("a length is greater than what is left");
        }
        return (int) count;
    }

    private void expect(int first, int major, String what) {
        if (first >>> 5 != major) {
            throw damaged("no " + what + " where one is due");
        }
    }

    private void begin() {
        if (++depth > Values.MAX_DEPTH) {
            throw damaged("it nests deeper than " + Values.MAX_DEPTH);
        }
    }

    // ---- for mappings, which know what comes

    /** Ends a list or map, all of whose elements were read. */
    public void end() {
        depth--;
    }

    /** Begins a list: how many elements follow, or -1 when there is none here. */
    public int tryBeginList() {
        if (peek() >>> 5 != Cbor.LIST) {
            return -1;
        }
        begin();
        return count(next(), 1);
    }

    /** Begins a map: how many entries follow, or -1 when there is none here. */
    public int tryBeginMap() {
        if (peek() >>> 5 != Cbor.MAP) {
            return -1;
        }
        begin();
        return count(next(), 2);
    }

    boolean isAtMap() {
        return peek() >>> 5 == Cbor.MAP;
    }

    /** Takes a null, if there is one. */
    public boolean tryNothing() {
        if (peek() != Cbor.NULL) {
            return false;
        }
        at++;
        return true;
    }

    /** Takes exactly these bytes, if they come next. */
    boolean tryRaw(byte[] expected) {
        var end = at + expected.length;
        if (end > bytes.length || !Arrays.equals(bytes, at, end, expected, 0, expected.length)) {
            return false;
        }
        at = end;
        return true;
    }

    /** Checks that a map's key comes after the one before it. */
    void expectOrder(byte @Nullable [] previous, byte[] key) {
        if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
            throw damaged("the keys of a map are not in order");
        }
    }

    /**
     * Takes a text.
     *
     * @param guess what it probably is: that of the record before. It is given back when it is
     *     right
     */
    public String text(String guess) {
        return tryText(guess) ? guess : text();
    }

    /** Takes exactly this text, if it comes next and is plain ASCII. */
    private boolean tryText(String expected) {
        var start = at;
        var first = next();
        var length = expected.length();
        if (first >>> 5 == Cbor.TEXT && count(first, 1) == length && isAt(expected)) {
            at += length;
            return true;
        }
        at = start;
        return false;
    }

    private boolean isAt(String expected) {
        for (var i = 0; i < expected.length(); i++) {
            if (bytes[at + i] != expected.charAt(i)) { // no byte is a letter beyond ASCII
                return false;
            }
        }
        return true;
    }

    /** Takes a text. */
    public String text() {
        var first = next();
        expect(first, Cbor.TEXT, "text");
        var length = count(first, 1);
        var start = at;
        at += length;
        for (var i = start; i < at; i++) {
            if (bytes[i] < 0) {
                return unicode(start, length);
            }
        }
        return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }

    private String unicode(int start, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, length))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw damaged("a text is not UTF-8");
        }
    }

    /** Takes a whole number. */
    public long whole() {
        return whole(next());
    }

    private long whole(int first) {
        var argument = argument(first);
        if (argument < 0) {
            throw damaged("a number has more than 64 bits");
        }
        return switch (first >>> 5) {
            case Cbor.UNSIGNED -> argument;
            case Cbor.NEGATIVE -> ~argument;
            default -> throw damaged("no whole number where one is due");
        };
    }

    // ---- trees

    /** Takes a value of any type, in normal form, or null. */
    public @Nullable Object value() {
        var first = next();
        return switch (first >>> 5) {
            case Cbor.UNSIGNED, Cbor.NEGATIVE -> whole(first);
            case Cbor.BYTES -> bytes(first);
            case Cbor.TEXT -> {
                at--;
                yield text();
            }
            case Cbor.LIST -> list(first);
            case Cbor.MAP -> map(first);
            case Cbor.TAG -> tagged(argument(first));
            default -> simple(first);
        };
    }

    /** Takes a string of bytes. */
    public Bytes bytes() {
        return bytes(next());
    }

    /** Takes a string of exactly as many bytes as an array has, and fills that with them. */
    public void bytes(byte[] into) {
        var start = bytesStart(next());
        if (at - start != into.length) {
            throw damaged("it has not " + into.length + " bytes");
        }
        System.arraycopy(bytes, start, into, 0, into.length);
    }

    /** Takes a string of bytes, which are CBOR, and writes them as such. */
    public void raw(CborWriter out) {
        var start = bytesStart(next());
        out.raw(bytes, start, at - start);
    }

    /** Takes a map as a row. */
    public Row row() {
        return row(Shape.of());
    }

    /**
     * Takes a map as a row.
     *
     * @param guess the shape it probably has: that of the row before. It is shared when it is right
     */
    public Row row(Shape guess) {
        var first = next();
        expect(first, Cbor.MAP, "map");
        begin();
        var count = count(first, 2);
        var stored = guess.stored();
        var values = new @Nullable Object[count];
        var read = 0;
        if (count == guess.size()) {
            while (read < count && tryRaw(stored.name(read))) {
                values[stored.place(read)] = value();
                read++;
            }
            if (read == count) {
                end();
                return new Row(guess, values);
            }
        }
        return otherRow(count, guess, read, values);
    }

    /** Reads on where the row is found to have another shape than the guess. */
    private Row otherRow(int count, Shape guess, int read, @Nullable Object[] soFar) {
        var names = new ArrayList<String>();
        var values = new ArrayList<@Nullable Object>();
        byte @Nullable [] previous = null;
        for (var i = 0; i < read; i++) {
            var place = guess.stored().place(i);
            names.add(guess.column(place));
            values.add(soFar[place]);
            previous = guess.stored().name(i);
        }
        for (var i = read; i < count; i++) {
            var name = text();
            var storedName = Cbor.textBytes(name);
            expectOrder(previous, storedName);
            previous = storedName;
            names.add(name);
            values.add(value());
        }
        end();
        return new Row(Shape.of(names), values.toArray());
    }

    private Bytes bytes(int first) {
        var start = bytesStart(first);
        return Bytes.wrap(Arrays.copyOfRange(bytes, start, at));
    }

    /** Takes a string of bytes and returns where it began. */
    private int bytesStart(int first) {
        expect(first, Cbor.BYTES, "bytes");
        var length = count(first, 1);
        at += length;
        return at - length;
    }

    private List<@Nullable Object> list(int first) {
        begin();
        var count = count(first, 1);
        var list = new ArrayList<@Nullable Object>(Math.min(count, FIRST_CAPACITY));
        for (var i = 0; i < count; i++) {
            list.add(value());
        }
        end();
        return Collections.unmodifiableList(list);
    }

    private Map<String, @Nullable Object> map(int first) {
        begin();
        var count = count(first, 2);
        var map = new LinkedHashMap<String, @Nullable Object>();
        var previous = 0;
        var previousEnd = 0;
        for (var i = 0; i < count; i++) {
            var start = at;
            var key = text();
            if (Arrays.compareUnsigned(bytes, previous, previousEnd, bytes, start, at) >= 0) {
                throw damaged("the keys of a map are not in order");
            }
            previous = start;
            previousEnd = at;
            map.put(key, value());
        }
        end();
        return Collections.unmodifiableMap(map);
    }

    private @Nullable Object simple(int first) {
        return switch (first) {
            case Cbor.FALSE -> false;
            case Cbor.TRUE -> true;
            case Cbor.NULL -> null;
            case Cbor.HALF -> half((short) bits(2));
            case Cbor.SINGLE -> single(Float.intBitsToFloat((int) bits(4)));
            case Cbor.DOUBLE -> binary(Double.longBitsToDouble(bits(8)));
            default -> throw damaged("byte " + first + " begins no value");
        };
    }

    private double half(short bits) {
        var half = Float.float16ToFloat(bits);
        if (Float.isNaN(half) && bits != Cbor.HALF_NAN) {
            throw damaged("a NaN is not the one");
        }
        return half;
    }

    private double single(float single) {
        if (Float.isNaN(single) || Float.float16ToFloat(Float.floatToFloat16(single)) == single) {
            throw damaged("a number is longer than it need be");
        }
        return single;
    }

    private double binary(double binary) {
        if (Double.isNaN(binary) || (float) binary == binary) {
            throw damaged("a number is longer than it need be");
        }
        return binary;
    }

    private Object tagged(long tag) {
        if (tag == Cbor.TAG_SECONDS) {
            return instant(whole(), 0);
        }
        if (tag == Cbor.TAG_TIME) {
            return time();
        }
        if (tag == Cbor.TAG_DATE) {
            return date(whole());
        }
        if (tag == Cbor.TAG_DECIMAL) {
            return decimal();
        }
        throw damaged("tag " + tag + " is not known");
    }

    private LocalDate date(long day) {
        try {
            return LocalDate.ofEpochDay(day);
        } catch (DateTimeException beyond) {
            throw damaged("a date is beyond its range");
        }
    }

    private Instant instant(long seconds, long nanos) {
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException beyond) {
            throw damaged("an instant is beyond its range");
        }
    }

    private Instant time() {
        if (next() != (Cbor.MAP << 5 | 2) || whole() != Cbor.TIME_SECONDS) {
            throw damaged("an instant is malformed");
        }
        var seconds = whole();
        if (whole() != Cbor.TIME_NANOS) {
            throw damaged("an instant is malformed");
        }
        var nanos = whole();
        if (nanos < 1 || nanos > 999_999_999) {
            throw damaged("an instant's nanoseconds are beyond their range");
        }
        return instant(seconds, nanos);
    }

    private BigDecimal decimal() {
        if (next() != (Cbor.LIST << 5 | 2)) {
            throw damaged("a decimal is malformed");
        }
        var exponent = whole();
        if (exponent < -Values.MAX_DECIMAL_SCALE || exponent > Values.MAX_DECIMAL_SCALE) {
            throw damaged("a decimal's scale is too great");
        }
        var decimal = new BigDecimal(digits(), (int) -exponent);
        if (!Values.withinLimits(decimal)) {
            throw damaged("a decimal has too many digits");
        }
        return decimal;
    }

    private BigInteger digits() {
        var first = next();
        return switch (first >>> 5) {
            case Cbor.UNSIGNED -> unsigned(argument(first));
            case Cbor.NEGATIVE -> unsigned(argument(first)).not();
            case Cbor.TAG -> bigDigits(argument(first));
            default -> throw damaged("a decimal is malformed");
        };
    }

    private static BigInteger unsigned(long argument) {
        var low = BigInteger.valueOf(argument & Long.MAX_VALUE);
        return argument < 0 ? low.setBit(63) : low;
    }

    private BigInteger bigDigits(long tag) {
        if (tag != Cbor.TAG_BIG && tag != Cbor.TAG_NEGATIVE_BIG) {
            throw damaged("a decimal is malformed");
        }
        var magnitude = bytes(next()).content();
        if (magnitude.length <= 8
                || magnitude[0] == 0
                || magnitude.length > Values.MAX_DECIMAL_BYTES) {
            throw damaged("a decimal's digits are not in their shortest form, or too many");
        }
        var digits = new BigInteger(1, magnitude);
        return tag == Cbor.TAG_BIG ? digits : digits.not();
    }
}
