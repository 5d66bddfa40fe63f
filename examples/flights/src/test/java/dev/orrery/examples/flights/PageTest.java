package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser: it moves with the flights, and a lost server is found again. */
class PageTest {
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
    void numbersAndAnswersMoveWhileFlightsAreFolded() throws Exception {
        try (DemoProcess demo = demo(0, "500")) {
            page.open(demo.address());
            page.await("the first answers", () -> page.texts("flights-worst .mean").size() > 20);
            var answers = page.texts("flights-worst li");
            String flights = page.text("#flights");
            page.await("other answers", () -> !page.texts("flights-worst li").equals(answers));
            page.await("more flights", () -> !page.text("#flights").equals(flights));
            page.await("it is live", () -> page.connection().equals("live"));
            assertThat(page.complaints()).isEmpty();
        }
    }

    @Test
    void afterAKillAndARestartThePageEqualsAFreshOne() throws Exception {
        int port;
        try (DemoProcess demo = demo(0, "max")) {
            URI address = demo.address();
            port = address.getPort();
            page.open(address);
            page.await("all flights", () -> page.text("#flights").equals("20,000"));
            demo.kill();
            page.await("it says so", () -> page.connection().equals("reconnecting"));
            assertThat(page.text(".banner")).contains("Connection lost.", "Nothing is lost");
        }
        changeByAnotherProgram("update airports set city = 'Elsewhere' where iata = 'JNU'");
        try (DemoProcess again = demo(port, "max")) {
            again.address();
            page.await("it is back", () -> page.connection().equals("live"));
            page.await("it caught up", () -> page.text("flights-worst").contains("Elsewhere"));
            page.await("nothing more is said", () -> page.text(".banner").contains("All 20,000"));
            String kept = shown();
            page.browser.navigate().refresh();
            page.await("a fresh page is the same", () -> shown().equals(kept));
        }
    }

    /** Everything the page shows of the data; what it measured itself is its own. */
    private String shown() {
        return page.text("#flights")
                + page.text("#mean")
                + page.texts("flights-worst .place")
                + page.texts("flights-worst .mean")
                + page.run(
                        "return deep('flights-map')[0]?.flown?.rows?.map(row =>"
                                + " JSON.stringify(row)).join()");
    }

    private DemoProcess demo(int port, String speed) throws Exception {
        return DemoProcess.start(
                directory, "--port", Integer.toString(port), "--no-open", "--speed", speed);
    }

    private void changeByAnotherProgram(String statement) throws SQLException {
        try (Connection file =
                        DriverManager.getConnection(
                                "jdbc:sqlite:" + directory.resolve("airports.db"));
                Statement change = file.createStatement()) {
            change.executeUpdate(statement);
        }
    }
}
