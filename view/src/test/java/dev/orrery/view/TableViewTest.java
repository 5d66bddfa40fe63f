package dev.orrery.view;

import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.Key;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Total;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TableViewTest {
    record Line(String iata, String name, Long departures) {}

    private final Timeline timeline = Timeline.startingAt("table", new Revision(0));
    private final Facts airports = new Facts(timeline, "airports");
    private final Facts delays = new Facts(timeline, "delays");
    private final Views views = new Views(timeline);
    private final Select board =
            Select.from(airports)
                    .leftJoin(delays, text("iata"))
                    .orderBy(integer("departures").descending());

    @AfterEach
    void close() {
        views.close();
    }

    private void airport(String iata, String state) {
        airports.put(iata, Row.of("iata", iata, "name", "name of " + iata, "state", state));
    }

    private void departures(String iata, int departures) {
        delays.put(iata, Row.of("departures", departures));
    }

    private static List<String> codes(List<Row> rows) {
        return rows.stream().map(row -> row.text("iata")).toList();
    }

    @Test
    void rowsComeInOrderTiesByKeyAndNullsLast() { // law V2
        airport("SFO", "CA");
        airport("LAX", "CA");
        airport("OAK", "CA");
        airport("SAN", "CA");
        departures("SFO", 3);
        departures("LAX", 3);
        departures("SAN", 9);
        try (TableView<Row> view = views.table(board)) {
            assertThat(codes(view.rows(0, 10))).containsExactly("SAN", "LAX", "SFO", "OAK");
            assertThat(view.row(3).orElseThrow().has("departures")).isFalse();
            assertThat(view.row(4)).isEmpty();
            assertThat(view.total()).isEqualTo(new Total.Exact(4));
        }
    }

    @Test
    void whatWasDoneToKeepAWindowUpIsCounted() { // law V10
        airport("SFO", "CA");
        airport("LAX", "CA");
        airport("OAK", "CA");
        departures("SFO", 3);
        departures("LAX", 2);
        try (TableView<Row> view = views.table(board);
                var reader = view.feed().subscribe()) {
            reader.next();
            view.viewport(0, 2);
            departures("LAX", 4);
            airport("OAK", "NV");
            new Facts(timeline, "routes").put("SFO-LAX", Row.of("miles", 337));
            // a move and an update; nothing, below the window; not looked at
            assertThat(view.upkeep()).isEqualTo(new Upkeep(2, 2, 2, 1));
        }
    }

    @Test
    void anInnerJoinHasTheRowsWithAPartner() { // law V1
        airport("SFO", "CA");
        airport("LAX", "CA");
        departures("SFO", 1);
        try (TableView<Row> view = views.table(Select.from(airports).join(delays, text("iata")))) {
            assertThat(codes(view.rows(0, 10))).containsExactly("SFO");
            departures("LAX", 1);
            assertThat(codes(view.rows(0, 10))).containsExactly("LAX", "SFO");
            delays.remove("SFO");
            assertThat(codes(view.rows(0, 10))).containsExactly("LAX");
        }
    }

    @Test
    void manyRowsFollowThePartnerTheyShare() { // law V1
        Facts states = new Facts(timeline, "states");
        airport("SFO", "CA");
        airport("LAX", "CA");
        airport("LAS", "NV");
        states.put("CA", Row.of("title", "California"));
        try (TableView<Row> view =
                views.table(
                        Select.from(airports)
                                .join(states, text("state"))
                                .columns("iata", "title"))) {
            states.put("CA", Row.of("title", "Golden State"));
            assertThat(view.rows(0, 10))
                    .containsExactly(
                            Row.of("iata", "LAX", "title", "Golden State"),
                            Row.of("iata", "SFO", "title", "Golden State"));
            airport("SFO", "NV");
            assertThat(codes(view.rows(0, 10))).containsExactly("LAX");
            states.put("NV", Row.of("title", "Nevada"));
            assertThat(codes(view.rows(0, 10))).containsExactly("LAS", "LAX", "SFO");
        }
    }

    @Test
    void aDerivedColumnOrdersAndNarrowsLikeAnyOther() { // law V1
        airport("SFO", "CA");
        airport("LAX", "CA");
        airport("OAK", "CA");
        departures("SFO", 4);
        departures("LAX", 6);
        Function<Row, @Nullable Object> half =
                row -> row.has("departures") ? row.integer("departures") / 2 : null;
        Select halves =
                Select.from(airports)
                        .leftJoin(delays, text("iata"))
                        .derive("half", half)
                        .orderBy(integer("half").descending());
        try (TableView<Row> view = views.table(halves);
                TableView<Row> least = views.table(halves.where(integer("half").gt(2L)))) {
            assertThat(codes(view.rows(0, 10))).containsExactly("LAX", "SFO", "OAK");
            departures("SFO", 9);
            assertThat(codes(view.rows(0, 10))).containsExactly("SFO", "LAX", "OAK");
            assertThat(view.row(0).orElseThrow().integer("half")).isEqualTo(4);
            assertThat(codes(least.rows(0, 10))).containsExactly("SFO", "LAX");
            assertThat(views.size()).isEqualTo(2);
        }
        assertThatThrownBy(() -> halves.derive("half", half)).isInstanceOf(BadDefinition.class);
    }

    @Test
    void aJoinedRelationMayBeKeyedByKeys() {
        LocalRelation<Key, Row> keyed =
                new LocalRelation<>(timeline, "keyed") {
                    @Override
                    public Row toRow(Key key, Row value) {
                        return value;
                    }
                };
        airport("SFO", "CA");
        timeline.transact("test", tx -> tx.put(keyed, Key.of("SFO"), Row.of("departures", 1)));
        try (TableView<Row> view = views.table(Select.from(airports).join(keyed, text("iata")))) {
            assertThat(view.row(0).orElseThrow().integer("departures")).isEqualTo(1);
            timeline.transact("test", tx -> tx.put(keyed, Key.of("SFO"), Row.of("departures", 2)));
            assertThat(view.row(0).orElseThrow().integer("departures")).isEqualTo(2);
        }
    }

    @Test
    void rowsAreReadAsRecordsOfTheColumnsTheyHave() {
        airport("SFO", "CA");
        departures("SFO", 4);
        try (TableView<Line> view = views.table(board, Line.class)) {
            assertThat(view.rows(0, 1)).containsExactly(new Line("SFO", "name of SFO", 4L));
            try (Client<Line> client = new Client<>(view)) {
                client.caughtUp();
                airport("SFO", "NV"); // a column the record does not have
                client.caughtUp();
                assertThat(client.applied).isEmpty();
                departures("SFO", 5);
                assertThat(client.caughtUp().rows())
                        .containsExactly(new Line("SFO", "name of SFO", 5L));
                assertThat(client.applied)
                        .containsExactly(
                                new Patch.Update<>(
                                        0,
                                        Key.of("SFO"),
                                        List.of("departures"),
                                        new Line("SFO", "name of SFO", 5L)));
            }
        }
    }

    @Test
    void aRowThatClimbsIsMovedAndThenUpdated() { // law V5
        for (String iata : List.of("A", "B", "C")) {
            airport(iata, "CA");
        }
        departures("A", 3);
        departures("B", 2);
        departures("C", 1);
        try (TableView<Row> view = views.table(board.columns("iata", "departures"));
                Client<Row> client = new Client<>(view)) {
            client.caughtUp();
            departures("C", 9);
            assertThat(codes(client.caughtUp().rows())).containsExactly("C", "A", "B");
            assertThat(client.applied)
                    .containsExactly(
                            new Patch.Move<>(2, 0, Key.of("C")),
                            new Patch.Update<>(
                                    0,
                                    Key.of("C"),
                                    List.of("departures"),
                                    Row.of("iata", "C", "departures", 9)));
        }
    }

    @Test
    void aWindowLosesTheRowThatIsPushedOut() { // law V5
        airport("B", "CA");
        airport("C", "CA");
        try (TableView<Row> view = views.table(Select.from(airports).columns("iata"))) {
            view.viewport(0, 2);
            try (Client<Row> client = new Client<>(view)) {
                client.caughtUp();
                airport("A", "CA");
                assertThat(codes(client.caughtUp().rows())).containsExactly("A", "B");
                assertThat(client.applied)
                        .containsExactly(
                                new Patch.Remove<>(1, Key.of("C")),
                                new Patch.Insert<>(0, Key.of("A"), Row.of("iata", "A")),
                                new Patch.Totalled<>(new Total.Exact(3)));
            }
        }
    }

    @Test
    void aCommitOfManyChangesIsToldAsTheDifferenceOfTheWindow() { // law V5
        for (int i = 0; i < 100; i++) {
            airport("k" + (100 + i), "CA");
        }
        try (TableView<Row> view =
                views.table(Select.from(airports).where(text("state").eq("CA")))) {
            view.viewport(0, 3);
            try (Client<Row> client = new Client<>(view)) {
                client.caughtUp();
                airports.putAll(airports.keys().subList(0, 60), Row.of("iata", "x", "state", "NV"));
                assertThat(client.caughtUp()).isEqualTo(view.window());
                assertThat(client.applied).hasSize(3 + 3 + 1);
            }
        }
    }

    @Test
    void scrollingTellsWhatEntersAndWhatLeaves() { // law V5
        for (int i = 0; i < 10; i++) {
            airport("k" + i, "CA");
        }
        try (TableView<Row> view = views.table(Select.from(airports).columns("iata"))) {
            view.viewport(0, 4);
            try (Client<Row> client = new Client<>(view)) {
                client.caughtUp();
                view.viewport(1, 4);
                assertThat(client.caughtUp()).isEqualTo(view.window());
                assertThat(client.applied)
                        .containsExactly(
                                new Patch.Scrolled<>(1),
                                new Patch.Remove<>(0, Key.of("k0")),
                                new Patch.Insert<>(3, Key.of("k4"), Row.of("iata", "k4")));
                view.viewport(1, 4);
                view.viewport(20, 5);
                view.viewport(8, 5);
                assertThat(client.caughtUp()).isEqualTo(view.window());
                assertThat(view.window().rows()).hasSize(2);
            }
        }
    }

    @Test
    void aLimitBoundsEveryRead() {
        for (int i = 0; i < 10; i++) {
            airport("k" + i, "CA");
        }
        try (TableView<Row> view = views.table(Select.from(airports).limit(3))) {
            assertThat(view.total()).isEqualTo(new Total.Exact(3));
            assertThat(view.rows(0, 10)).hasSize(3);
            assertThat(view.row(3)).isEmpty();
            view.viewport(2, 5);
            assertThat(codes(view.window().rows())).containsExactly("k2");
            view.viewport(5, 5);
            assertThat(view.window().rows()).isEmpty();
        }
    }

    @Test
    void aReaderThatFellBehindGetsTheWhole() { // law V5
        airport("SFO", "CA");
        try (TableView<Row> view = views.table(board);
                Client<Row> client = new Client<>(view)) {
            client.caughtUp();
            for (int i = 0; i < 1_000; i++) {
                departures("SFO", i);
            }
            assertThat(client.caughtUp()).isEqualTo(view.window());
            assertThat(client.wholes).isEqualTo(2);
        }
    }

    @Test
    void aReaderThatComesBackGetsExactlyWhatItMissed() { // law V5
        airport("SFO", "CA");
        try (TableView<Row> view = views.table(board)) {
            Cursor left;
            try (var updates = view.feed().subscribe()) {
                updates.next();
                left = view.feed().cursor(updates.cursor().text());
            }
            departures("SFO", 1);
            departures("SFO", 2);
            departures("SFO", 3);
            try (var updates = view.feed().subscribe(left)) {
                assertThat(updates.nextBatch(10, Duration.ZERO))
                        .hasSize(3)
                        .allMatch(Update.Delta.class::isInstance);
            }
        }
    }

    @Test
    void theGenerationTicksOnlyWhenRowsChange() {
        airport("SFO", "CA");
        try (TableView<Row> view =
                views.table(Select.from(airports).where(text("state").eq("CA")))) {
            airport("LAS", "NV");
            assertThat(view.generation().now()).isZero();
            airport("LAX", "CA");
            assertThat(view.generation().now()).isEqualTo(1);
        }
    }

    @Test
    void closingEndsItsReadersAndRefusesReads() {
        TableView<Row> view = views.table(board);
        Subscription<Update<Window<Row>, List<Patch<Row>>>> updates = view.feed().subscribe();
        Subscription<Long> ticks = view.generation().watch();
        view.close();
        view.close();
        assertThat(updates.iterator().hasNext()).isFalse();
        assertThat(ticks.iterator().hasNext()).isFalse();
        assertThatThrownBy(() -> view.row(0)).isInstanceOf(Closed.class);
        assertThatThrownBy(view::feed).isInstanceOf(Closed.class);
    }

    @Test
    void indicesThatCannotBeAreRefused() {
        try (TableView<Row> view = views.table(board)) {
            assertThatThrownBy(() -> view.row(-1)).isInstanceOf(Invalid.class);
            assertThatThrownBy(() -> view.rows(2, 1)).isInstanceOf(Invalid.class);
            assertThatThrownBy(() -> view.viewport(0, -1)).isInstanceOf(Invalid.class);
        }
    }
}
