package dev.orrery.core;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderTest { // law C21
    private static List<Object> sorted(Order order, Object... values) {
        var rows = new ArrayList<Row>();
        for (var value : values) {
            rows.add(Row.of("x", value));
        }
        rows.sort(Order.comparator(List.of(order)));
        return rows.stream()
                .map(row -> row.value("x"))
                .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
    }

    @Test
    void nullsGoWhereTheOrderSaysWhateverTheDirection() {
        var x = integer("x");
        assertThat(sorted(x.ascending(), null, 2, 1)).containsExactly(1L, 2L, null);
        assertThat(sorted(x.descending(), null, 1, 2)).containsExactly(2L, 1L, null);
        assertThat(sorted(x.ascending().nullsFirst(), 2, null, 1)).containsExactly(null, 1L, 2L);
        assertThat(sorted(x.descending().nullsFirst(), 1, null, 2)).containsExactly(null, 2L, 1L);
        assertThat(sorted(x.descending().nullsLast().reversed(), 2, null, 1))
                .containsExactly(null, 1L, 2L);
    }

    @Test
    void kindsHaveOneOrderAndNumbersOneScale() {
        var ordered =
                List.<Object>of(
                        false,
                        true,
                        Double.NEGATIVE_INFINITY,
                        Long.MIN_VALUE,
                        -1.5,
                        0L,
                        new BigDecimal("0.1"),
                        0.1,
                        1L,
                        Long.MAX_VALUE,
                        0x1p63,
                        Double.POSITIVE_INFINITY,
                        Double.NaN,
                        "",
                        "A",
                        "a",
                        "\uffff",
                        "\ud83d\ude00",
                        Bytes.of(),
                        Bytes.of((byte) 1),
                        Bytes.of((byte) -1),
                        LocalDate.EPOCH,
                        Instant.EPOCH,
                        List.of(),
                        List.of(1L),
                        List.of(1L, 0L),
                        Map.of(),
                        Map.of("a", 1L),
                        Map.of("a", 2L));
        var shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new java.util.Random(7));
        assertThat(sorted(Order.ascending("x"), shuffled.toArray())).isEqualTo(ordered);
    }

    @Test
    void laterOrdersBreakTheTiesOfEarlierOnes() {
        var rows =
                new ArrayList<>(
                        List.of(
                                Row.of("n", 1, "s", "b"),
                                Row.of("n", 2, "s", "a"),
                                Row.of("n", 1.0, "s", "a")));
        rows.sort(Order.comparator(List.of(integer("n").descending(), text("s").ascending())));
        assertThat(rows.stream().map(row -> row.text("s") + row.number("n")))
                .containsExactly("a2.0", "a1.0", "b1.0");
    }
}
