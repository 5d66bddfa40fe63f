package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.OutputType;

/**
 * Takes a picture of the page in each of its states, for a person to look at. They go to {@code
 * target/console}, or where the system property {@code orrery.pictures} says; {@code docs/console}
 * keeps a set.
 */
@Tag("long")
class PicturesTest {
    /** After it: STL to SAN, 72 minutes late. */
    private static final int CHANGED = 12_579;

    /** After it: SFO to SEA, 3 minutes late, and California's answer stays. */
    private static final int EQUAL = 12_443;

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
    void commitWhoseAnswerChanged() throws Exception {
        try (Stage stage = Stage.after(directory, CHANGED - 1)) {
            page.size(1440, 900, 1).media("prefers-color-scheme", "light");
            look(stage);
            stage.fly();
            lit("12,579");
            take("desktop-light");
            page.size(1280, 900, 1).media("prefers-color-scheme", "dark");
            holdNewest();
            take("desktop-1280");
            page.size(390, 844, 2).media("prefers-color-scheme", "light");
            take("phone-light");
            page.size(390, 1924, 2);
            take("phone-full");
        }
    }

    @Test
    void commitWhoseAnswerCameOutEqual() throws Exception {
        try (Stage stage = Stage.after(directory, EQUAL - 1)) {
            page.size(1440, 900, 1).media("prefers-color-scheme", "dark");
            look(stage);
            stage.fly();
            lit("12,443");
            take("desktop-dark");
            page.size(390, 844, 2);
            holdNewest();
            take("phone-dark");
        }
    }

    @Test
    void lostConnection() throws Exception {
        page.size(1440, 900, 1).media("prefers-color-scheme", "light");
        try (Stage stage = Stage.after(directory, CHANGED - 1)) {
            look(stage);
            stage.fly();
            lit("12,579");
            holdNewest();
            stage.disconnect();
            page.await("it is lost", () -> page.text(".connection").contains("attempt 4"));
            take("reconnecting");
        }
    }

    @Test
    void coldStart() throws Exception {
        page.size(1440, 900, 1).media("prefers-color-scheme", "light");
        try (Stage stage = Stage.after(directory, 0)) {
            page.browser.executeCdpCommand(
                    "Page.addScriptToEvaluateOnNewDocument",
                    java.util.Map.of(
                            "source",
                            "window.WebSocket = class extends EventTarget { close() {} send() {} };"));
            page.open(stage.address());
            page.await("it starts", () -> page.text(".banner").startsWith("Starting."));
            page.await("the map waits", () -> page.has("flights-map .graticule"));
            take("cold-start");
        }
    }

    private void look(Stage stage) {
        page.open(stage.address());
        page.await("the answers", () -> page.texts("flights-worst .mean").size() > 40);
        page.await("the stars", () -> page.text("flights-map .hint").startsWith("every star"));
    }

    /** Waits until the page shows the newest flight. */
    private void lit(String flights) {
        page.await(flights, () -> page.text("#flights").equals(flights));
        page.await(
                "its commit is shown",
                () ->
                        Boolean.TRUE.equals(
                                page.run("return deep('flights-page')[0].story.shown !== null")));
        page.run(
                "const done = deep('flights-map')[0]; return done.updateComplete.then(() => true)");
    }

    /** Keeps the newest commit lit, as the strip does when it is picked. */
    private void holdNewest() {
        page.run("const { story } = deep('flights-page')[0]; story.hold(story.newest)");
    }

    private void take(String name) throws IOException {
        page.browser.executeAsyncScript(
                "const done = arguments[arguments.length - 1];"
                        + "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250)))");
        byte[] picture = page.browser.getScreenshotAs(OutputType.BYTES);
        Path folder = Path.of(System.getProperty("orrery.pictures", "target/console"));
        Files.createDirectories(folder);
        Files.write(folder.resolve(name + ".png"), picture);
        assertThat(picture).isNotEmpty();
    }
}
