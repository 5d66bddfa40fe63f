package dev.orrery.examples.flights;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import tools.jackson.databind.JsonNode;

/**
 * A real, headless browser, one for all tests of a process, since to start one takes longer than
 * most tests; where the machine has none, the test says in one line how to get one. Each test has a
 * window of its own that shares nothing with those of other tests: no cache, no storage, no process
 * of a page. Confined to the thread that runs the tests; of two windows that are open at a time,
 * the driver is at the one opened last.
 */
final class Browser {
    private static final List<String> BROWSERS =
            List.of(
                    "chromium",
                    "chromium-browser",
                    "google-chrome",
                    "google-chrome-stable",
                    "chrome");

    /**
     * Selenium speaks of each browser version it does not know; held here, since loggers are weakly
     * kept.
     */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    private static @Nullable Browser running;

    final ChromeDriver driver;
    private final DevTools line;

    /** The window a browser starts with, which is nobody's. */
    private final String first;

    private Browser() {
        try {
            driver = start();
            line = DevTools.ofBrowser(driver);
            first = driver.getWindowHandle();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A window with nothing open; where there is no browser, the test is aborted and says so. */
    static Window window() {
        Browser browser = running;
        if (browser == null) {
            browser = new Browser();
            Runtime.getRuntime().addShutdownHook(new Thread(browser.driver::quit));
            running = browser;
        }
        return browser.new Window();
    }

    /** A window, and a tab in it that the driver is at. */
    final class Window implements AutoCloseable {
        final ChromeDriver driver = Browser.this.driver;
        private final String context;

        private Window() {
            context =
                    line.call("Target.createBrowserContext", Map.of())
                            .path("browserContextId")
                            .asString();
            goTo(Map.of("newWindow", true, "width", 1440, "height", 900));
            driver.manage().logs().get("browser");
        }

        /** Opens another tab over the one in sight, and goes to it. */
        void openTab() {
            goTo(Map.of());
        }

        private void goTo(Map<String, ?> which) {
            Map<String, Object> wanted = new HashMap<>(which);
            wanted.put("url", "about:blank");
            wanted.put("browserContextId", context);
            JsonNode tab = line.call("Target.createTarget", wanted);
            driver.switchTo().window(tab.path("targetId").asString());
        }

        @Override
        public void close() {
            line.call("Target.disposeBrowserContext", Map.of("browserContextId", context));
            driver.switchTo().window(first);
        }
    }

    private static ChromeDriver start() {
        SELENIUM.setLevel(Level.SEVERE);
        Optional<Path> browser =
                BROWSERS.stream().flatMap(name -> onPath(name).stream()).findFirst();
        Optional<Path> driver = onPath("chromedriver");
        if (browser.isEmpty() || driver.isEmpty()) {
            Assumptions.abort(
                    "no Chromium with its driver found; on Debian: apt-get install chromium"
                            + " chromium-driver");
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.orElseThrow().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1440,900");
        ChromeDriverService service =
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(driver.orElseThrow().toFile())
                        .build();
        return new ChromeDriver(service, options);
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
