package dev.orrery.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyTest {
    enum Season {
        @Name("hi")
        SUMMER
    }

    record Route(String origin, String destination) {}

    @Test
    void equalNumbersAreOneKey() {
        assertThat(Key.of(5))
                .isEqualTo(Key.of(5L))
                .isEqualTo(Key.of(5.0))
                .isEqualTo(Key.of(new BigDecimal("5.00")));
        assertThat(Key.of(5.0).parts()).containsExactly(5L);
        assertThat(Key.of(-0.0)).isEqualTo(Key.of(0));
        assertThat(Key.of(new BigDecimal("0.1"))).isNotEqualTo(Key.of(0.1));
    }

    @Test
    void keyReadsAsOneLine() {
        assertThat(Key.of("SFO").text()).isEqualTo("SFO");
        assertThat(Key.of("SFO", "LAX").text()).isEqualTo("SFO/LAX");
        assertThat(Key.of(5, true, null, 0.5).text()).isEqualTo("#5/#true/#null/#0.5");
        assertThat(Key.of(LocalDate.of(2001, 1, 31), Instant.EPOCH).text())
                .isEqualTo("@2001-01-31/@1970-01-01T00:00:00Z");
        assertThat(Key.of("a/b", "#5", "~", "a\nb").text()).isEqualTo("a~/b/~#5/~~/a~x0ab");
        assertThat(Key.of("", "").text()).isEqualTo("/");
    }

    @Test
    void onlyWhatAKeyWritesIsItsText() {
        var others =
                List.of(
                        "~",
                        "a~",
                        "#05",
                        "#5.00m",
                        "#x",
                        "#1e1",
                        "#nul",
                        "@2001-13-01",
                        "$=",
                        "!",
                        "~a",
                        "a\nb",
                        "~xzz");
        for (var text : others) {
            assertThatThrownBy(() -> Key.parse(text)).as(text).isInstanceOf(Invalid.class);
        }
    }

    @Test
    void recordsAndConstantsAreKeys() {
        var codec = Codec.of(Route.class);
        var route = new Route("SFO", "LAX");
        assertThat(Key.of(route)).isEqualTo(Key.of("SFO", "LAX")).isEqualTo(codec.toKey(route));
        assertThat(codec.fromKey(Key.of("SFO", "LAX"))).isEqualTo(route);
        assertThat(Key.of(Season.SUMMER)).isEqualTo(Key.of("hi"));
        assertThat(Codec.of(Season.class).fromKey(Key.of("hi"))).isEqualTo(Season.SUMMER);
        assertThat(Codec.of(Long.class).fromKey(Key.of(5))).isEqualTo(5L);
        assertThatThrownBy(() -> codec.fromKey(Key.of("SFO"))).isInstanceOf(Invalid.class);
    }

    @Test
    void extremeNumbersKeepTheirPlace() {
        var ordered =
                List.of(
                        new BigDecimal("-1.7E+308"),
                        Long.MIN_VALUE,
                        -(1L << 53) - 1,
                        -1e-300,
                        new BigDecimal("-1E-6000"),
                        0,
                        new BigDecimal("1E-6000"),
                        Double.MIN_VALUE,
                        (1L << 53) + 1,
                        Long.MAX_VALUE,
                        new BigDecimal("9223372036854775808.5"),
                        new BigDecimal("1.7E+308"));
        for (var i = 1; i < ordered.size(); i++) {
            var less = Key.of(ordered.get(i - 1));
            var more = Key.of(ordered.get(i));
            assertThat(less).isLessThan(more);
            assertThat(java.util.Arrays.compareUnsigned(less.bytes(), more.bytes())).isNegative();
            assertThat(Key.fromBytes(more.bytes()).parts()).isEqualTo(more.parts());
        }
    }

    @Test
    void whatHasNoOrderedBytesIsNoKey() {
        assertThatThrownBy(() -> Key.of()).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Key.of("\ud800")).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Key.of(new BigDecimal("1E+309"))).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Key.fromBytes(new byte[0])).isInstanceOf(Invalid.class);
        var bytes = Key.of("SFO", 5, List.of(1)).bytes();
        for (var length = 0; length < bytes.length; length++) {
            var prefix = java.util.Arrays.copyOf(bytes, length);
            if (length == 6 || length == 16) { // where a part ends
                assertThat(Key.fromBytes(prefix).bytes()).isEqualTo(prefix);
            } else {
                assertThatThrownBy(() -> Key.fromBytes(prefix))
                        .as("length " + length)
                        .isInstanceOf(Invalid.class);
            }
        }
    }
}
