package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a change costs in a view of a hundred thousand rows: nodes and rows visited. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // filling takes longer than all the tests
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

    @BeforeAll
    void fill() {
        for (int i = 0; i < ROWS; i++) {
            airports.fill("k" + i, Row.of("iata", "k" + i, "name", "n" + i));
            delays.fill("k" + i, Row.of("departures", i));
        }
        Select joined = Select.from(airports).join(delays, text("iata"));
        board = views.table(joined.orderBy(integer("departures").descending()));
        sum = views.value(joined, Aggregate.sum(integer("departures")));
    }

    @AfterAll
    void close() {
        views.close();
    }

    /** The visits of the board and of the sum that some commits cost. */
    private record Cost(long board, long sum) {}

    private Cost of(Runnable commits) {
        Cost before = new Cost(board.visited(), sum.visited());
        commits.run();
        return new Cost(board.visited() - before.board, sum.visited() - before.sum);
    }

    @Test
    void anUpdateInPlaceVisitsOnePathTwice() {
        Cost cost = of(() -> airports.put("k5000", Row.of("iata", "k5000", "name", "new")));
        assertThat(cost.board).isBetween(1L, 1L + 2 * DEEPEST);
        assertThat(cost.sum).isEqualTo(1);
    }

    @Test
    void aMoveFromLastToFirstVisitsAFewPaths() {
        Cost cost = of(() -> delays.put("k0", Row.of("departures", 2 * ROWS)));
        assertThat(board.row(0).orElseThrow().text("iata")).isEqualTo("k0");
        assertThat(cost.board).isBetween(1L, (long) ONE_CHANGE);
        assertThat(cost.sum).isEqualTo(1);
    }

    @Test
    void aChangeTheViewDoesNotShowVisitsNothing() {
        Cost cost = of(() -> delays.put("nobody", Row.of("departures", 3)));
        assertThat(cost).isEqualTo(new Cost(0, 0));
    }

    @Test
    void insertsAndRemovalsVisitAFewPaths() {
        Cost cost =
                of(() -> {
                    airports.remove("k77");
                    airports.put("k77", Row.of("iata", "k77", "name", "again"));
                });
        assertThat(cost.board).isBetween(1L, 2L * ONE_CHANGE);
        assertThat(cost.sum).isEqualTo(2);
    }

    @Test
    void aWindowOfAFewRowsIsToldOfOneRowAtEachEnd() {
        board.viewport(50_000, 20);
        try (Client<Row> client = new Client<>(board)) {
            client.caughtUp();
            delays.put("k1", Row.of("departures", ROWS + 1)); // from below the window to above it
            client.caughtUp();
            assertThat(client.applied)
                    .satisfiesExactly(
                            first -> assertThat(first).isInstanceOf(Patch.Remove.class),
                            second -> assertThat(second).isInstanceOf(Patch.Insert.class));
        }
    }
}
