package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change costs in a view of a hundred thousand rows: nodes and rows visited. */
class CostTest { // law V3
    private static final int ROWS = 100_000;
    private static final int DEEPEST = 41; // 2.41 log2(ROWS), the bound of the tree's balance
    private static final int ONE_CHANGE = 1 + 4 * DEEPEST; // out and in, each with its rank

    private final Timeline timeline = Timeline.startingAt("cost", new Revision(0));
    private final Facts airports = new Facts(timeline, "airports");
    private final Facts delays = new Facts(timeline, "delays");
    private final Views views = new Views(timeline);
    private TableView<Row> board;
    private ValueView<Long> sum;

    @BeforeEach
    void fill() {
        for (int i = 0; i < ROWS; i++) {
            airports.fill("k" + i, Row.of("iata", "k" + i, "name", "n" + i));
            delays.fill("k" + i, Row.of("departures", i));
        }
        Select joined = Select.from(airports).join(delays, text("iata"));
        board = views.table(joined.orderBy(integer("departures").descending()));
        sum = views.value(joined, Aggregate.sum(integer("departures")));
    }

    @AfterEach
    void close() {
        views.close();
    }

    @Test
    void openingCountsNoVisits() {
        assertThat(board.visited()).isZero();
    }

    @Test
    void anUpdateInPlaceVisitsOnePathTwice() {
        airports.put("k5000", Row.of("iata", "k5000", "name", "new"));
        assertThat(board.visited()).isBetween(1L, 1L + 2 * DEEPEST);
        assertThat(sum.visited()).isEqualTo(1);
    }

    @Test
    void aMoveFromLastToFirstVisitsAFewPaths() {
        delays.put("k0", Row.of("departures", ROWS + 1));
        assertThat(board.row(0).orElseThrow().text("iata")).isEqualTo("k0");
        assertThat(board.visited()).isBetween(1L, (long) ONE_CHANGE);
        assertThat(sum.visited()).isEqualTo(1);
    }

    @Test
    void aChangeTheViewDoesNotShowVisitsNoTree() {
        delays.put("nobody", Row.of("departures", 3));
        assertThat(board.visited()).isZero();
        assertThat(sum.visited()).isZero();
    }

    @Test
    void insertsAndRemovalsVisitAFewPaths() {
        airports.remove("k77");
        airports.put("k77", Row.of("iata", "k77", "name", "again"));
        assertThat(board.visited()).isBetween(1L, 2L * ONE_CHANGE);
    }

    @Test
    void aWindowOfAFewRowsIsToldOfOneRowAtEachEnd() {
        board.viewport(50_000, 20);
        try (Client<Row> client = new Client<>(board)) {
            client.caughtUp();
            delays.put("k0", Row.of("departures", ROWS + 1)); // from below the window to above it
            client.caughtUp();
            assertThat(client.applied)
                    .satisfiesExactly(
                            first -> assertThat(first).isInstanceOf(Patch.Remove.class),
                            second -> assertThat(second).isInstanceOf(Patch.Insert.class));
        }
    }
}
