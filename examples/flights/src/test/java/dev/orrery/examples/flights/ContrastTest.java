package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written can be read, and what must be seen is seen, computed from the tokens. */
class ContrastTest {
    private static final double TEXT = 4.5;
    private static final double SHAPE = 3;

    private final Tokens tokens = new Tokens();

    @ParameterizedTest
    @EnumSource
    void everyTextStandsOutFromWhatItIsWrittenOn(Tokens.Theme theme) {
        for (String ground : List.of("bg", "surface", "sunk", "brass-wash", "err-wash")) {
            atLeast(TEXT, theme, "ink", ground);
            atLeast(TEXT, theme, "ink2", ground);
        }
        for (String text : List.of("ink3", "brass", "focus", "err")) {
            atLeast(TEXT, theme, text, "surface");
        }
        for (String text : List.of("ink3", "brass")) {
            atLeast(TEXT, theme, text, "bg");
            atLeast(TEXT, theme, text, "brass-wash");
        }
        atLeast(TEXT, theme, "err", "err-wash");
        atLeast(TEXT, theme, "ink3", "dim-fill");
        atLeast(TEXT, theme, "on-brass", "brass-fill");
        atLeast(TEXT, theme, "surface", "ink");
    }

    @ParameterizedTest
    @EnumSource
    void controlsConesAndFocusStandOut(Tokens.Theme theme) {
        for (String shape : List.of("ctl", "brass-stroke", "focus", "ok", "err")) {
            atLeast(SHAPE, theme, shape, "surface");
            atLeast(SHAPE, theme, shape, "bg");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyStepOfDelayStandsOutAndTheMiddleByItsEdge(Tokens.Theme theme) {
        for (int step : List.of(0, 1, 3, 4, 5, 6)) {
            atLeast(SHAPE, theme, "delay-" + step, "surface");
        }
        atLeast(SHAPE, theme, "delay-edge", "surface");
    }

    private void atLeast(double least, Tokens.Theme theme, String one, String other) {
        assertThat(tokens.contrast(theme, one, other))
                .as("%s on %s, %s", one, other, theme)
                .isGreaterThanOrEqualTo(least);
    }
}
