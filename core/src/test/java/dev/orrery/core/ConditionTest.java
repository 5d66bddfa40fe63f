package dev.orrery.core;

import static dev.orrery.core.Column.flag;
import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.number;
import static dev.orrery.core.Column.text;
import static dev.orrery.core.Condition.Truth.FALSE;
import static dev.orrery.core.Condition.Truth.TRUE;
import static dev.orrery.core.Condition.Truth.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Condition.Truth;
import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConditionTest { // laws C22, C23
    private static final Row ROW =
            Row.of("state", "CA", "departures", 100, "lat", 37.6, "hub", null);

    /** A condition of each truth about {@link #ROW}. */
    private static Condition of(Truth truth) {
        return switch (truth) {
            case TRUE -> text("state").eq("CA");
            case FALSE -> text("state").eq("NV");
            case UNKNOWN -> flag("hub").eq(true);
        };
    }

    @Test
    void truthTablesAreThoseOfSql() {
        Truth[][] and = {{TRUE, FALSE, UNKNOWN}, {FALSE, FALSE, FALSE}, {UNKNOWN, FALSE, UNKNOWN}};
        Truth[][] or = {{TRUE, TRUE, TRUE}, {TRUE, FALSE, UNKNOWN}, {TRUE, UNKNOWN, UNKNOWN}};
        var truths = List.of(TRUE, FALSE, UNKNOWN);
        for (var i = 0; i < 3; i++) {
            for (var j = 0; j < 3; j++) {
                var left = of(truths.get(i));
                var right = of(truths.get(j));
                assertThat(left.and(right).truth(ROW))
                        .as("%s and %s", left, right)
                        .isEqualTo(and[i][j]);
                assertThat(left.or(right).truth(ROW))
                        .as("%s or %s", left, right)
                        .isEqualTo(or[i][j]);
            }
        }
        assertThat(of(TRUE).not().truth(ROW)).isEqualTo(FALSE);
        assertThat(of(FALSE).not().truth(ROW)).isEqualTo(TRUE);
        assertThat(of(UNKNOWN).not().truth(ROW)).isEqualTo(UNKNOWN);
    }

    @Test
    void rowMatchesOnlyWhatIsTrue() {
        assertThat(of(UNKNOWN).holds(ROW)).isFalse();
        assertThat(of(UNKNOWN).not().holds(ROW)).isFalse();
        assertThat(flag("hub").isNull().holds(ROW)).isTrue();
        assertThat(flag("hub").notNull().holds(ROW)).isFalse();
        assertThat(text("absent").isNull().holds(ROW)).isTrue();
        assertThat(text("absent").ne("x").holds(ROW)).isFalse();
        assertThat(text("absent").in(List.of("x")).not().holds(ROW)).isFalse();
        assertThat(Condition.all().holds(ROW)).isTrue();
        assertThat(Condition.none().holds(ROW)).isFalse();
    }

    @Test
    void comparisonsLookThroughNumberClasses() {
        assertThat(integer("departures").ge(100).holds(ROW)).isTrue();
        assertThat(number("departures").eq(100.0).holds(ROW)).isTrue();
        assertThat(Column.decimal("departures").eq(new BigDecimal("100.00")).holds(ROW)).isTrue();
        assertThat(integer("lat").gt(37).holds(ROW)).isTrue();
        assertThat(integer("departures").between(1, 99).holds(ROW)).isFalse();
        var beyond = Row.of("n", (1L << 53) + 1);
        assertThat(number("n").eq(0x1p53).holds(beyond)).as("exact, not rounded").isFalse();
        assertThat(number("n").gt(0x1p53).holds(beyond)).isTrue();
    }

    @Test
    void valuesOfDifferentKindsCannotBeCompared() {
        assertThat(text("departures").eq("100").truth(ROW)).isEqualTo(UNKNOWN);
        assertThat(text("departures").ne("100").holds(ROW)).isFalse();
        assertThat(text("departures").contains("1").truth(ROW)).isEqualTo(UNKNOWN);
    }

    @Test
    void textIsComparedByCodePointAndLetterForLetter() {
        var row = Row.of("t", "\uffff", "name", "San Jose");
        assertThat(text("t").lt("\ud83d\ude00").holds(row)).isTrue();
        assertThat(text("name").contains("n J").holds(row)).isTrue();
        assertThat(text("name").contains("san").holds(row)).isFalse();
        assertThat(text("name").startsWith("San ").holds(row)).isTrue();
        assertThat(text("name").startsWith("Jose").holds(row)).isFalse();
    }

    @Test
    void noValuesMatchNothing() {
        assertThat(text("state").in(List.of())).isEqualTo(Condition.none());
        assertThat(text("state").in(List.of("NV", "CA")).holds(ROW)).isTrue();
    }

    @Test
    void sameConditionsAreEqual() {
        assertThat(integer("n").eq(1))
                .isEqualTo(number("n").eq(1.0))
                .hasSameHashCodeAs(number("n").eq(1.0));
        assertThat(text("s").in(List.of("b", "a", "b"))).isEqualTo(text("s").in(List.of("a", "b")));
        assertThat(of(TRUE).and(of(FALSE)).and(of(UNKNOWN)))
                .isEqualTo(of(TRUE).and(of(FALSE).and(of(UNKNOWN))));
        assertThat(of(TRUE).and(Condition.all())).isEqualTo(of(TRUE));
        assertThat(Condition.all().or(of(TRUE))).isEqualTo(Condition.all());
        assertThat(of(TRUE).not().not()).isEqualTo(of(TRUE));
    }

    @Test
    void equalitiesAreWhatEveryMatchMustHave() {
        var california = text("state").eq("CA");
        assertThat(california.equalities()).isEqualTo(Map.of("state", "CA"));
        assertThat(number("n").eq(5.0).equalities()).isEqualTo(Map.of("n", 5L));
        assertThat(california.and(integer("n").gt(1)).equalities())
                .isEqualTo(Map.of("state", "CA"));
        assertThat(california.and(text("city").in(List.of("SF"))).equalities())
                .isEqualTo(Map.of("state", "CA", "city", "SF"));
        assertThat(california.or(integer("n").gt(1)).equalities()).isEmpty();
        assertThat(california.and(integer("n").eq(1)).or(california).equalities())
                .isEqualTo(Map.of("state", "CA"));
        assertThat(california.not().equalities()).isEmpty();
        assertThat(Condition.all().equalities()).isEmpty();
    }

    @Test
    void conditionReadsAsText() {
        var busy =
                text("state")
                        .in(List.of("NV", "CA"))
                        .and(integer("departures").ge(100).or(flag("hub").eq(true)));
        assertThat(busy).hasToString("state in ('CA', 'NV') and (departures >= 100 or hub = true)");
        assertThat(text("name").eq("O'Hare").not()).hasToString("not (name = 'O''Hare')");
        assertThat(busy.columns()).containsExactly("departures", "hub", "state");
    }

    @Test
    void nullIsNotComparedButAskedFor() {
        assertThatThrownBy(() -> text("state").eq(null))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("isNull()");
    }
}
