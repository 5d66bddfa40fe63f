package dev.orrery.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Row;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page left open while flights come at fifty a second: it never shows what the engine has not
 * published, does not fall behind, and shows the same in the end. Takes ten minutes, or as many
 * seconds as the system property {@code orrery.drift.seconds} says.
 */
@Tag("long")
class DriftTest {
    private static final Duration LASTS =
            Duration.ofSeconds(Long.getLong("orrery.drift.seconds", 600));
    private static final Duration LOOKS_EVERY = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PER_SECOND = 50;
    private static final int BOARD_ROWS = 15;

    /** How far the page may be behind what was folded before it was looked at: five seconds. */
    private static final long BEHIND_AT_MOST = 5 * PER_SECOND;

    @TempDir private Path directory;

    @Test
    void thePageAndTheEngineDoNotDriftApart() throws InterruptedException {
        try (OpenPage page = new OpenPage(directory, 1)) {
            Replay replay = new Replay(page.app, Flight.all(), new Speed.PerSecond(PER_SECOND));
            Thread flying = Thread.ofPlatform().start(replay::run);
            long most = look(page);
            flying.interrupt();
            flying.join();
            page.app.orrery.settle(LIMIT);
            System.out.printf(
                    "%s: %,d flights, the page at most %d behind%n",
                    LASTS, page.app.flightsSoFar.now(), most);
            isTheSame(page);
        }
    }

    /** Looks at the page again and again; answers how many flights it was behind at most. */
    private static long look(OpenPage page) throws InterruptedException {
        long most = 0;
        long until = System.nanoTime() + LASTS.toNanos();
        while (System.nanoTime() < until) {
            TimeUnit.NANOSECONDS.sleep(LOOKS_EVERY.toNanos());
            long before = page.app.flightsSoFar.now();
            long shown = Long.parseLong(page.text("#flights").replace(",", ""));
            assertThat(shown).isBetween(before - BEHIND_AT_MOST, page.app.flightsSoFar.now());
            most = Math.max(most, before - shown);
        }
        return most;
    }

    private static void isTheSame(OpenPage page) {
        List<String> states = states(page);
        assertThat(states).hasSize(51);
        Contents known = known(page.app, states);
        page.await("the newest of everything", () -> shown(page, states).equals(known));
    }

    /**
     * What is compared.
     *
     * @param mean of all, in minutes
     * @param flown each airport that has flown, with its departures and minutes
     * @param board the first rows, with their departures
     * @param worst of each state, with its minutes
     */
    private record Contents(
            long flights,
            String mean,
            List<String> flown,
            List<String> board,
            List<String> worst) {}

    private static Contents known(FlightsApp app, List<String> states) {
        return new Contents(
                app.flightsSoFar.now(),
                number(app.meanDelay.now().minutes()),
                app.flown.window().rows().stream()
                        .map(row ->
                                row.text("iata")
                                        + " "
                                        + departures(row)
                                        + " "
                                        + row.integer("minutes"))
                        .toList(),
                app.board.rows(0, BOARD_ROWS).stream()
                        .map(row -> row.text("iata") + " " + departures(row))
                        .toList(),
                states.stream()
                        .map(state ->
                                app.worst.of(state).airport()
                                        + " "
                                        + number(app.worst.of(state).mean()))
                        .toList());
    }

    private static long departures(Row airport) {
        return airport.has("departures") ? airport.integer("departures") : 0;
    }

    /** As the browser writes it. */
    private static String number(BigDecimal mean) {
        return mean.signum() == 0 ? "0" : mean.stripTrailingZeros().toPlainString();
    }

    private static Contents shown(OpenPage page, List<String> states) {
        List<?> shown =
                (List<?>)
                        page.run(
                                """
                                const { mean } = one('flights-numbers');
                                const rows = [...one('orrery-board .rows').querySelectorAll('[data-key]')].slice(0, arguments[1]);
                                const worst = one('flights-worst');
                                return [
                                  Number(one('#flights').innerText.replace(',', '')),
                                  `${Number(mean.minutes)}`,
                                  one('flights-page').flown.rows.map(({ iata, departures, minutes }) => `${iata} ${departures} ${minutes}`),
                                  rows.map(row => `${row.dataset.key} ${row.querySelector('.c-departures').innerText.replace(',', '')}`),
                                  arguments[0].map(state => `${worst.answer(state).airport} ${Number(worst.answer(state).mean)}`),
                                ];
                                """,
                                states,
                                BOARD_ROWS);
        return new Contents(
                (Long) shown.get(0),
                String.valueOf(shown.get(1)),
                texts(shown.get(2)),
                texts(shown.get(3)),
                texts(shown.get(4)));
    }

    /** The states that the page follows: those that flights leave from. */
    private static List<String> states(OpenPage page) {
        return texts(
                page.run(
                        "const { ORIGINS } = await import('/origins.js'); return"
                                + " [...ORIGINS.keys()]"));
    }

    private static List<String> texts(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toList();
    }
}
