package dev.orrery.core;

import org.jspecify.annotations.Nullable;

/**
 * The stored form of values: deterministic CBOR, the layout of {@code docs/formats/values.md}.
 *
 * <p>One value has one form and each accepted form is some value's, so bytes can be hashed and
 * compared in place of values.
 */
final class Cbor {
    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int LIST = 4;
    static final int MAP = 5;
    static final int TAG = 6;

    static final int FALSE = 0xf4;
    static final int TRUE = 0xf5;
    static final int NULL = 0xf6;
    static final int HALF = 0xf9;
    static final int SINGLE = 0xfa;
    static final int DOUBLE = 0xfb;
    static final int HALF_NAN = 0x7e00;

    /** Seconds since 1970. */
    static final int TAG_SECONDS = 1;

    static final int TAG_BIG = 2;
    static final int TAG_NEGATIVE_BIG = 3;
    static final int TAG_DECIMAL = 4;

    /** Days since 1970 (RFC 8943). */
    static final int TAG_DATE = 100;

    /** A map of seconds and nanoseconds (RFC 9581). */
    static final int TAG_TIME = 1001;

    static final int TIME_SECONDS = 1;
    static final int TIME_NANOS = -9;

    private Cbor() {}

    /** The bytes of a value in normal form. */
    static byte[] encode(@Nullable Object value) {
        var out = new CborWriter();
        out.value(value);
        return out.toByteArray();
    }

    /**
     * The value of these bytes.
     *
     * @throws OrreryException.Invalid when they are not exactly one value in its one form
     */
    static @Nullable Object decode(byte[] bytes) {
        var in = new CborReader(bytes);
        var value = in.value();
        in.expectEnd();
        return value;
    }

    /** Text as it is stored, head and all, as map keys are compared. */
    static byte[] textBytes(String text) {
        var out = new CborWriter();
        out.text(text);
        return out.toByteArray();
    }
}
