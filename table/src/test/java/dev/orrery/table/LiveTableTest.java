package dev.orrery.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Change;
import dev.orrery.core.ChangeSet;
import dev.orrery.core.Column;
import dev.orrery.core.Delivery;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.RowStatus;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Total;
import dev.orrery.table.Write.State;
import dev.orrery.testkit.Told;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A live table in front of a SQLite file that another program writes too. */
class LiveTableTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    /** Fewer columns than the table has. */
    record Airport(String iata, String name, String state) {
        Airport named(String other) {
            return new Airport(iata, other, state);
        }
    }

    @TempDir Path directory;
    private Path file;
    private OtherProgram other;
    private Timeline timeline;
    private LiveTables tables;
    private LiveTable<String, Airport> airports;

    @BeforeEach
    void openThreeAirports() throws Exception {
        file = directory.resolve("airports.db");
        other =
                new OtherProgram(file)
                        .createAirports()
                        .insert("LAX", "Los Angeles", "CA")
                        .insert("SFO", "San Francisco", "CA")
                        .insert("JFK", "Kennedy", "NY");
        open();
    }

    private void open() {
        timeline = Timeline.startingAt("test", new Revision(7));
        tables =
                LiveTables.in(
                        timeline,
                        directory.resolve("live"),
                        Thread.ofPlatform().daemon().factory(),
                        InstantSource.system());
        airports = tables.open(definition());
    }

    private Live<String, Airport> definition() {
        return Live.of(Jdbc.open("jdbc:sqlite:" + file).table("airports"))
                .pollEvery(Duration.ofMillis(20))
                .retry(Duration.ofMillis(10), Duration.ofMillis(50))
                .as(String.class, Airport.class);
    }

    @AfterEach
    void close() throws Exception {
        tables.close();
        other.close();
    }

    private List<Row> atTheSource() {
        try (Table table = Jdbc.open("jdbc:sqlite:" + file).table("airports")) {
            return table.orderBy(Column.text("iata").ascending()).list();
        }
    }

    @Test
    void theFirstFillIsLearningAndMakesNoRevision() {
        assertThat(airports.keys()).containsExactly("JFK", "LAX", "SFO");
        assertThat(airports.find("SFO")).contains(new Airport("SFO", "San Francisco", "CA"));
        assertThat(airports.total()).isEqualTo(new Total.Exact(3));
        assertThat(timeline.now()).isEqualTo(new Revision(7));
        assertThat(airports.status("SFO")).isEqualTo(new RowStatus.Fresh());
        assertThat(airports.status("XXX")).isEqualTo(new RowStatus.Absent());
    }

    @Test
    void anUnknownColumnIsRefusedWithTheOnesThereAre() {
        LiveTable<String, Row> rows =
                tables.open(
                        Live.of(Jdbc.open("jdbc:sqlite:" + file).table("airports"))
                                .named("rows")
                                .as(String.class, Row.class));
        assertThat(rows.where(Column.text("state").eq("CA")).count()).isEqualTo(2);
        assertThatThrownBy(() -> rows.where(Column.text("stat").eq("CA")))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("iata, name, state, runways, latitude, hub (was stat)");
        assertThatThrownBy(() -> airports.orderBy(Column.text("Name").ascending()))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("iata, name, state (was Name)");
    }

    @Test
    void aWriteIsVisibleAtOnceAndReachesTheFile() {
        var write = airports.update("SFO", airport -> airport.named("Golden Gate"));

        assertThat(airports.require("SFO").name()).isEqualTo("Golden Gate");
        assertThat(write.await(SOON)).isEqualTo(new Airport("SFO", "Golden Gate", "CA"));
        assertThat(write.state()).isEqualTo(State.CONFIRMED);
        assertThat(atTheSource()).contains(OtherProgram.airport("SFO", "Golden Gate", "CA"));
    }

    @Test
    void insertsAndDeletesReachTheFile() {
        var inserted = airports.insert(new Airport("OAK", "Oakland", "CA"));
        var deleted = airports.delete("JFK");

        assertThat(airports.keys()).containsExactly("LAX", "OAK", "SFO");
        assertThat(inserted.await(SOON).name()).isEqualTo("Oakland");
        assertThat(deleted.await(SOON).name()).isEqualTo("Kennedy");
        assertThat(atTheSource())
                .extracting(row -> row.text("iata"))
                .containsExactly("LAX", "OAK", "SFO");
    }

    @Test
    void aRestartServesTheRowsOfBeforeWithoutTheSource() throws Exception {
        tables.close();
        Files.move(file, directory.resolve("elsewhere.db"));
        open();

        assertThat(airports.keys()).containsExactly("JFK", "LAX", "SFO");
        assertThat(airports.status("SFO")).isInstanceOf(RowStatus.Stale.class);
    }

    @Test
    void aChangeByAnotherProgramShowsUpAndOnlyTheDifferingRowsChange() throws Exception { // law T12
        try (var changes = airports.changes().subscribe()) {
            other.execute("UPDATE airports SET name = name, runways = 4")
                    .execute("UPDATE airports SET name = 'Intl' WHERE iata = 'SFO'");
            other.execute("BEGIN")
                    .execute("DELETE FROM airports WHERE iata = 'JFK'")
                    .insert("OAK", "Oakland", "CA")
                    .execute("UPDATE airports SET name = 'Los Angeles Intl' WHERE iata = 'LAX'")
                    .execute("COMMIT");
            Set<Change<String, Airport>> seen = new HashSet<>();
            while (airports.find("OAK").isEmpty()
                    || !airports.require("SFO").name().equals("Intl")) {
                next(changes).forEach(seen::add);
            }
            while (seen.size() < 4) {
                next(changes).forEach(seen::add);
            }
            assertThat(seen)
                    .containsExactlyInAnyOrder(
                            new Change.Updated<>(
                                    "SFO",
                                    new Airport("SFO", "San Francisco", "CA"),
                                    new Airport("SFO", "Intl", "CA")),
                            new Change.Updated<>(
                                    "LAX",
                                    new Airport("LAX", "Los Angeles", "CA"),
                                    new Airport("LAX", "Los Angeles Intl", "CA")),
                            new Change.Deleted<>("JFK", new Airport("JFK", "Kennedy", "NY")),
                            new Change.Inserted<>("OAK", new Airport("OAK", "Oakland", "CA")));
        }
    }

    private static ChangeSet<String, Airport> next(
            Subscription<Delivery<ChangeSet<String, Airport>>> changes) {
        return switch (changes.next(SOON).orElseThrow()) {
            case Delivery.Item(var _, var set) -> set;
            case Delivery.Lagged(var from, var to) -> throw new AssertionError(from + " " + to);
        };
    }

    @Test
    void ownWritesDoNotComeBackAsForeignChanges() { // law T12
        airports.update("SFO", airport -> airport.named("a")).await(SOON);
        airports.insert(new Airport("OAK", "Oakland", "CA")).await(SOON);
        airports.delete("JFK").await(SOON);
        long revisions = timeline.now().number();
        airports.refresh(SOON);

        assertThat(airports.ledger().foreignChanges()).isZero();
        assertThat(airports.ledger().confirmed()).isEqualTo(3);
        assertThat(timeline.now().number()).isEqualTo(revisions).isEqualTo(7 + 3);
    }

    @Test
    void anUntouchedFileIsAskedButNotReadAgain() { // law T12
        airports.refresh(SOON);
        long fetches = airports.ledger().fetches();
        long polls = airports.ledger().polls();
        while (airports.ledger().polls() < polls + 5) {
            Thread.onSpinWait();
        }
        assertThat(airports.ledger().fetches()).isEqualTo(fetches);
    }

    @Test
    void whatTheDatabaseRefusesIsOnTheRow() throws Exception {
        other.execute(
                "CREATE TRIGGER no_oak BEFORE UPDATE ON airports WHEN NEW.name = 'Bad'"
                        + " BEGIN SELECT RAISE(ABORT, 'not that name'); END");
        var write = airports.patch("SFO", Row.of("name", "Bad"));

        assertThatThrownBy(() -> write.await(SOON))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("not that name");
        assertThat(airports.require("SFO").name()).isEqualTo("San Francisco");
        assertThat(airports.status("SFO")).isInstanceOf(RowStatus.Failed.class);
    }

    @Test
    void aRowThatDoesNotFitTheRecordCostsThatRowAlone() throws Exception {
        other.execute("INSERT INTO airports (iata, name) VALUES ('BAD', x'00')");
        airports.refresh(SOON);

        assertThat(airports.keys()).containsExactly("JFK", "LAX", "SFO");
        assertThat(airports.status("BAD")).isInstanceOf(RowStatus.Failed.class);
        other.execute("UPDATE airports SET name = 'Good' WHERE iata = 'BAD'");
        airports.refresh(SOON);
        assertThat(airports.require("BAD").name()).isEqualTo("Good");
    }

    @Test
    void rowsThatDoNotFitAreToldOnceAndThenEverMoreRarely() {
        record Misread(String iata, long name) {}
        List<String> told = new CopyOnWriteArrayList<>();
        try (var _ = Told.by(LiveRelation.class, told)) {
            var wrong =
                    Live.of(Jdbc.open("jdbc:sqlite:" + file).table("airports"))
                            .named("wrong")
                            .as(String.class, Misread.class);
            assertThat(tables.open(wrong).keys()).isEmpty();
        }
        assertThat(told)
                .hasSize(2)
                .first()
                .asString()
                .startsWith(
                        "live table wrong: rows that do not fit Misread by String are not shown, 1"
                                + " so far, the newest is ")
                .contains("name must be integer (was ");
    }

    @Test
    void aNameThatCannotBePartOfAnAddressIsRefused() {
        var table = Live.of(Jdbc.open("jdbc:sqlite:" + file).table("airports"));
        assertThatThrownBy(() -> table.named("a:b"))
                .isInstanceOf(BadDefinition.class)
                .hasMessageStartingWith("the name of a live table: is 'a:b'; choose one");
        assertThatThrownBy(() -> table.named(" ")).isInstanceOf(BadDefinition.class);
    }

    @Test
    void aRestartSeesWhatOthersChangedMeanwhileAsAChange() throws Exception { // law T15
        tables.close();
        other.execute("UPDATE airports SET name = 'Intl' WHERE iata = 'SFO'");
        open();
        airports.refresh(SOON);

        assertThat(airports.require("SFO").name()).isEqualTo("Intl");
        assertThat(timeline.now()).isEqualTo(new Revision(8));
        assertThat(airports.ledger().foreignChanges()).isEqualTo(1);
    }

    @Test
    void writesWaitWhileTheFileIsGoneAndArriveWhenItIsBack() throws Exception { // law T6
        Path elsewhere = directory.resolve("elsewhere.db");
        Files.move(file, elsewhere);
        var write = airports.patch("SFO", Row.of("name", "Later"));
        try (var source = airports.source().watch()) {
            while (!(source.next(SOON).orElseThrow() instanceof SourceState.Away)) {
                // not noticed yet
            }
        }
        assertThatThrownBy(() -> write.await(Duration.ofMillis(1))).isInstanceOf(TimedOut.class);
        Files.move(elsewhere, file);

        assertThat(write.await(SOON).name()).isEqualTo("Later");
        assertThat(atTheSource()).contains(OtherProgram.airport("SFO", "Later", "CA"));
    }

    @Test
    void aTableWithOtherColumnsThanBeforeIsReadAnew() throws Exception {
        tables.close();
        other.execute("ALTER TABLE airports ADD COLUMN city TEXT DEFAULT 'somewhere'");
        open();

        assertThat(airports.schema().columns()).contains("city");
        assertThat(airports.keys()).containsExactly("JFK", "LAX", "SFO");
    }

    @Test
    void aDefinitionThatDoesNotFitTheTableSaysWhy() {
        record Wrong(String iata, String nom) {}
        var table = Jdbc.open("jdbc:sqlite:" + file).table("airports");

        assertThatThrownBy(() ->
                        tables.open(Live.of(table).named("wrong").as(String.class, Wrong.class)))
                .isInstanceOf(BadDefinition.class)
                .hasMessage(
                        "live wrong: no column nom for Wrong; the columns are iata, name, state,"
                                + " runways, latitude, hub");
        assertThatThrownBy(() ->
                        tables.open(
                                Live.of(Jdbc.open("jdbc:sqlite:" + file).table("airport"))
                                        .as(String.class, Airport.class)))
                .isInstanceOf(BadDefinition.class)
                .hasMessage("table airport: is not in " + file + "; its tables are: airports");
    }

    @Test
    void rowsAreServedAsRowsToo() {
        var table = Jdbc.open("jdbc:sqlite:" + file).table("airports");
        var rows = tables.open(Live.of(table).named("rows").as(Key.class, Row.class));

        assertThat(rows.require(Key.of("SFO")))
                .isEqualTo(OtherProgram.airport("SFO", "San Francisco", "CA"));
        assertThat(rows.where(Column.text("state").eq("NY")).keys()).containsExactly(Key.of("JFK"));
        assertThat(
                        rows.patch(Key.of("SFO"), Row.of("runways", 4, "hub", true))
                                .await(SOON)
                                .flag("hub"))
                .isTrue();
    }
}
