package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Invalid;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CborTest { // laws C25, C26
    /** What the golden file holds, line by line, in its order. */
    private static Map<String, @Nullable Object> golden() {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("null", null);
        values.put("false", false);
        values.put("true", true);
        for (var whole :
                new long[] {
                    0,
                    23,
                    24,
                    255,
                    256,
                    65_535,
                    65_536,
                    1_000_000,
                    4_294_967_295L,
                    4_294_967_296L,
                    Long.MAX_VALUE,
                    -1,
                    -24,
                    -25,
                    -1000,
                    Long.MIN_VALUE
                }) {
            values.put("integer " + whole, whole);
        }
        for (var binary :
                new double[] {
                    0.0,
                    -0.0,
                    1.0,
                    1.1,
                    1.5,
                    65_504.0,
                    100_000.0,
                    3.4028234663852886e38,
                    1e300,
                    5.960464477539063e-8,
                    -4.1,
                    Double.POSITIVE_INFINITY,
                    Double.NEGATIVE_INFINITY,
                    Double.NaN
                }) {
            values.put("number " + binary, binary);
        }
        for (var decimal :
                List.of(
                        "273.15",
                        "0",
                        "0.00",
                        "-12.50",
                        "1E+3",
                        "18446744073709551615",
                        "18446744073709551616",
                        "-18446744073709551616",
                        "-18446744073709551617")) {
            values.put("decimal " + decimal, new BigDecimal(decimal));
        }
        values.put("text empty", "");
        values.put("text a", "a");
        values.put("text umlaut", "\u00fc");
        values.put("text water", "\u6c34");
        values.put("text beyond", "\ud800\udd51");
        values.put("text of 24", "x".repeat(24));
        values.put("bytes", Bytes.of((byte) 1, (byte) 2, (byte) 3, (byte) 4));
        values.put("date", LocalDate.of(2001, 1, 31));
        values.put("date before 1970", LocalDate.of(1969, 12, 31));
        values.put("instant", Instant.parse("2013-03-21T20:04:00Z"));
        values.put("instant with nanoseconds", Instant.parse("2013-03-21T20:04:00.5Z"));
        values.put("list empty", List.of());
        values.put("list", List.of(1L, 2L, List.of(3L)));
        values.put("map empty", Map.of());
        values.put("map", Map.of("a", 1L, "b", List.of(2L, 3L)));
        values.put("map shorter names first", Map.of("aa", 1L, "b", 2L));
        values.put(
                "flight",
                Codec.of(Flight.class)
                        .toValue(new Flight("2001/01/01 00:47", 66, 1750, "DTW", "LAS")));
        values.put("event", Codec.of(Event.class).toValue(new Placed("o-7", 990)));
        return values;
    }

    record Flight(String date, int delay, int distance, String origin, String destination) {}

    sealed interface Event permits Placed {}

    record Placed(String order, long cents) implements Event {}

    @Test
    void goldenBytesAreWrittenAndReadForEver() throws Exception {
        var values = golden();
        var seen = new ArrayList<String>();
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        getClass().getResourceAsStream("/golden/v1/values.txt")),
                                StandardCharsets.UTF_8))) {
            for (var line : lines.lines().toList()) {
                var name = line.substring(0, line.indexOf(": "));
                var hex = line.substring(line.indexOf(": ") + 2);
                seen.add(name);
                assertThat(HexFormat.of().formatHex(Cbor.encode(values.get(name))))
                        .as(name)
                        .isEqualTo(hex);
                assertThat(Cbor.decode(HexFormat.of().parseHex(hex)))
                        .as(name)
                        .isEqualTo(values.get(name));
            }
        }
        assertThat(seen).containsExactlyElementsOf(values.keySet());
    }

    /** The examples of RFC 8949, appendix A, that are values of ours. */
    @Test
    void examplesOfTheStandardHold() {
        var examples =
                List.of(
                        "00",
                        "0a",
                        "1818",
                        "1819",
                        "1903e8",
                        "1a000f4240",
                        "1b000000e8d4a51000",
                        "20",
                        "3863",
                        "3903e7",
                        "f90000",
                        "f98000",
                        "f93c00",
                        "fb3ff199999999999a",
                        "f97bff",
                        "fa47c35000",
                        "fa7f7fffff",
                        "fb7e37e43c8800759c",
                        "f90001",
                        "f90400",
                        "f9c400",
                        "fbc010666666666666",
                        "f97c00",
                        "f97e00",
                        "f9fc00",
                        "f4",
                        "f5",
                        "f6",
                        "c11a514b67b0",
                        "40",
                        "4401020304",
                        "60",
                        "6161",
                        "6449455446",
                        "62225c",
                        "62c3bc",
                        "63e6b0b4",
                        "64f0908591",
                        "80",
                        "83010203",
                        "8301820203820405",
                        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
                        "a0",
                        "a26161016162820203",
                        "826161a161626163",
                        "a56161614161626142616361436164614461656145",
                        "c48221196ab3");
        for (var hex : examples) {
            var value = Cbor.decode(HexFormat.of().parseHex(hex));
            assertThat(HexFormat.of().formatHex(Cbor.encode(value))).isEqualTo(hex);
        }
        assertThat(Cbor.decode(HexFormat.of().parseHex("c48221196ab3")))
                .isEqualTo(new BigDecimal("273.15"));
        assertThat(Cbor.decode(HexFormat.of().parseHex("c11a514b67b0")))
                .isEqualTo(Instant.parse("2013-03-21T20:04:00Z"));
        assertThat(Cbor.decode(HexFormat.of().parseHex("fbc010666666666666"))).isEqualTo(-4.1);
    }

    @Test
    void otherFormsOfAValueAreRefused() {
        var others =
                Map.ofEntries(
                        Map.entry("1800", "a head longer than need be"),
                        Map.entry("190001", "the same in 16 bits"),
                        Map.entry("1a00000001", "in 32"),
                        Map.entry("1b0000000000000001", "in 64"),
                        Map.entry("1bffffffffffffffff", "an integer of 64 bits and no sign"),
                        Map.entry("fa3f800000", "1.0 in 32 bits"),
                        Map.entry("fb3ff0000000000000", "1.0 in 64 bits"),
                        Map.entry("fb7ff8000000000000", "NaN in 64 bits"),
                        Map.entry("f97e01", "another NaN"),
                        Map.entry("9f01ff", "an indefinite list"),
                        Map.entry("bf616101ff", "an indefinite map"),
                        Map.entry("7f6161ff", "indefinite text"),
                        Map.entry("a2616201616101", "keys out of order"),
                        Map.entry("a2616101616101", "a key twice"),
                        Map.entry("a10101", "a key that is no text"),
                        Map.entry("61ff", "text that is not UTF-8"),
                        Map.entry("63eda080", "a surrogate in UTF-8"),
                        Map.entry("f7", "undefined"),
                        Map.entry("f0", "a simple value of no meaning"),
                        Map.entry("c001", "an unknown tag"),
                        Map.entry(
                                "d903e9a201012800",
                                "an instant with no nanoseconds in the long form"),
                        Map.entry("c48200c24101", "a small decimal as a big one"),
                        Map.entry("c4823b7fffffffffffffff00", "a decimal's exponent beyond all"),
                        Map.entry("c4821917711864", "a decimal's exponent beyond the limit"),
                        Map.entry("0000", "more after the value"));
        others.forEach((hex, why) ->
                assertThatThrownBy(() -> Cbor.decode(HexFormat.of().parseHex(hex)))
                        .as(why)
                        .isInstanceOf(Invalid.class)
                        .hasMessageContaining("is no stored value"));
    }

    @Test
    void recordsAndRowsRefuseEntriesOutOfOrderToo() {
        for (var hex :
                List.of(
                        "a266" + "6f7264657273" + "01" + "6163" + "02",
                        "a2" + "6163" + "01" + "6163" + "02")) {
            var bytes = HexFormat.of().parseHex(hex);
            assertThatThrownBy(() -> Codec.of(Placed.class).decode(bytes))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("not in order");
            assertThatThrownBy(() -> Codec.of(Row.class).decode(bytes))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("not in order");
        }
    }

    @Test
    void everyTruncationIsInvalid() {
        for (var value : golden().values()) {
            var bytes = Cbor.encode(value);
            for (var length = 0; length < bytes.length; length++) {
                var prefix = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> Cbor.decode(prefix)).isInstanceOf(Invalid.class);
            }
        }
    }

    @Test
    void hostileLengthsTakeNoMemory() {
        var claims =
                List.of(
                        "5affffffff",
                        "5b7fffffffffffffff",
                        "5bffffffffffffffff",
                        "7affffffff",
                        "7b7fffffffffffffff",
                        "9affffffff",
                        "9b7fffffffffffffff",
                        "9bffffffffffffffff",
                        "baffffffff",
                        "bb7fffffffffffffff",
                        "c482005b7fffffffffffffff",
                        "c48200c25a7fffffff");
        var before = allocated();
        for (var hex : claims) {
            assertThatThrownBy(() -> Cbor.decode(HexFormat.of().parseHex(hex)))
                    .isInstanceOf(Invalid.class);
        }
        assertThat(allocated() - before).isLessThan(20_000_000);
    }

    @Test
    void nestedClaimsOfAllThatIsLeftTakeLittleMemory() {
        // each list claims a million elements, which the bytes behind it could just hold
        var bytes = new byte[5 * 64 + 1_000_100];
        for (var i = 0; i < 60; i++) {
            bytes[5 * i] = (byte) 0x9a;
            bytes[5 * i + 2] = 0x0f;
            bytes[5 * i + 3] = 0x42;
            bytes[5 * i + 4] = 0x40;
        }
        Arrays.fill(bytes, 5 * 60, bytes.length, (byte) 0xf6);
        var before = allocated();
        assertThatThrownBy(() -> Cbor.decode(bytes)).isInstanceOf(Invalid.class);
        assertThat(allocated() - before)
                .as("a small multiple of a megabyte")
                .isLessThan(40_000_000);
    }

    @Test
    void deepNestingIsInvalidBothWays() {
        var deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x81);
        assertThatThrownBy(() -> Cbor.decode(deep))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("deeper than 64");
        Object nested = List.of();
        for (var i = 1; i < Values.MAX_DEPTH; i++) {
            nested = List.of(nested);
        }
        assertThat(Cbor.decode(Cbor.encode(nested))).isEqualTo(nested);
        var tooDeep = List.of(nested);
        assertThatThrownBy(() -> Cbor.encode(tooDeep)).isInstanceOf(Invalid.class);
    }

    @Test
    void textThatUtf8CannotHoldIsRefused() {
        for (var text : List.of("\ud800", "a\udc00", "\ud800\ud800\udc00")) {
            assertThatThrownBy(() -> Cbor.encode(text)).isInstanceOf(Invalid.class);
        }
    }

    @Test
    void everyByteFlippedIsInvalidOrAnotherValue() {
        var codec = Codec.of(Flight.class);
        var whole = codec.encode(new Flight("2001/01/01 00:47", 66, 1750, "DTW", "LAS"));
        for (var at = 0; at < whole.length; at++) {
            for (var bit = 0; bit < 8; bit++) {
                var damaged = whole.clone();
                damaged[at] ^= (byte) (1 << bit);
                try {
                    codec.decode(damaged);
                } catch (Invalid expected) {
                    assertThat(expected.violations()).hasSize(1);
                }
            }
        }
    }

    @Test
    void aGuessedTextIsTheGuessOrWhatIsThere() {
        for (var text :
                List.of("", "status", "statuS", "status2", "stat", "Stra\u00dfe", "\u00e9")) {
            for (var guess : List.of("", "status", "Stra\u00dfe", "\u00e9", "e")) {
                var in = new CborReader(Cbor.encode(List.of(text, 7L)));
                in.tryBeginList();
                assertThat(in.text(guess)).isEqualTo(text);
                assertThat(in.whole()).isEqualTo(7);
            }
        }
        var guess = String.join("", "sta", "tus");
        assertThat(new CborReader(Cbor.encode("status")).text(guess)).isSameAs(guess);
    }

    @Test
    void aGuessDoesNotMakeTextOfWhatIsNone() {
        for (var hex : List.of("", "66", "6673746174", "4673746174", "f6", "780673746174757300")) {
            var bytes = HexFormat.of().parseHex(hex);
            assertThatThrownBy(() -> new CborReader(bytes).text("status"))
                    .isInstanceOf(Invalid.class);
        }
    }

    @Test
    void bytesOfAKnownLengthAreThatManyOrInvalid() {
        var three = Cbor.encode(Bytes.of((byte) 1, (byte) 2, (byte) 3));
        var into = new byte[3];
        new CborReader(three).bytes(into);
        assertThat(into).containsExactly(1, 2, 3);
        for (var length : new int[] {0, 2, 4}) {
            assertThatThrownBy(() -> new CborReader(three).bytes(new byte[length]))
                    .isInstanceOf(Invalid.class);
        }
        assertThatThrownBy(() -> new CborReader(Arrays.copyOf(three, 3)).bytes(new byte[3]))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> new CborReader(Cbor.encode("abc")).bytes(new byte[3]))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void bytesThatAreCborAreWrittenAsSuch() {
        var in =
                new CborReader(
                        Cbor.encode(List.of(Bytes.of(Cbor.encode(List.of("a", 1L))), "behind")));
        in.tryBeginList();
        var out = new CborWriter();
        in.raw(out);
        assertThat(out.toByteArray()).isEqualTo(Cbor.encode(List.of("a", 1L)));
        assertThat(in.text()).isEqualTo("behind");
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    /** Prints the golden file; used when a version is added, never for an old one. */
    public static void main(String[] arguments) {
        Collections.unmodifiableMap(golden())
                .forEach((name, value) ->
                        System.out.println(
                                name + ": " + HexFormat.of().formatHex(Cbor.encode(value))));
    }
}
