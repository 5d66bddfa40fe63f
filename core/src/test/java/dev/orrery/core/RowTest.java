package dev.orrery.core;

import static dev.orrery.core.Column.decimal;
import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.number;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTest { // law C20
    record Airport(String iata, @Name("town") String city, double lat, Integer gates) {}

    private final Row row =
            Row.of(
                    "iata",
                    "SFO",
                    "city",
                    "San Francisco",
                    "lat",
                    37.6,
                    "gates",
                    115,
                    "closed",
                    null);

    @Test
    void valuesAreReadByTypeOrFallBack() {
        assertThat(row.text("city")).isEqualTo("San Francisco");
        assertThat(row.text("county", "unknown")).isEqualTo("unknown");
        assertThat(row.text("closed", "open")).isEqualTo("open");
        assertThat(row.integer("gates")).isEqualTo(115);
        assertThat(row.number("lat")).isEqualTo(37.6);
        assertThat(row.number("gates")).isEqualTo(115.0);
        long gates = row.value(integer("gates"));
        assertThat(gates).isEqualTo(115);
        assertThat(row.value(text("county"), "none")).isEqualTo("none");
        assertThat(row.value(decimal("lat"))).isEqualByComparingTo("37.6");
        assertThat(row.value(number("lat"))).isEqualTo(37.6);
    }

    @Test
    void everyTypeHasItsAccessor() {
        var all =
                Row.of(
                        "flag",
                        true,
                        "bytes",
                        new byte[] {1, 2},
                        "instant",
                        Instant.EPOCH,
                        "date",
                        LocalDate.EPOCH,
                        "list",
                        List.of(1, "x"),
                        "map",
                        Map.of("a", 1),
                        "decimal",
                        new BigDecimal("1.50"));
        assertThat(all.flag("flag")).isTrue();
        assertThat(all.bytes("bytes")).isEqualTo(Bytes.of((byte) 1, (byte) 2));
        assertThat(all.instant("instant")).isEqualTo(Instant.EPOCH);
        assertThat(all.date("date")).isEqualTo(LocalDate.EPOCH);
        assertThat(all.list("list")).isEqualTo(List.of(1L, "x"));
        assertThat(all.map("map")).isEqualTo(Map.of("a", 1L));
        assertThat(all.decimal("decimal")).isEqualTo(new BigDecimal("1.50"));
    }

    @Test
    void wrongReadNamesColumnAndShape() {
        assertThatThrownBy(() -> row.text("county"))
                .isInstanceOf(Invalid.class)
                .hasMessage(
                        "county must be there, as text, in a row of (iata, city, lat, gates, closed) (was null)");
        assertThatThrownBy(() -> row.integer("city"))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith("city must be integer, in a row of");
        assertThatThrownBy(() -> row.text("closed")).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> row.integer("lat")).isInstanceOf(Invalid.class);
    }

    @Test
    void valuesEnterInNormalForm() {
        assertThat(Row.of("n", 5).value("n")).isEqualTo(5L);
        assertThat(Row.of("n", (short) 5).value("n")).isEqualTo(5L);
        assertThat(Row.of("n", 1.5f).value("n")).isEqualTo(1.5);
        assertThat(Row.of("n", BigInteger.TEN).value("n")).isEqualTo(BigDecimal.TEN);
        assertThat(Row.of("n", 'x').value("n")).isEqualTo("x");
        assertThat(Row.of("n", Row.of("a", 1)).value("n")).isEqualTo(Map.of("a", 1L));
    }

    @Test
    void laterChangesOutsideDoNotReachIn() {
        var bytes = new byte[] {1};
        var list = new ArrayList<Object>(List.of(1));
        var made = Row.of("bytes", bytes, "list", list);
        bytes[0] = 2;
        list.add(2);
        assertThat(made.bytes("bytes")).isEqualTo(Bytes.of((byte) 1));
        assertThat(made.list("list")).isEqualTo(List.of(1L));
    }

    @Test
    void whatIsNoValueIsRefusedByName() {
        assertThatThrownBy(() -> Row.of("x", new Object()))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith("x is no value: an instance of java.lang.Object");
        assertThatThrownBy(() -> Row.of("x", Map.of(1, 2))).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Row.of("x", new BigDecimal("1E-7000")))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Row.of("x")).isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> Row.of("x", 1, "x", 2)).isInstanceOf(Invalid.class);
    }

    @Test
    void valueThatHoldsItselfIsRefused() {
        var list = new ArrayList<Object>();
        list.add(list);
        assertThatThrownBy(() -> Row.of("x", list))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("must not nest deeper than 64");
    }

    @Test
    void rowsAreEqualByNameNotByPlace() {
        var one = Row.of("a", 1, "b", null);
        assertThat(one)
                .isEqualTo(Row.of("b", null, "a", 1L))
                .hasSameHashCodeAs(Row.of("b", null, "a", 1L));
        assertThat(one).isNotEqualTo(Row.of("a", 1)).isNotEqualTo(Row.of("a", 1, "c", null));
    }

    @Test
    void changedRowsShareTheirShape() {
        var moved = row.with("city", "Millbrae");
        assertThat(moved.shape()).isSameAs(row.shape());
        assertThat(moved.text("city")).isEqualTo("Millbrae");
        assertThat(row.text("city")).isEqualTo("San Francisco");
        assertThat(row.without("lat").columns()).containsExactly("iata", "city", "gates", "closed");
        assertThat(row.without("none")).isSameAs(row);
        assertThat(row.merge(Row.of("gates", 116, "hub", true)))
                .isEqualTo(row.with("gates", 116).with("hub", true));
        assertThat(row.has("closed")).isTrue();
        assertThat(row.has("hub")).isFalse();
    }

    @Test
    void wideRowsFindTheirColumnsToo() {
        var columns = new String[300];
        Arrays.setAll(columns, i -> "column" + i);
        var shape = Shape.of(columns);
        for (var i = 0; i < columns.length; i++) {
            assertThat(shape.indexOf("column" + i)).isEqualTo(i);
        }
        assertThat(shape.indexOf("column300")).isEqualTo(-1);
    }

    @Test
    void everyValueIsAtTheIndexOfItsColumn() {
        var row = Row.of("a", 1, "b", null, "c", "x").with("b", true).without("a");
        for (var i = 0; i < row.columns().size(); i++) {
            assertThat(row.at(i)).isEqualTo(row.value(row.columns().get(i)));
        }
        assertThatThrownBy(() -> row.at(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aColumnThatComesTwiceIsRefusedHoweverManyThereAre() {
        for (var count = 2; count < 20; count++) {
            var columns = new String[count];
            Arrays.setAll(columns, i -> "column" + i);
            columns[count - 1] = "column0";
            assertThatThrownBy(() -> Shape.of(columns))
                    .isInstanceOf(Invalid.class)
                    .hasMessageContaining("must not come twice");
        }
    }

    @Test
    void aShapeKeepsItsColumnsWhateverBecomesOfTheArray() {
        var columns = new String[] {"a", "b"};
        var shape = Shape.of(columns);
        columns[0] = "c";
        assertThat(shape.columns()).containsExactly("a", "b");
        assertThat(shape).isEqualTo(Shape.of("a", "b")).hasSameHashCodeAs(Shape.of("a", "b"));
    }

    @Test
    void columnsAreLimited() {
        var columns = new String[4_097];
        Arrays.setAll(columns, i -> "column" + i);
        assertThatThrownBy(() -> Shape.of(columns))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("must not have more than 4096 columns");
    }

    @Test
    void recordsAndRowsMapByComponentName() {
        var airport = new Airport("SFO", "San Francisco", 37.6, null);
        var mapped = Row.from(airport);
        assertThat(mapped.toMap())
                .isEqualTo(
                        Row.of("iata", "SFO", "town", "San Francisco", "lat", 37.6, "gates", null)
                                .toMap());
        assertThat(mapped.as(Airport.class)).isEqualTo(airport);
        assertThat(mapped.with("gates", 3).with("more", "left out").as(Airport.class).gates())
                .isEqualTo(3);
        assertThat(Shape.of(Airport.class)).isEqualTo(mapped.shape());
    }

    @Test
    void rowThatDoesNotFitItsRecordNamesTheColumn() {
        assertThatThrownBy(() -> Row.of("iata", "SFO").as(Airport.class))
                .isInstanceOf(Invalid.class)
                .hasMessage("lat must be there (was null)");
        assertThatThrownBy(() -> Row.of("iata", 5, "lat", 1.0).as(Airport.class))
                .isInstanceOf(Invalid.class)
                .hasMessage("iata must be text (was 5)");
        assertThatThrownBy(() -> Row.of("lat", 1.0, "gates", 1L << 40).as(Airport.class))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith("gates must be between");
    }

    @Test
    void valueTypesTakeNarrowerFormsAndRefuseTheRest() {
        assertThat(ValueType.INTEGER.normal(5.0)).isEqualTo(5L);
        assertThat(ValueType.INTEGER.normal(new BigDecimal("5.00"))).isEqualTo(5L);
        assertThat(ValueType.NUMBER.normal(5)).isEqualTo(5.0);
        assertThat(ValueType.NUMBER.normal(new BigDecimal("0.1"))).isEqualTo(0.1);
        assertThat(ValueType.DECIMAL.normal(5)).isEqualTo(new BigDecimal(5));
        assertThat(ValueType.TEXT.normal(null)).isNull();
        assertThat(ValueType.INTEGER.accepts(5.5)).isFalse();
        assertThat(ValueType.NUMBER.accepts((1L << 53) + 1)).isFalse();
        assertThat(ValueType.FLAG.accepts(1)).isFalse();
        assertThatThrownBy(() -> ValueType.TEXT.normal(5))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("must be text");
        assertThat(ValueType.of("x")).isEqualTo(ValueType.TEXT);
        assertThat(ValueType.forClass(int.class)).isEqualTo(ValueType.INTEGER);
        assertThat(ValueType.forClass(Airport.class)).isEqualTo(ValueType.MAP);
    }
}
