package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.testkit.Seeded;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Patterns: what they match, and that they always end. */
class TextPatternTest {
    private static final List<String> PIECES =
            List.of(
                    "a",
                    "b",
                    "c",
                    ".",
                    "[ab]",
                    "[^a]",
                    "[a-c-]",
                    "\\d",
                    "\\w",
                    "a*",
                    "b+",
                    "c?",
                    "(a|b)",
                    "(ab)*",
                    "(?:b|ca)+",
                    "a{2}",
                    "b{1,2}",
                    "c{2,}",
                    "(a*)*",
                    "|",
                    "^",
                    "$");

    @Test
    void theyMatchAsTheJavaLibraryDoes() {
        Seeded.runs(
                3_000,
                random -> {
                    StringBuilder expression = new StringBuilder();
                    for (int i = random.below(6); i > 0; i--) {
                        expression.append(random.pick(PIECES));
                    }
                    TextPattern ours = TextPattern.of(expression.toString());
                    Pattern theirs = Pattern.compile("(?:" + expression + ")");
                    for (int i = 0; i < 20; i++) {
                        StringBuilder text = new StringBuilder();
                        for (int j = random.below(7); j > 0; j--) {
                            text.append("abc1-".charAt(random.below(5)));
                        }
                        assertThat(ours.matches(text.toString()))
                                .as(expression + " on " + text)
                                .isEqualTo(theirs.matcher(text).matches());
                    }
                });
    }

    @Test
    @DisplayName("AC-058 the whole text matches or not")
    void theWholeTextMatches() {
        TextPattern slug = TextPattern.of("^[a-z0-9-]+$");
        assertThat(slug.matches("my-project-1")).isTrue();
        assertThat(slug.matches("My-Project")).isFalse();
        assertThat(slug.matches("has space")).isFalse();
        assertThat(slug.matches("has_underscore")).isFalse();
    }

    @Test
    @DisplayName("AC-059 no expression and no text make it slow")
    void nothingMakesItSlow() {
        TextPattern evil = TextPattern.of("(a+)+$");
        String text = "a".repeat(100_000) + "b";
        // a backtracking engine would not end within the age of the universe
        assertThat(
                        Assertions.assertTimeoutPreemptively(
                                Duration.ofSeconds(30), () -> evil.matches(text)))
                .isFalse();
    }

    @Test
    void whatIsNoExpressionIsRefused() {
        for (String wrong :
                List.of(
                        "[invalid(",
                        "(",
                        ")",
                        "a)",
                        "*",
                        "a{",
                        "a{2",
                        "a{3,2}",
                        "a{9999}",
                        "\\",
                        "(?=a)",
                        "\\1",
                        "[b-a]")) {
            assertThatThrownBy(() -> TextPattern.of(wrong)).as(wrong).isInstanceOf(Invalid.class);
        }
        assertThatThrownBy(() -> TextPattern.of("(((a{1000}){1000}){1000})"))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> TextPattern.of("(".repeat(100_000))).isInstanceOf(Invalid.class);
    }
}
