package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The board in a real browser: its cells in every state, its order, its rows on the move. */
class BoardTest {
    private static final int FLIGHTS = 2_000;

    @TempDir private Path directory;
    private OpenPage page;

    @BeforeEach
    void open() {
        page = new OpenPage(directory, FLIGHTS);
    }

    @AfterEach
    void close() {
        page.close();
    }

    private String name(String iata) {
        return page.text("[data-key=" + iata + "] .c-iata");
    }

    private String reason(String iata) {
        return page.text("[data-key=" + iata + "] .reason").replaceAll("\\s+", " ").strip();
    }

    private void press(String action) {
        page.run(
                "[...one('orrery-board .actions').querySelectorAll('button')]"
                        + ".find(button => button.innerText === arguments[0]).click()",
                action);
    }

    @Test
    void aNameIsEditedByKeyboardAlone() {
        page.run("one('orrery-board').focusBoard()");
        page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_UP);
        String iata =
                (String)
                        page.run(
                                "return arguments[0].closest('[data-key]').dataset.key",
                                page.focused());
        page.type("Renamed by hand");
        page.press(Keys.ENTER);

        page.await("it is saved", () -> page.nameInFile(iata).equals("Renamed by hand"));
        page.await("it is shown", () -> name(iata).endsWith("Renamed by hand"));
        assertThat(page.focused().getText()).contains("Renamed by hand");
        page.type("Not this");
        page.press(Keys.ESCAPE);
        page.await("it reverts", () -> name(iata).endsWith("Renamed by hand"));
        page.type("Saved by Tab");
        page.press(Keys.TAB);
        page.await("Tab saves", () -> page.nameInFile(iata).equals("Saved by Tab"));
        assertThat(page.focused().getText()).doesNotContain("Saved by Tab");
    }

    @Test
    void anEditThatBreaksTheSchemaSaysWhichRule() {
        page.focusName("LAX");
        page.type("");
        page.press(Keys.ENTER);

        page.await(
                "the rule",
                () ->
                        reason("LAX")
                                .equals("Not saved. A name has 1 to 80 characters. Edit Discard"));
        assertThat(
                        (Boolean)
                                page.run(
                                        "const cell = one('[data-key=LAX] .c-iata');return"
                                                + " cell.getAttribute('aria-invalid') === 'true' &&"
                                                + " cell.getRootNode().getElementById(cell.getAttribute('aria-describedby')).innerText.startsWith('Not"
                                                + " saved.')"))
                .isTrue();
        press("Discard");
        page.await("the name is back", () -> name("LAX").endsWith(page.nameInFile("LAX")));
        assertThat(reason("LAX")).isEmpty();
    }

    @Test
    void aChangeElsewhereWhileOneTypesIsAConflictToDecide() {
        page.focusName("ATL");
        page.type("Mine");
        page.rename("ATL", "Theirs");
        page.app.airports.refresh(java.time.Duration.ofSeconds(20));
        assertThat(page.run("return one('.field').value")).isEqualTo("Mine");
        page.press(Keys.ENTER);

        page.await(
                "both names",
                () ->
                        reason("ATL")
                                .equals(
                                        "Changed elsewhere while you typed. The file now says"
                                                + " “Theirs”; yours says “Mine”. Save mine Keep"
                                                + " theirs"));
        assertThat(name("ATL")).contains("Mine").contains("not saved");
        assertThat(page.nameInFile("ATL")).isEqualTo("Theirs");
        press("Save mine");
        page.await("mine is saved", () -> page.nameInFile("ATL").equals("Mine"));
        page.await("nothing is left to say", () -> reason("ATL").isEmpty());
    }

    @Test
    void anEditWaitsWhileTheFileIsGoneAndIsSavedWhenItIsBack() throws Exception {
        Path file = directory.resolve("airports.db");
        Path elsewhere = directory.resolve("elsewhere.db");
        Files.move(file, elsewhere);
        page.focusName("ORD");
        page.type("O'Hare");
        page.press(Keys.ENTER);

        page.await("it waits", () -> name("ORD").contains("waiting"));
        assertThat(reason("ORD"))
                .isEqualTo("Not saved yet. The airports file is not there. Trying again. Discard");
        Files.move(elsewhere, file);
        page.await("it is saved", () -> page.nameInFile("ORD").equals("O'Hare"));
        page.await("nothing is left to say", () -> reason("ORD").isEmpty());
    }

    @Test
    void anEditMadeWithoutAConnectionIsSentFirstWhenItIsBack() {
        page.stop();
        page.await(
                "the page knows",
                () ->
                        page.text("body").contains("Reconnecting")
                                || (boolean)
                                        page.run(
                                                "return one('orrery-board').live.state ==="
                                                        + " 'reconnecting'"));
        page.focusName("ORD");
        page.type("Written offline");
        page.press(Keys.ENTER);
        page.await("it waits", () -> name("ORD").contains("waiting"));
        assertThat(page.run("return one('orrery-board').waiting")).isEqualTo(1L);
        assertThat(reason("ORD")).isEmpty();

        page.start();
        page.await("it is saved", () -> page.nameInFile("ORD").equals("Written offline"));
        page.await("none waits", () -> page.run("return one('orrery-board').waiting").equals(0L));
        page.await("it is shown", () -> name("ORD").endsWith("Written offline"));
    }

    /** Of the first rows, which are too busy to leave the window in between. */
    @Test
    void rowsKeepTheirElementWhileTheyMove() {
        page.run(
                """
                window.first = () => [...one('orrery-board .rows').querySelectorAll('[data-key]')].slice(0, 15);
                window.rows = new Map(window.first().map(row => [row.dataset.key, row]));
                window.order = [...window.rows.keys()].join();
                """);
        page.append(FLIGHTS, 6_000);
        page.await(
                "another order",
                () ->
                        Boolean.TRUE.equals(
                                page.run(
                                        "return window.first().map(row => row.dataset.key).join()"
                                                + " !== window.order")));
        assertThat(
                        page.run(
                                """
                                const stayed = window.first().filter(row => window.rows.has(row.dataset.key));
                                return stayed.length > 8 && stayed.every(row => window.rows.get(row.dataset.key) === row);
                                """))
                .isEqualTo(true);
    }

    @Test
    void anyColumnButTheLastDeparturesSortsBothWays() {
        for (String column : List.of("Airport", "City", "State", "Mean delay", "Seen")) {
            page.run(
                    "[...one('orrery-board .header').children].find(head =>"
                            + " head.innerText.startsWith(arguments[0])).click()",
                    column);
            page.await(column, () -> sorted(column) && isShownAsTheServerHasIt());
        }
        page.run(
                "[...one('orrery-board .header').children].find(head => head.innerText === 'Last"
                        + " 24').click()");
        assertThat(sorted("Seen")).isTrue();
    }

    private boolean sorted(String column) {
        return (boolean)
                page.run(
                        "return [...one('orrery-board .header').children].filter(head =>"
                                + " ['ascending',"
                                + " 'descending'].includes(head.getAttribute('aria-sort'))).map(head =>"
                                + " head.innerText.replace(/ .$/, '')).join() === arguments[0]",
                        column);
    }

    private boolean isShownAsTheServerHasIt() {
        return (boolean)
                page.run(
                        "const rows = [...one('orrery-board"
                                + " .rows').querySelectorAll('[data-key]')];return rows.length >= 15 &&"
                                + " rows.every((row, at) => row.getAttribute('aria-rowindex') ==="
                                + " String(at + 2))");
    }

    @Test
    void scrollingShowsTheRowsThere() {
        page.run("one('orrery-board .scroll').scrollTop = 32 * 1000");
        page.await(
                "the rows from 1,000 on",
                () -> (boolean) page.run("return one('[aria-rowindex=\"1002\"]') !== null"));
        assertThat(page.run("return one('[role=grid]').getAttribute('aria-rowcount')"))
                .isEqualTo("3377");
        assertThat(
                        (Long)
                                page.run(
                                        "return one('orrery-board"
                                                + " .rows').querySelectorAll('[data-key]').length"))
                .isLessThan(60L);
    }

    @Test
    void theFocusStaysOnItsRowWhileOthersMove() {
        page.focusName("PHX");
        page.append(FLIGHTS, 5_000);
        page.await(
                "the flights are shown",
                () ->
                        page.app.board.rows(0, 1).getFirst().integer("departures") > 0
                                && page.text("[data-key=PHX] .c-departures")
                                        .equals(
                                                Long.toString(
                                                        page.app
                                                                .delays
                                                                .require("PHX")
                                                                .departures())));
        assertThat(page.focused().getText()).contains("PHX");
    }
}
