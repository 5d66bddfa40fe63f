package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as deterministic CBOR (RFC 8949 section 4.2): shortest heads, shortest exact
 * floats, map keys sorted by their bytes, definite lengths. Equal values of equal classes give
 * equal bytes. For authors of formats. Confined to one thread.
 *
 * @see Codec for the layout of values
 */
public final class CborWriter {
    private byte[] buffer = new byte[96];
    private int size;
    private int depth;

    /** A writer that has written nothing. */
    public CborWriter() {}

    /** A fresh array of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    /** How many bytes were written. */
    public int size() {
        return size;
    }

    /** Forgets what was written, so that the writer can be used again. */
    public void clear() {
        size = 0;
        depth = 0;
    }

    // ---- containers

    /** Begins a list of that many values, ended by {@link #end}. */
    public void beginList(int elements) {
        begin();
        head(Cbor.LIST, elements);
    }

    /**
     * Begins a map of that many entries, ended by {@link #end}; the caller gives the keys in order.
     */
    public void beginMap(int entries) {
        begin();
        head(Cbor.MAP, entries);
    }

    /** Ends the innermost list or map. */
    public void end() {
        depth--;
    }

    private void begin() {
        if (++depth > Values.MAX_DEPTH) {
            throw new Invalid(
                    "", "must not nest deeper than " + Values.MAX_DEPTH, "a deeper value");
        }
    }

    // ---- scalars

    /** Writes a null. */
    public void nothing() {
        put(Cbor.NULL);
    }

    /** Writes a truth value. */
    public void flag(boolean flag) {
        put(flag ? Cbor.TRUE : Cbor.FALSE);
    }

    /** Writes a whole number. */
    public void whole(long whole) {
        if (whole >= 0) {
            head(Cbor.UNSIGNED, whole);
        } else {
            head(Cbor.NEGATIVE, ~whole);
        }
    }

    /** In 16, 32 or 64 bits, the fewest that hold it exactly; every NaN as one. */
    void binary(double binary) {
        var single = (float) binary;
        if (Double.isNaN(binary)) {
            put(Cbor.HALF);
            putShort(Cbor.HALF_NAN);
        } else if (Double.doubleToRawLongBits(single) != Double.doubleToRawLongBits(binary)) {
            put(Cbor.DOUBLE);
            putLong(Double.doubleToRawLongBits(binary));
        } else {
            single(single);
        }
    }

    private void single(float single) {
        var half = Float.floatToFloat16(single);
        if (Float.floatToRawIntBits(Float.float16ToFloat(half))
                == Float.floatToRawIntBits(single)) {
            put(Cbor.HALF);
            putShort(half);
        } else {
            put(Cbor.SINGLE);
            putInt(Float.floatToRawIntBits(single));
        }
    }

    /**
     * Writes text.
     *
     * @throws Invalid for text that UTF-8 cannot hold
     */
    public void text(String text) {
        var length = text.length();
        ensure(length + 9);
        var start = size;
        head(Cbor.TEXT, length);
        var into = buffer;
        var at = size;
        for (var i = 0; i < length; i++) {
            var each = text.charAt(i);
            if (each >= 0x80) {
                size = start;
                unicode(text);
                return;
            }
            into[at++] = (byte) each;
        }
        size = at;
    }

    private void unicode(String text) {
        if (!Values.isWellFormed(text)) {
            throw new Invalid("", "must not have an unpaired surrogate", text);
        }
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        head(Cbor.TEXT, utf8.length);
        raw(utf8);
    }

    /** Writes a string of bytes. */
    public void bytes(byte[] bytes) {
        head(Cbor.BYTES, bytes.length);
        raw(bytes);
    }

    private void decimal(BigDecimal decimal) {
        if (!Values.withinLimits(decimal)) {
            throw new Invalid(
                    "", "is a decimal with too many digits or too great a scale", decimal);
        }
        head(Cbor.TAG, Cbor.TAG_DECIMAL);
        head(Cbor.LIST, 2);
        whole(-(long) decimal.scale());
        digits(decimal.unscaledValue());
    }

