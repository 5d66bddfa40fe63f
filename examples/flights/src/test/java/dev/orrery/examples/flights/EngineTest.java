package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The engine band in a real browser: what it says of a commit record, and the lines it draws. */
class EngineTest {
    /**
     * A flight out of St Louis whose answer changed, and one out of San Francisco whose did not.
     */
    private static final String RECORDS =
            """
            const record = (revision, origin, destination, delay, state, result) => ({
              revision, first: revision, cause: 'delays', at: 0, ran: 1, spared: 50, patches: 4, bytes: 301, sampled: false,
              touched: [
                { layer: 'log', name: 'flights', count: 1, position: revision, keys: [`${revision}`],
                  rows: [{ origin, destination, delay }] },
                { layer: 'projection', name: 'delays', count: 1, keys: [origin],
                  changes: [{ key: origin, before: { departures: 352, minutes: 4260 }, after: { departures: 353, minutes: 4332 } }] },
              ],
              queries: [{ name: 'worst-airport', key: state, result, micros: 41, because: { source: 'delays', key: origin } }],
              views: [
                { name: 'board', outcome: 'CHANGED', patches: 1, moved: 0 },
                { name: 'flights', outcome: 'CHANGED', patches: 1, moved: 0 },
                { name: 'mean-delay', outcome: result === 'EQUAL' ? 'EQUAL' : 'CHANGED', patches: 1, moved: 0 },
              ],
              stages: { append: 0.31, fold: 0.42, query: 0.04, views: 0.11 },
              totals: { commits: revision, ran: revision, spared: 50 * revision, patches: 0, bytes: 0 },
            });
            const changed = record(12602, 'STL', 'SAN', 72, 'MO', 'CHANGED');
            const equal = record(12603, 'SFO', 'SEA', -3, 'CA', 'EQUAL');
            const story = one('orrery-engine').story;
            """;

    @TempDir private Path directory;
    private OpenPage page;

    @BeforeEach
    void open() {
        page = new OpenPage(directory, 10);
    }

    @AfterEach
    void close() {
        page.close();
    }

    private void show(String record) {
        page.run(
                RECORDS
                        + "story.whole({ recent: [changed, equal], totals: equal.totals });"
                        + " story.hold("
                        + record
                        + ")");
        page.await("the commit is told", () -> !page.text("orrery-engine .chip").isEmpty());
    }

    private void awaitLastRecord() {
        long last = page.app.orrery.timeline().published();
        page.await(
                "the last record",
                () ->
                        Long.valueOf(last)
                                .equals(
                                        page.run(
                                                "return"
                                                        + " one('orrery-engine').story.newest?.revision")));
    }

    private String engine(String selector) {
        return ((String)
                        page.run(
                                "return"
                                        + " [...one('orrery-engine').renderRoot.querySelectorAll(arguments[0])].map(each"
                                        + " => each.textContent.trim()).join('|')",
                                selector))
                .replaceAll("\\s+", " ");
    }

    @Test
    void aChangedAnswerIsToldInWordsAndReachesThePage() {
        show("changed");
        page.await(
                "the reason",
                () ->
                        engine("#why")
                                .equals(
                                        "Why: worst(MO) had read STL’s departures. Nothing the"
                                                + " other 50 read has changed."));
        assertThat(engine(".chip").replace("Held", ""))
                .startsWith("r12,602 STL to SAN, 72 min late");
        assertThat(engine(".score")).isEqualTo("1 query ran 50 spared, not even visited");
        assertThat(engine(".sub"))
                .isEqualTo(
                        "position 12,602, durable|1 of 220 folded|1 of 51 ran|4 of 4 changed|4"
                                + " patches, 301 bytes");
        assertThat(engine(".callout text")).isEqualTo("STL 352 to 353|12.1 to 12.3 min");
        assertThat(engine(".tile.ran text")).isEqualTo("MO");
        assertThat(lines()).isEqualTo(4);
    }

