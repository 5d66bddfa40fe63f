package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The page in a real browser: rows move, an edit reaches the file, and a lost server is found
 * again.
 */
class PageTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir private Path directory;
    private ChromeDriver browser;

    @BeforeEach
    void openBrowser() {
        browser = Browser.open();
    }

    @AfterEach
    void closeBrowser() {
        if (browser != null) {
            browser.quit();
        }
    }

    @Test
    void rowsMoveWhileFlightsAreFolded() throws Exception {
        try (DemoProcess demo =
                DemoProcess.start(directory, "--port", "0", "--no-open", "--speed", "500")) {
            browser.get(demo.address().toString());
            await("the first rows", () -> rows() > 20);
            String firstOrder = order();
            await("another order", () -> !order().equals(firstOrder));
            assertThat(browser.findElement(By.id("flights")).getText()).isNotEqualTo("–");
        }
    }

    @Test
    void anEditIsWrittenToTheFileAndSurvivesALostServer() throws Exception {
        int port;
        try (DemoProcess demo =
                DemoProcess.start(directory, "--port", "0", "--no-open", "--speed", "max")) {
            URI address = demo.address();
            port = address.getPort();
            browser.get(address.toString());
            await("all flights", () -> text("flights").equals("20,000"));

            edit("SFO", "San Francisco, edited");

            await("the edit is saved", () -> note("SFO").equals("saved"));
            assertThat(nameInFile("SFO")).isEqualTo("San Francisco, edited");
            edit("LAX", "");
            await("the reason is shown", () -> note("LAX").startsWith("not saved"));
            assertThat(nameInFile("LAX")).isEqualTo("Los Angeles International");

            demo.kill();
            await("the page says so", () -> state().equals("reconnecting"));
        }
        try (Connection file = airports();
                Statement statement = file.createStatement()) {
            statement.executeUpdate(
                    "update airports set name = 'changed by another program' where iata = 'ORD'");
        }
        try (DemoProcess again =
                DemoProcess.start(
                        directory,
                        "--port",
                        Integer.toString(port),
                        "--no-open",
                        "--speed",
                        "max")) {
            again.address();
            await("the page is back", () -> state().equals("live"));
            await("it caught up", () -> name("ORD").equals("changed by another program"));
            String kept = shown();
            browser.navigate().refresh();
            await("a fresh page is the same", () -> shown().equals(kept));
        }
    }

    private void edit(String iata, String name) {
        browser.findElement(By.cssSelector("tr[data-key=" + iata + "] button.edit")).click();
        var field = browser.findElement(By.cssSelector("tr[data-key=" + iata + "] input"));
        field.sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE, name, Keys.ENTER);
    }

    private void await(String what, java.util.function.BooleanSupplier condition) {
        new WebDriverWait(browser, LIMIT, Duration.ofMillis(50))
                .ignoring(org.openqa.selenium.StaleElementReferenceException.class)
                .withMessage(what)
                .until(_ -> condition.getAsBoolean());
    }

    private long rows() {
        return (Long)
                browser.executeScript("return document.querySelectorAll('#board tbody tr').length");
    }

    private String order() {
        return (String)
                browser.executeScript(
                        "return [...document.querySelectorAll('#board tbody tr')].map(row => row.dataset.key).join()");
    }

    /** Everything the page shows of the data. */
    private String shown() {
        return (String)
                browser.executeScript(
                        "return [...document.querySelectorAll('dl, #board td:not(.name), #board td.name button, #worst')]"
                                + ".map(part => part.innerText).join('|')");
    }

    private String text(String id) {
        return (String)
                browser.executeScript(
                        "return document.getElementById(arguments[0])?.innerText ?? ''", id);
    }

    private String name(String iata) {
        return cell(iata, "td.name button");
    }

    private String note(String iata) {
        return cell(iata, "td.name .note");
    }

    private String cell(String iata, String part) {
        return (String)
                browser.executeScript(
                        "return document.querySelector(arguments[0])?.innerText ?? ''",
                        "tr[data-key=" + iata + "] " + part);
    }

    private String state() {
        return (String)
                browser.executeScript(
                        "return document.querySelector('.connection')?.dataset.state ?? ''");
    }

    private String nameInFile(String iata) throws SQLException {
        try (Connection file = airports();
                Statement statement = file.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select name from airports where iata = '" + iata + "'")) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private Connection airports() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("airports.db"));
    }
}
