package dev.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.bench.Figure.Goal;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A figure, its ratio and its goal, as an object and as a line. */
class FigureTest {
    private static final Figure RATE = Figure.alone("slice", "events", 1_200, "1/s");
    private static final Figure BESIDE =
            RATE.beside("JDBC", 1_500).withGoal(new Goal.RatioAtLeast(0.8));

    @Test
    void theRatioIsOursToThePeers() {
        assertThat(BESIDE.ratio()).hasValue(0.8);
        assertThat(RATE.ratio()).isEmpty();
    }

    @Test
    void aGoalOnTheRatioIsMetAtItsBoundAndNeverWithoutAPeer() {
        assertThat(BESIDE.met()).hasValue(true);
        assertThat(RATE.beside("JDBC", 1_501).withGoal(new Goal.RatioAtLeast(0.8)).met())
                .hasValue(false);
        assertThat(RATE.withGoal(new Goal.RatioAtLeast(0.8)).met()).hasValue(false);
    }

    @Test
    void aGoalOnTheValueIsMetAtItsBound() {
        assertThat(RATE.withGoal(new Goal.AtMost(1_200)).met()).hasValue(true);
        assertThat(RATE.withGoal(new Goal.AtMost(1_199)).met()).hasValue(false);
        assertThat(RATE.met()).isEmpty();
    }

    @Test
    void theObjectHasAllMembersInOneOrder() {
        assertThat(json(BESIDE))
                .isEqualTo(
                        "{\"suite\":\"slice\",\"name\":\"events\",\"value\":1200.0,\"unit\":\"1/s\",\"peer\":\"JDBC\","
                                + "\"peerValue\":1500.0,\"ratio\":0.8,\"goal\":\"ratio at least 0.80\",\"met\":true}");
        assertThat(json(RATE))
                .endsWith(
                        "\"peer\":null,\"peerValue\":null,\"ratio\":null,\"goal\":null,\"met\":null}");
    }

    @Test
    void numbersHaveThreeDigitsThatMatter() {
        assertThat(Figure.number(0.123)).isEqualTo("0.12");
        assertThat(Figure.number(12.34)).isEqualTo("12.3");
        assertThat(Figure.number(123.4)).isEqualTo("123");
        assertThat(Figure.number(1_234_567)).isEqualTo("1,234,567");
    }

    @Test
    void theTableHasColumnsAndADashWhereThereIsNothing() {
        assertThat(Table.of(List.of(BESIDE, RATE)))
                .containsExactly(
                        "suite  figure  value  unit  peer  peer value  ratio  goal                 met",
                        "slice  events  1,200  1/s   JDBC  1,500       0.80   ratio at least 0.80  yes",
                        "slice  events  1,200  1/s   -     -           -      -                    -");
    }

    private static String json(Figure figure) {
        return new JsonMapper().writeValueAsString(figure.toJson());
    }
}
