package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The shell around the page: themes, sizes, keys, what the connection says, and what axe finds. */
class ShellTest {
    @TempDir private Path directory;
    private Page page;

    @BeforeEach
    void openBrowser() {
        page = Page.blank();
    }

    @AfterEach
    void closeBrowser() {
        if (page != null) {
            page.close();
        }
    }

    @Test
    void axeFindsNothingInBothThemesAndOnAPhone() {
        try (Stage stage = Stage.after(directory, 2_000)) {
            page.size(1440, 900, 1).media("prefers-color-scheme", "light");
            page.look(stage);
            assertThat(Axe.findings(page)).as("light").isEmpty();
            page.media("prefers-color-scheme", "dark");
            assertThat(Axe.findings(page)).as("dark").isEmpty();
            page.size(390, 844, 2);
            assertThat(Axe.findings(page)).as("dark, 390 px").isEmpty();
        }
    }

    @Test
    void nothingScrollsSidewaysDownTo320PixelsAndAt200PercentZoom() {
        try (Stage stage = Stage.after(directory, 2_000)) {
            page.size(1440, 900, 1);
            page.look(stage);
            for (int width : List.of(1840, 1440, 1280, 1024, 768, 720, 640, 600, 390, 320)) {
                page.size(width, 900, 1);
                page.await(width + " px are not exceeded", () -> sideways() == 0);
            }
        }
    }

    /** How far the page can be scrolled sideways; 1440 px at 200 % are 720 px. */
    private long sideways() {
        return (Long)
                page.run(
                        "return document.documentElement.scrollWidth -"
                                + " document.documentElement.clientWidth");
    }

    @Test
    void themeFollowsTheSystemUntilItIsChosenAndIsRemembered() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.media("prefers-color-scheme", "dark");
            page.look(stage);
            assertThat(ground()).isEqualTo("rgb(11, 18, 32)");
            page.press("t");
            assertThat(ground()).isEqualTo("rgb(246, 245, 241)");
            page.browser.navigate().refresh();
            page.await("it is drawn", () -> page.has("orrery-shell .theme"));
            assertThat(ground()).as("remembered").isEqualTo("rgb(246, 245, 241)");
            page.click("orrery-shell .theme");
            assertThat(ground()).isEqualTo("rgb(11, 18, 32)");
        }
    }

    private String ground() {
        return String.valueOf(page.run("return getComputedStyle(document.body).backgroundColor"));
    }

    @Test
    void replayIsPausedSteppedAndToldItsSpeedByKeys() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            page.await("it runs", () -> page.has("flights-replay [aria-label=Pause]"));
            page.press(" ");
            page.await("it is paused", () -> page.text(".banner").startsWith("Paused."));
            page.press(".");
            page.await("one flight more", () -> page.text("#flights").equals("101"));
            page.press("1");
            page.await(
                    "once a second", () -> page.text("flights-replay [data-chosen]").equals("1/s"));
            page.press(" ");
            page.await("it runs again", () -> page.text(".banner").isBlank());
            page.press("?");
            page.await(
                    "the keys are listed",
                    () -> page.text("dialog[open]").contains("step one flight"));
            page.press(" ");
            assertThat(page.has("flights-replay [aria-label=Pause]"))
                    .as("no key acts behind a dialog")
                    .isTrue();
        }
    }

    @Test
    void firstTabSkipsAndEveryControlOfTheHeaderIsReached() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            page.press(Keys.TAB);
            assertThat(page.focusIs("a.skip")).isTrue();
            page.tabTo("nav a");
            page.tabTo("flights-replay [aria-label=Pause], [aria-label=Pause]");
            page.tabTo("input[type=radio]");
            page.tabTo("button.theme");
        }
    }

    @Test
    void anySpeedOfTheCommandIsASixthChoice() {
        try (Stage stage = Stage.after(directory, 100)) {
            stage.replay.speed(new Speed.PerSecond(7));
            page.look(stage);
            page.await(
                    "it is chosen", () -> page.text("flights-replay [data-chosen]").equals("7/s"));
            assertThat(page.texts("flights-replay label"))
                    .containsExactly("1/s", "10/s", "50/s", "1,000/s", "Max", "7/s");
        }
    }

    @Test
    void finishedReplaySaysItsMeanAndReadsItsNumbers() {
        try (Stage stage = Stage.after(directory, 20_000)) {
            page.look(stage);
            page.await(
                    "it says so",
                    () ->
                            page.text(".banner")
                                    .equals(
                                            "All 20,000 flights are in: mean delay 7.70 min. Edit a"
                                                    + " name to see the engine move again."));
            page.press("s");
            page.await(
                    "they are read",
                    () ->
                            page.text("orrery-shell [role=status]")
                                    .startsWith(
                                            "Flights so far: 20,000, of 20,000. Mean delay: 7.70"
                                                    + " min, "));
        }
    }

    @Test
    void lostConnectionKeepsTheNumbersAndSaysHowOldTheyAre() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            stage.disconnect();
            page.await("it says so", () -> page.connection().equals("reconnecting"));
            page.await(
                    "it counts the attempts",
                    () -> page.text(".connection").matches("(?s)Reconnecting.*attempt \\d+.*"));
            assertThat(page.text(".banner"))
                    .contains(
                            "Connection lost. You are looking at",
                            "Nothing is lost: the page resumes from there.",
                            "Reconnect now");
            assertThat(page.text("#flights")).isEqualTo("100");
            assertThat(page.text("#events")).isEqualTo("0");
            assertThat(page.texts("flights-numbers .sub").get(2)).startsWith("stopped ");
            assertThat(page.texts("flights-numbers .number").get(4)).startsWith("–");
            assertThat(
                            page.run(
                                    "return deep('flights-replay button').every(each =>"
                                            + " each.disabled)"))
                    .isEqualTo(true);
            assertThat(page.text("orrery-shell [role=status]")).isEqualTo("Reconnecting");
        }
    }

    @Test
    void nothingMovesWhenMotionIsUnwanted() {
        try (Stage stage = Stage.after(directory, 2_000)) {
            page.media("prefers-reduced-motion", "reduce");
            page.look(stage);
            for (int flight = 0; flight < 5; flight++) {
                stage.fly();
                assertThat(
                                page.run(
                                        "return document.getAnimations().filter(each =>"
                                                + " each.playState === 'running').length"))
                        .isEqualTo(0L);
            }
        }
    }

    @Test
    void policyAllowsEverythingThePageDoes() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            stage.fly();
            page.await("it is shown", () -> page.text("#flights").equals("101"));
            assertThat(page.complaints()).isEmpty();
        }
    }
}
