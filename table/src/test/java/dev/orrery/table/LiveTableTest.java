package dev.orrery.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Column;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.RowStatus;
import dev.orrery.core.Timeline;
import dev.orrery.core.Total;
import dev.orrery.table.Write.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
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
}
