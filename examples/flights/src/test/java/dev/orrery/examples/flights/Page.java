package dev.orrery.examples.flights;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The page in a real browser: what it shows is looked for through its shadow roots, and is waited
 * for within a limit.
 */
final class Page implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /**
     * Elements in document order, in whatever shadow root they are; of several selectors with a
     * space between, each is looked for inside what the one before found.
     */
    private static final String DEEP =
            """
            const inside = (root, selector) => [...root.children].flatMap(each => [
              ...(each.matches(selector) ? [each] : []),
              ...inside(each, selector), ...(each.shadowRoot ? inside(each.shadowRoot, selector) : [])]);
            const within = (element, selector) =>
              [...(element.shadowRoot ? inside(element.shadowRoot, selector) : []), ...inside(element, selector)];
            const deep = selectors => selectors.split(' ').reduce(
              (found, selector) => [...new Set(found.flatMap(each => within(each, selector)))], [document.documentElement]);
            const textOf = element => element === undefined ? ''
              : element.shadowRoot ? [...element.shadowRoot.children].map(textOf).join('\\n') : element.innerText ?? '';
            """;

    final ChromeDriver browser;
    private final Browser.Window window;

    private Page(Browser.Window window) {
        this.window = window;
        this.browser = window.driver;
    }

    /** A window with nothing open; where there is none, the test is aborted and says so. */
    static Page blank() {
        return new Page(Browser.window());
    }

    Page open(URI address) {
        browser.get(address.toString());
        return this;
    }

    /** Opens the page of a stage and waits until it shows everything. */
    Page look(Stage stage) {
        open(stage.address());
        await("it is live", () -> connection().equals("live"));
        await("the stars", () -> text("flights-map .hint").startsWith("every star"));
        await("the answers", () -> !texts("flights-worst .mean").isEmpty());
        await("the rows", () -> has("[data-key]"));
        return this;
    }

    /** A page that no server ever answers: no connection is made, and none is given up. */
    Page withoutAnswer() {
        browser.executeCdpCommand(
                "Page.addScriptToEvaluateOnNewDocument",
                Map.of(
                        "source",
                        """
                        const wait = window.setTimeout;
                        window.setTimeout = (task, time) => time === 5000 ? 0 : wait(task, time);
                        window.WebSocket = class extends EventTarget { close() {} send() {} };
                        """));
        return this;
    }

    /** Looks at the page in a window of this size, in CSS pixels, sharper by a factor. */
    Page size(int width, int height, double sharpness) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width", width,
                        "height", height,
                        "deviceScaleFactor", sharpness,
                        "mobile", false));
        return this;
    }

    /** As on a system that wants this of every page, such as {@code prefers-color-scheme: dark}. */
    Page media(String feature, String value) {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", feature, "value", value))));
        return this;
    }

    /** Runs a script that may use {@code deep(selector)}, all matching elements in all roots. */
    @Nullable Object run(String script, Object... arguments) {
        return browser.executeScript(DEEP + script, arguments);
    }

    /** The text of the first element that matches, empty when there is none. */
    String text(String selector) {
        return String.valueOf(run("return textOf(deep(arguments[0])[0])", selector));
    }

    /** The texts of all elements that match. */
    @SuppressWarnings("unchecked") // a list of strings is what the script answers
    List<String> texts(String selector) {
        return (List<String>) run("return deep(arguments[0]).map(textOf)", selector);
    }

    boolean has(String selector) {
        return Boolean.TRUE.equals(run("return deep(arguments[0]).length > 0", selector));
    }

    WebElement find(String selector) {
        await("there is " + selector, () -> has(selector));
        return (WebElement) run("return deep(arguments[0])[0]", selector);
    }

    void click(String selector) {
        find(selector).click();
    }

    /** Presses keys wherever the focus is. */
    void press(CharSequence... keys) {
        browser.switchTo().activeElement().sendKeys(keys);
    }

    /** Presses Tab until what has the focus matches; says where it came along. */
    void tabTo(String selector) {
        await(
                "the focus reaches " + selector,
                () -> {
                    press(Keys.TAB);
                    return focusIs(selector);
                });
    }

    boolean focusIs(String selector) {
        return Boolean.TRUE.equals(
                run(
                        """
                        let focused = document.activeElement;
                        while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
                        return focused?.matches(arguments[0]) ?? false;
                        """,
                        selector));
    }

    /** The state of the connection, as the shell shows it. */
    String connection() {
        return String.valueOf(run("return deep('.connection')[0]?.dataset.state ?? ''"));
    }

    void await(String what, BooleanSupplier condition) {
        new WebDriverWait(browser, LIMIT, Duration.ofMillis(50))
                .ignoring(StaleElementReferenceException.class)
                .withMessage(() -> what + "; the browser complains of " + complaints())
                .until(_ -> condition.getAsBoolean());
    }

    /**
     * What the browser complained of since it was asked last: errors of scripts and of the policy.
     */
    List<String> complaints() {
        return browser.manage().logs().get("browser").getAll().stream()
                .map(Object::toString)
                .toList();
    }

    /** Has another tab cover this page for as long as something takes. */
    void hiddenWhile(Runnable task) {
        String tab = browser.getWindowHandle();
        window.openTab();
        task.run();
        browser.close();
        browser.switchTo().window(tab);
    }

    WebElement body() {
        return browser.findElement(By.tagName("body"));
    }

    @Override
    public void close() {
        window.close();
    }
}