    private void digits(BigInteger digits) {
        if (digits.bitLength() < 64) {
            whole(digits.longValue());
            return;
        }
        var negative = digits.signum() < 0;
        var magnitude = negative ? digits.not() : digits;
        if (magnitude.bitLength() <= 64) {
            put((negative ? Cbor.NEGATIVE : Cbor.UNSIGNED) << 5 | 27);
            putLong(magnitude.longValue());
            return;
        }
        head(Cbor.TAG, negative ? Cbor.TAG_NEGATIVE_BIG : Cbor.TAG_BIG);
        var bytes = magnitude.toByteArray();
        var leading = bytes[0] == 0 ? 1 : 0;
        bytes(Arrays.copyOfRange(bytes, leading, bytes.length));
    }

    void date(LocalDate date) {
        head(Cbor.TAG, Cbor.TAG_DATE);
        whole(date.toEpochDay());
    }

    void instant(Instant instant) {
        if (instant.getNano() == 0) {
            head(Cbor.TAG, Cbor.TAG_SECONDS);
            whole(instant.getEpochSecond());
            return;
        }
        head(Cbor.TAG, Cbor.TAG_TIME);
        head(Cbor.MAP, 2);
        whole(Cbor.TIME_SECONDS);
        whole(instant.getEpochSecond());
        whole(Cbor.TIME_NANOS);
        whole(instant.getNano());
    }

    // ---- trees

    /** Writes a value in normal form, or null. */
    public void value(@Nullable Object value) {
        switch (value) {
            case null -> nothing();
            case String text -> text(text);
            case Long whole -> whole(whole);
            case Double binary -> binary(binary);
            case Boolean flag -> flag(flag);
            case BigDecimal decimal -> decimal(decimal);
            case Bytes bytes -> bytes(bytes.content());
            case Instant instant -> instant(instant);
            case LocalDate date -> date(date);
            case List<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            default ->
                    throw new IllegalStateException(
                            "law C20: no normal value: " + value.getClass());
        }
    }

    /** Writes a row as a map; rows that share a shape share the work of ordering its names. */
    public void row(Row row) {
        var stored = row.shape().stored();
        beginMap(stored.size());
        for (var i = 0; i < stored.size(); i++) {
            raw(stored.name(i));
            value(row.at(stored.place(i)));
        }
        end();
    }

    private void list(List<?> list) {
        beginList(list.size());
        for (var element : list) {
            value(element);
        }
        end();
    }

    private void map(Map<?, ?> map) {
        record Entry(Bytes key, @Nullable Object value) {}
        var entries = new Entry[map.size()];
        var next = 0;
        for (var entry : map.entrySet()) {
            entries[next++] =
                    new Entry(
                            Bytes.wrap(Cbor.textBytes((String) entry.getKey())), entry.getValue());
        }
        Arrays.sort(entries, Comparator.comparing(Entry::key));
        beginMap(entries.length);
        for (var entry : entries) {
            raw(entry.key.content());
            value(entry.value);
        }
        end();
    }

    // ---- bytes

    private void head(int major, long argument) {
        if (argument < 24) {
            put(major << 5 | (int) argument);
        } else if (argument < 1 << 8) {
            put(major << 5 | 24);
            put((int) argument);
        } else if (argument < 1 << 16) {
            put(major << 5 | 25);
            putShort((int) argument);
        } else if (argument < 1L << 32) {
            put(major << 5 | 26);
            putInt((int) argument);
        } else {
            put(major << 5 | 27);
            putLong(argument);
        }
    }

    /** Writes bytes that are CBOR already. */
    public void raw(byte[] bytes) {
        raw(bytes, 0, bytes.length);
    }

    void raw(byte[] bytes, int from, int length) {
        ensure(length);
        System.arraycopy(bytes, from, buffer, size, length);
        size += length;
    }

    private void put(int each) {
        ensure(1);
        buffer[size++] = (byte) each;
    }

    private void putShort(int value) {
        put(value >>> 8);
        put(value);
    }

    private void putInt(int value) {
        putShort(value >>> 16);
        putShort(value);
    }

    private void putLong(long value) {
        putInt((int) (value >>> 32));
        putInt((int) value);
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
        }
    }
}