    @Test
    void anEqualAnswerHasABadgeAndNoLineLeavesItsTile() {
        show("equal");
        page.await(
                "the reason",
                () ->
                        engine("#why")
                                .equals(
                                        "Why: worst(CA) had read SFO’s departures. Its answer came"
                                                + " out equal: nothing above it moved."));
        assertThat(engine(".chip")).contains("SFO to SEA, 3 min early");
        assertThat(engine(".tile.ran text")).isEqualTo("CA|=");
        assertThat(engine(".node .what"))
                .contains("not told, answer equal")
                .contains("equal, nothing sent");
    }

    private long lines() {
        return (Long)
                page.run(
                        "return [...one('orrery-engine').renderRoot.querySelectorAll('.cone"
                                + " .line')].filter(path => path.getAttribute('d')).length");
    }

    @Test
    void theConeCrossesNoTileButTheOneItReaches() {
        show("changed");
        assertThat(
                        page.run(
                                """
                                const { layout, cone } = await import('/engine-layout.js');
                                const { ORIGINS } = await import('/origins.js');
                                const origins = [...ORIGINS].flatMap(([state, codes]) => codes.map(code => ({ code, state })));
                                const crossed = [];
                                for (const width of [1166, 1700]) {
                                  const band = layout(width, 322, origins, ['worst-airport', 'board', 'flights', 'mean-delay']);
                                  for (const [state, [code]] of ORIGINS) {
                                    const stages = cone(band, { origins: [code], table: true, results: [[state, 'CHANGED']],
                                      views: ['board'], told: [] });
                                    for (const d of stages.slice(1)) {
                                      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
                                      path.setAttribute('d', d);
                                      for (let at = 0; at < path.getTotalLength(); at += 6) {
                                        const { x, y } = path.getPointAtLength(at);
                                        for (const tile of band.tiles.values()) {
                                          if (tile.code !== state && x > tile.x && x < tile.x + tile.size && y > tile.y && y < tile.y + tile.size) {
                                            crossed.push(`${code}: ${tile.code} at ${width}`);
                                          }
                                        }
                                      }
                                    }
                                  }
                                }
                                return [...new Set(crossed)].join();
                                """))
                .isEqualTo("");
    }

    @Test
    void aCommitIsHeldAndReleasedFromTheKeyboard() {
        page.append(10, 40);
        awaitLastRecord();
        show("equal");
        page.run("one('orrery-engine').story.release(); one('.ticks').focus()");
        page.press(Keys.ARROW_LEFT);
        page.await("held", () -> engine(".held").equals("Held"));
        page.await(
                "the commit before in the strip's words", // which it draws in a frame of its own
                () ->
                        "Revision 12,602, St Louis to San Diego, worst MO ran and changed, 50 spared"
                                .equals(
                                        page.run(
                                                "return"
                                                        + " one('.ticks').getAttribute('aria-valuetext')")));
        page.press(Keys.ESCAPE);
        page.await("live", () -> engine(".held").isEmpty());
    }

    @Test
    void aTileTellsWhatItDependsOn() {
        show("equal");
        page.run("one('[data-code=MO]').focus()");
        page.await("the tooltip", () -> page.text("[role=tooltip]").contains("worst(MO)"));
        assertThat(page.text("[role=tooltip]")).contains("STL");
        page.press(Keys.ARROW_RIGHT);
        page.await("the next tile", () -> page.text("[role=tooltip]").contains("worst(KY)"));
    }

    @Test
    void theBandIsATableToo() {
        show("changed");
        page.run("one('.as-table').click()");
        page.await("the table", () -> engine("tbody tr").startsWith("Event log1"));
        assertThat(engine("tbody th"))
                .isEqualTo("Event log|Projection|Live table|Memoised queries|Views");
    }

