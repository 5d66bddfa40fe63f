package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.interactions.Actions;

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

    /** As many as the strip shows. */
    private static final int COMMITS = 40;

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
        try (Stage stage = Stage.after(directory, CHANGED - COMMITS)) {
            page.size(1440, 900, 1).media("prefers-color-scheme", "light");
            watch(stage, CHANGED);
            says(
                    "Why: worst(MO) had read STL’s departures. Nothing the other 50 read has"
                            + " changed.");
            take("desktop-light");
            page.size(1280, 900, 1).media("prefers-color-scheme", "dark");
            take("desktop-1280");
            page.size(390, 844, 2).media("prefers-color-scheme", "light");
            take("phone-light");
            page.size(390, 1924, 2);
            page.run("deep('.tabs')[0].hidden = true"); // it would cover what is in the middle
            take("phone-full");
        }
    }

    @Test
    void commitWhoseAnswerCameOutEqual() throws Exception {
        try (Stage stage = Stage.after(directory, EQUAL - COMMITS)) {
            page.size(1440, 900, 1).media("prefers-color-scheme", "dark");
            watch(stage, EQUAL);
            says(
                    "Why: worst(CA) had read SFO’s departures. Its answer came out equal: nothing"
                            + " above it moved.");
            take("desktop-dark");
            page.size(390, 844, 2);
            take("phone-dark");
        }
    }

    @Test
    void lostConnection() throws Exception {
        page.size(1440, 900, 1).media("prefers-color-scheme", "light");
        try (Stage stage = Stage.after(directory, CHANGED - COMMITS)) {
            watch(stage, CHANGED);
            stage.disconnect();
            page.await("it is lost", () -> page.connection().equals("reconnecting"));
            type("ORD", "O'Hare");
            press(Keys.ENTER);
            page.run("deep('orrery-board')[0].renderRoot.activeElement?.blur()");
            page.await("it waits", () -> page.text(".banner").contains("1 edit waits"));
            page.await("some attempts later", () -> page.text(".connection").contains("attempt 4"));
            take("reconnecting");
        }
    }

    /** The engine's panel of the commit whose answer came out equal, twice as sharp. */
    @Test
    void engineInDetail() throws Exception {
        try (Stage stage = Stage.after(directory, EQUAL - COMMITS)) {
            page.size(1440, 900, 2).media("prefers-color-scheme", "dark");
            watch(stage, EQUAL);
            take("engine-detail-dark", "orrery-engine");
        }
    }

    /** One cell is rejected with its reason, one is saved at this moment, one is open. */
    @Test
    void editing() throws Exception {
        page.size(1440, 900, 2).media("prefers-color-scheme", "light");
        try (Stage stage = Stage.after(directory, CHANGED - COMMITS)) {
            watch(stage, CHANGED);
            type("STL", "Lambert");
            rename(stage, "STL", "Lambert Field");
            press(Keys.ENTER);
            page.await("it is refused", () -> page.text("[data-key=STL]").contains("not saved"));
            type("ORD", "O'Hare");
            try (Connection file = file();
                    Statement statement = file.createStatement()) {
                statement.execute("begin immediate");
                press(Keys.ENTER);
                page.await("it is saved", () -> page.text("[data-key=ORD]").contains("saving"));
                page.await(
                        "its commit is told",
                        () ->
                                Boolean.TRUE.equals(
                                        page.run(
                                                "return"
                                                        + " deep('flights-page')[0].story.shown.touched.some(({"
                                                        + " keys }) => keys.includes('ORD'))")));
                type("LAX", "Los Angeles Intl");
                showNewest();
                take("editing-detail", "orrery-board");
                page.size(1440, 900, 1);
                take("editing");
                assertThat(page.text("[data-key=ORD]")).contains("saving");
                statement.execute("rollback");
            }
        }
    }

    /** No connection is made, and none is given up. */
    @Test
    void coldStart() throws Exception {
        page.size(1440, 900, 1).media("prefers-color-scheme", "light");
        try (Stage stage = Stage.after(directory, 0)) {
            page.withoutAnswer();
            page.open(stage.address());
            page.await("it starts", () -> page.text(".banner").startsWith("Starting."));
            page.await("the map waits", () -> page.has("flights-map .graticule"));
            take("cold-start");
        }
    }

    /**
     * Looks on while one flight after the other leaves, up to and with this one, and keeps that
     * lit.
     */
    private void watch(Stage stage, int last) {
        page.look(stage);
        for (int flight = last - COMMITS + 1; flight <= last; flight++) {
            stage.fly();
            long position = flight;
            page.await("flight " + flight, () -> newest() == position);
        }
        page.await(
                "it is shown",
                () ->
                        Boolean.TRUE.equals(
                                page.run(
                                        "const { story } = deep('flights-page')[0]; return"
                                                + " story.shown === story.newest")));
        showNewest();
    }

    private void says(String reason) {
        page.await(reason, () -> page.text("orrery-engine #why").equals(reason));
    }

    /** Keeps the newest commit lit, though it is not held. */
    private void showNewest() {
        page.run(
                "const { story } = deep('flights-page')[0];"
                        + " story.hold(story.newest); story.held = false");
    }

    /** Opens the field of an airport's name and types another. */
    private void type(String iata, String name) {
        page.find("[data-key=" + iata + "] .c-iata");
        page.run(
                "deep('[data-key=' + arguments[0] + '] .c-iata')[0].focus({ preventScroll: true })",
                iata);
        press(Keys.F2);
        page.await("the field is open", () -> page.has(".field"));
        press(name);
    }

    private void press(CharSequence... keys) {
        new Actions(page.browser).sendKeys(keys).perform();
    }

    /** Another program's change. */
    private void rename(Stage stage, String iata, String name) throws SQLException {
        try (Connection file = file();
                PreparedStatement change =
                        file.prepareStatement("update airports set name = ? where iata = ?")) {
            change.setString(1, name);
            change.setString(2, iata);
            change.executeUpdate();
        }
        stage.app.airports.refresh(Duration.ofSeconds(20));
    }

    private Connection file() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("airports.db"));
    }

    /** The newest flight the page has a commit record of, or 0. */
    private long newest() {
        return (Long)
                page.run(
                        "return deep('flights-page')[0].story.newest?.touched.find(({ layer }) =>"
                                + " layer === 'log')?.position ?? 0");
    }

    private void take(String name) throws IOException {
        take(name, "flights-page");
    }

    /** Once it is drawn and no wash is left behind what changed before. */
    private void take(String name, String part) throws IOException {
        page.browser.executeAsyncScript(
                "const done = arguments[arguments.length - 1];requestAnimationFrame(() =>"
                        + " requestAnimationFrame(() => setTimeout(done, 700)))");
        byte[] picture =
                part.equals("flights-page")
                        ? page.browser.getScreenshotAs(OutputType.BYTES)
                        : page.find(part).getScreenshotAs(OutputType.BYTES);
        Path folder = Path.of(System.getProperty("orrery.pictures", "target/console"));
        Files.createDirectories(folder);
        Files.write(folder.resolve(name + ".png"), picture);
        assertThat(picture).isNotEmpty();
    }
}
