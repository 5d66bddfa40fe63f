package dev.orrery.examples.flights;

import dev.orrery.gateway.Gateway;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/** The application in this process, with its page open in a real browser. */
final class OpenPage implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    final Path directory;
    final ChromeDriver browser;
    private final Page page = Page.blank();
    FlightsApp app;
    private final int port;
    private Gateway gateway;

    /** What the server has handed to the page's socket; none after it was started again. */
    final SentMessages sent;

    OpenPage(Path directory, int flights) {
        this(directory);
        append(0, flights);
        open();
    }

    /** With a browser that has not opened the page yet. */
    OpenPage(Path directory) {
        this.directory = directory;
        this.browser = page.browser;
        this.app = new FlightsApp(directory);
        this.sent = new SentMessages(app.orrery.outgoing());
        this.gateway = app.gateway(replay()).outgoing(sent).port(0).open();
        this.port = gateway.port();
    }

    void open() {
        page.open(gateway.uri());
        await("the rows of the board", () -> page.has("[data-key]"));
    }

    /** Appends flights of the data, from one place to another, and waits until they are folded. */
    void append(int from, int to) {
        List<Flight> all = Flight.all();
        all.subList(from, to).forEach(app.flights::append);
        app.orrery.settle(LIMIT);
    }

    /** Takes the server away. */
    void stop() {
        gateway.close();
        app.close();
    }

    /** Brings it back, on the same port. */
    void start() {
        app = new FlightsApp(directory);
        gateway = app.serve(port, replay());
    }

    private Replay replay() {
        return new Replay(app, Flight.all(), Speed.parse("50"));
    }

    /** Runs a script in the page, which may wait and may look for an element with {@code one}. */
    @Nullable Object run(String script, Object... arguments) {
        return page.run(
                "const one = selector => deep(selector)[0] ?? null; return (async () => {"
                        + script
                        + "\n})()",
                arguments);
    }

    String text(String selector) {
        return page.text(selector);
    }

    WebElement focused() {
        return (WebElement)
                Objects.requireNonNull(
                        run(
                                "let at = document.activeElement; while"
                                        + " (at?.shadowRoot?.activeElement) at ="
                                        + " at.shadowRoot.activeElement; return at"));
    }

    /** Presses keys where the focus is. */
    void press(CharSequence... keys) {
        new Actions(browser).sendKeys(keys).perform();
    }

    /** Puts the focus on the name of an airport, as the arrows would. */
    void focusName(String iata) {
        run("one('[data-key=' + arguments[0] + ']').querySelector('.c-iata').focus()", iata);
    }

    /** Edits a name with the keyboard alone, from the cell that has the focus. */
    void type(String name) {
        press(Keys.F2);
        await("the field is open", () -> page.has(".field"));
        press(name.isEmpty() ? Keys.DELETE : name);
    }

    void await(String what, BooleanSupplier condition) {
        page.await(what, condition);
    }

    /** As on a system that wants this of every page. */
    void prefer(String feature, String value) {
        page.media(feature, value);
    }

    String nameInFile(String iata) {
        try (Connection file = file();
                Statement statement = file.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select name from airports where iata = '" + iata + "'")) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Another program's change. */
    void rename(String iata, String name) {
        try (Connection file = file();
                Statement statement = file.createStatement()) {
            statement.executeUpdate(
                    "update airports set name = '" + name + "' where iata = '" + iata + "'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection file() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("airports.db"));
    }

    @Override
    public void close() {
        page.close();
        stop();
    }
}