    @Test
    void theWayToThePageIsMeasuredWithItsParts() {
        page.append(10, 11);
        page.await("the time from event to pixel", () -> engine(".total").matches("[0-9,.]+ ms"));
        assertThat(engine(".part")).contains("append|").contains("|fold|").contains("|paint|");
    }

    /** The file may take longer to accept the edit than the record takes to come. */
    @Test
    void theWayOfAnEditBeginsWithTheKeyPress() {
        page.run("one('orrery-board').focusBoard()");
        page.type("Timed");
        page.press(Keys.ENTER);
        page.await(
                "the time from key press to pixel",
                () -> engine(".what.plain").equals("key press to pixel"));
        assertThat(engine(".part"))
                .matches("send\\|[0-9.,]+\\|.*paint\\|[0-9.,]+")
                .doesNotContain("append", "fold");
    }

    @Test
    void anEditByAnotherProgramHasNoKeyPress() {
        page.rename("ATL", "Renamed elsewhere");
        page.app.airports.refresh(Duration.ofSeconds(20));
        page.await(
                "the time from the edit to pixel",
                () -> engine(".what.plain").equals("edit to pixel"));
        assertThat(engine(".part")).doesNotContain("send");
    }

    @Test
    void wiresLeadToEveryView() {
        assertThat(
                        page.run(
                                """
                                const { layout, wires } = await import('/engine-layout.js');
                                const { VIEWS } = await import('/engine-story.js');
                                const band = layout(1166, 322, [{ code: 'STL', state: 'MO' }], VIEWS.map(({ name }) => name));
                                const { rest } = wires(band);
                                return [...band.nodes.values()].filter(({ x, y, height }) => !rest.includes(` ${x} ${y + height / 2}`)).map(({ name }) => name);
                                """))
                .isEqualTo(List.of());
    }

    /** Whatever a record of the engine says: one flight more out of where one has left. */
    @Test
    void theReasonOfAFlightIsWhatTheQueryHadRead() {
        Flight flight = Lines.flights().get(9);
        String state = page.app.airports.find(flight.origin()).orElseThrow().state();
        String query = "worst(" + state + ")";
        page.await("its query is watched", () -> page.text("flights-worst").contains(state));
        page.app.flights.append(flight);
        page.await("its commit is told", () -> engine("#why").contains(query));
        assertThat(engine("#why"))
                .isEqualTo(
                        "Why: "
                                + query
                                + " had read "
                                + flight.origin()
                                + "’s departures. Its answer came out equal: nothing above it"
                                + " moved.");
    }

    @Test
    void theScoreIsThatOfTheRuntimesCounters() {
        for (int flight = 10; flight < 1_010; flight += 50) {
            page.append(flight, flight + 50);
        }
        awaitLastRecord();
        var totals = page.app.orrery.totals();
        assertThat(
                        page.run(
                                """
                                const { commits, ran, spared } = one('orrery-engine').story.totals;
                                return [commits, ran, spared].join();
                                """))
                .isEqualTo(totals.commits() + "," + totals.ran() + "," + totals.spared());
        page.await("a commit is told", () -> !engine(".score").isEmpty());
        assertThat(
                        page.run(
                                """
                                const { shown } = one('orrery-engine').story;
                                return shown.ran + ' ' + shown.spared;
                                """))
                .isEqualTo(engine(".score b").replace('|', ' ').replace(",", ""));
    }

    @Test
    void withReducedMotionNothingRuns() {
        page.prefer("prefers-reduced-motion", "reduce");
        show("changed");
        page.append(10, 200);
        page.await(
                "the flights are shown", () -> page.app.board.total().toString().contains("3376"));
        assertThat(
                        page.run(
                                """
                                const running = root => [
                                  ...root.getAnimations().filter(each => each.playState === 'running'),
                                  ...[...root.querySelectorAll('*')].filter(each => each.shadowRoot)
                                    .flatMap(each => running(each.shadowRoot))];
                                return running(document).length;
                                """))
                .isEqualTo(0L);
    }
}
