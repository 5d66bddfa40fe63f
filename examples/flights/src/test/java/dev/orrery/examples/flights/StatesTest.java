package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Resource;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The page in the states that a connection, a browser or a person bring it to. */
class StatesTest {
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
    void beforeTheFirstAnswerThePageShowsTheShapeOfWhatWillRun() {
        try (Stage stage = Stage.after(directory, 0)) {
            page.withoutAnswer().open(stage.address());
            page.await("it starts", () -> page.text(".banner").startsWith("Starting."));
            assertThat(page.text(".banner"))
                    .contains(
                            "Opening the data folder, then loading 3,376 airports.",
                            "Usually under 2 s");
            page.await(
                    "the engine waits",
                    () ->
                            page.text("orrery-engine .waiting")
                                    .equals(
                                            "Waiting for the first commit. This is the shape of"
                                                    + " what will run."));
            assertThat(page.connection()).isEqualTo("connecting");
            assertThat(page.has("flights-map .graticule")).isTrue();
            assertThat(page.has("orrery-engine .tile.ran")).isFalse();
            assertThat(
                            page.run(
                                    "return deep('flights-replay button').every(each =>"
                                            + " each.disabled)"))
                    .isEqualTo(true);
        }
    }

    @Test
    void aLostConnectionComesBackAndSaysWhatWasMissed() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            stage.fly();
            page.await("the flight", () -> page.text("#flights").equals("101"));
            stage.disconnect();
            page.await("it says so", () -> page.connection().equals("reconnecting"));
            for (int flight = 0; flight < 3; flight++) {
                stage.fly();
            }
            page.run(
                    "window.said = []; deep('orrery-shell')[0].updateComplete.then(function note()"
                            + " { const text = textOf(deep('.banner')[0]).trim(); if"
                            + " (window.said.at(-1) !== text) window.said.push(text);"
                            + " requestAnimationFrame(note); })");
            stage.reconnect();
            page.await(
                    "nothing is left to say",
                    () -> page.text("#flights").equals("104") && page.text(".banner").isBlank());
            assertThat((List<?>) page.run("return window.said"))
                    .anySatisfy(said ->
                            assertThat(said.toString())
                                    .startsWith("Back. Catching up: ")
                                    .endsWith(" revisions."))
                    .anySatisfy(said -> assertThat(said).isEqualTo("Up to date."));
        }
    }

    @Test
    void aServerThatKeepsNothingOfWhatWasMissedSendsAFreshCopy() {
        try (OpenPage open = new OpenPage(directory, 100)) {
            open.stop();
            open.await("it says so", () -> open.text(".banner").contains("Connection lost."));
            open.start();
            open.await(
                    "it says so",
                    () ->
                            open.text(".banner")
                                    .contains(
                                            "The server no longer keeps what this page missed."
                                                    + " Loaded a fresh copy."));
            open.append(100, 120);
            open.await("it goes on", () -> open.text("#flights").equals("120"));
        }
    }

    @Test
    void aServerThatEndsTheSessionIsTakenAtItsWord() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            stage.app.orrery.channels().end("anonymous");
            page.await("it is refused", () -> page.connection().equals("refused"));
            assertThat(page.text(".connection")).contains("Refused");
            assertThat(page.text(".banner"))
                    .contains("The server refused this page.", "the server ended this session");
            assertThat(page.text("#flights")).as("what was shown is kept").isEqualTo("100");
            assertThat(page.text("#events")).isEqualTo("0");
        }
    }

    @Test
    void rowsThatAreNotAllowedAreSaidAndAskedForAgain() {
        AtomicBoolean allowed = new AtomicBoolean();
        AccessPolicy policy =
                (who, action, resource) ->
                        Access.allowedIf(
                                allowed.get() || !resource.equals(new Resource.OfView("board")));
        try (Stage stage = Stage.after(new FlightsApp(directory, policy), 100)) {
            page.open(stage.address());
            page.await(
                    "it says so",
                    () -> page.text("orrery-board .empty").startsWith("These rows did not load: "));
            assertThat(page.has("[data-key]")).isFalse();
            allowed.set(true);
            page.click("orrery-board .empty .link");
            page.await("the rows", () -> page.has("[data-key]"));
            page.await("nothing is left to say", () -> !page.has("orrery-board .empty"));
        }
    }

    @Test
    void aHiddenPageDrawsNothingAndIsCurrentWhenItIsSeenAgain() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            page.run(
                    "window.hides = []; document.addEventListener('visibilitychange', () => {"
                            + " window.hides.push(document.hidden); if (!document.hidden)"
                            + " window.cameBackWith = textOf(deep('#flights')[0]); })");
            page.hiddenWhile(() -> {
                for (int flight = 0; flight < 20; flight++) {
                    stage.fly();
                }
            });
            page.await("the flights", () -> page.text("#flights").equals("120"));
            assertThat(page.run("return window.hides")).isEqualTo(List.of(true, false));
            assertThat(page.run("return window.cameBackWith"))
                    .as("what it drew while hidden")
                    .isNotEqualTo("120");
        }
    }

    @Test
    void inForcedColoursWhatIsLitIsHighlightedAndShapesStay() {
        try (Stage stage = Stage.after(directory, 2_000)) {
            page.media("forced-colors", "active").look(stage);
            stage.fly();
            page.await(
                    "a query that ran",
                    () -> {
                        page.run(
                                "const { story } = deep('flights-page')[0]; if (story.newest)"
                                        + " story.hold(story.newest)");
                        return page.has("orrery-engine .tile.ran rect");
                    });
            assertThat(
                            page.run(
                                    """
                                    const probe = document.body.appendChild(document.createElement('i'));
                                    probe.style.color = 'Highlight';
                                    const fill = deep('orrery-engine .tile.ran rect').map(each => getComputedStyle(each).fill);
                                    const others = deep('orrery-engine .tile rect').length;
                                    return [fill.every(each => each === getComputedStyle(probe).color), others >= 51];
                                    """))
                    .isEqualTo(List.of(true, true));
        }
    }

    @Test
    void theMapIsAListForTheKeyboard() {
        try (Stage stage = Stage.after(directory, 2_000)) {
            page.look(stage);
            List<String> busiest =
                    stage.app.flown.rows(0, 3).stream().map(row -> row.text("iata")).toList();
            page.run("deep('flights-map .pick')[0].focus()");
            page.press(Keys.ARROW_DOWN);
            page.await(
                    "the busiest", () -> page.text("flights-map .tip").startsWith(busiest.get(0)));
            page.press(Keys.ARROW_RIGHT);
            page.await("the next", () -> page.text("flights-map .tip").startsWith(busiest.get(1)));
            assertThat(
                            page.run(
                                    """
                                    const list = deep('flights-map .pick')[0];
                                    const option = list.getRootNode().getElementById(list.getAttribute('aria-activedescendant'));
                                    return [list.role, option.role, option.ariaPosInSet, option.ariaSelected, option.textContent.slice(0, 3)];
                                    """))
                    .isEqualTo(List.of("listbox", "option", "2", "true", busiest.get(1)));
            assertThat(
                            page.run(
                                    "return deep('[data-key=' + arguments[0] + ']"
                                            + " [tabindex=\"0\"]').length",
                                    busiest.get(1)))
                    .as("the board is at it")
                    .isEqualTo(1L);
            page.press(Keys.END);
            page.await(
                    "the last one",
                    () -> !page.text("flights-map .tip").startsWith(busiest.get(1)));
            page.press(Keys.ESCAPE);
            page.await("none", () -> !page.has("flights-map .tip"));
        }
    }

    @Test
    void aDiscOfTheMapIsPickedWithThePointer() {
        try (Stage stage = Stage.after(directory, 2_000)) {
            page.look(stage);
            String busiest = stage.app.flown.rows(0, 1).getFirst().text("iata");
            page.run("deep('flights-map .pick')[0].focus()");
            page.press(Keys.ARROW_DOWN);
            page.await("the tooltip", () -> page.text("flights-map .tip").startsWith(busiest));
            List<?> fromCentre =
                    (List<?>)
                            page.run(
                                    """
                                    const { left, top } = deep('flights-map .tip')[0].style;
                                    const map = deep('flights-map .map')[0];
                                    return [parseFloat(left) - map.clientWidth / 2, parseFloat(top) - map.clientHeight / 2].map(Math.round);
                                    """);
            page.press(Keys.ESCAPE);
            page.await("none", () -> !page.has("flights-map .tip"));
            WebElement map = page.find("flights-map .map");
            new Actions(page.browser)
                    .moveToElement(map, pixels(fromCentre, 0), pixels(fromCentre, 1))
                    .perform();
            page.await(
                    "what is under the pointer",
                    () -> page.text("flights-map .tip").startsWith(busiest));
            new Actions(page.browser).click().perform();
            page.await(
                    "the board is at it",
                    () -> page.has("[data-key=\"" + busiest + "\"] [tabindex=\"0\"]"));
            new Actions(page.browser).moveToElement(page.find("h1")).perform();
            page.await("none again", () -> !page.has("flights-map .tip"));
        }
    }

    private static int pixels(List<?> of, int index) {
        return ((Number) of.get(index)).intValue();
    }

    @Test
    void whatChangedIsWashed() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            page.run(
                    "window.washed = []; const animate = Element.prototype.animate;"
                            + " Element.prototype.animate = function (frames, how) { if"
                            + " (frames[0].backgroundColor) window.washed.push(this.id ||"
                            + " this.className); return animate.call(this, frames, how); }");
            stage.fly();
            page.await(
                    "the number",
                    () -> page.run("return window.washed.includes('flights')").equals(true));
            page.await(
                    "the cell of an airport in sight",
                    () -> {
                        stage.fly();
                        return page.run(
                                        "return window.washed.some(each =>"
                                                + " each.includes('c-departures'))")
                                .equals(true);
                    });
        }
    }

    /**
     * However much there is to draw: one frame does not do it all, and one that fails stops no
     * other.
     */
    @Test
    void aFrameDrawsForAWhileAndLeavesTheRestToTheNext() {
        try (Stage stage = Stage.after(directory, 100)) {
            page.look(stage);
            assertThat(
                            page.run(
                                    """
                                    return (async () => {
                                      const { drawInFrame, onFrame, whenDrawn } = await import('orrery/frames.js');
                                      const busy = () => { for (const until = performance.now() + 6; performance.now() < until;); };
                                      const frames = [];
                                      const draw = name => () => { frames.push([name, document.timeline.currentTime]); busy(); };
                                      window.addEventListener('error', event => event.preventDefault(), { once: true });
                                      drawInFrame('one', draw('one'));
                                      drawInFrame('fails', () => { throw new Error('one panel'); });
                                      drawInFrame('two', draw('two'));
                                      drawInFrame('one', draw('one again'));
                                      await new Promise(drawn => onFrame(() => whenDrawn(drawn)));
                                      const [[first, at], [second, later]] = frames;
                                      return [frames.length, first, second, later > at];
                                    })()
                                    """))
                    .isEqualTo(List.of(2L, "one again", "two", true));
        }
    }

    @Test
    void parkedKeysAreMarked() {
        try (Stage stage = Stage.after(directory, 2_000)) {
            page.look(stage);
            stage.fly();
            page.await(
                    "a commit",
                    () ->
                            page.run("return deep('flights-page')[0].story.newest !== null")
                                    .equals(true));
            page.run(
                    "const { story } = deep('flights-page')[0]; story.hold({ ...story.newest,"
                            + " parked: [{ projection: 'delays', count: 1, keys: ['STL'] }] })");
            page.await(
                    "the mark",
                    () -> page.run("return deep('orrery-engine circle.parked').length").equals(1L));
            assertThat(
                            page.run(
                                    "return deep('orrery-engine .sub.wrong').map(each =>"
                                            + " each.textContent)"))
                    .isEqualTo(List.of("1 key parked"));
        }
    }
}
