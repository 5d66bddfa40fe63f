package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.log.EventLogs;
import dev.orrery.log.Recorded;
import dev.orrery.sql.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A program, not a test: events per second through one projection, beside plain batched JDBC
 * upserts of the same rows, and beside one upsert per event, alternated in one run. Prints the
 * medians.
 */
final class FoldCost {
    private static final int EVENTS = 20_000;
    private static final int BATCH = 4096;
    private static final int WARM_UP = 5;

    record Flight(String date, int delay, int distance, String origin, String destination) {}

    record Delays(long departures, long minutes, List<Integer> last, String seen) {
        static final Delays NONE = new Delays(0, 0, List.of(), "");

        Delays plus(Flight flight) {
            List<Integer> newest = new ArrayList<>(last.size() < 24 ? last : last.subList(1, 24));
            newest.add(flight.delay());
            return new Delays(
                    departures + 1, minutes + flight.delay(), List.copyOf(newest), flight.date());
        }
    }

    private static final Projection<Flight, String, Delays> DELAYS =
            Projection.of("delays", Flight.class)
                    .key(String.class, Flight::origin)
                    .state(Delays.class, Delays.NONE)
                    .fold(Delays::plus);

    private FoldCost() {}

    public static void main(String[] arguments) throws IOException {
        int rounds = arguments.length == 0 ? 15 : Integer.parseInt(arguments[0]);
        List<Flight> flights = flights();
        double[] projected = new double[rounds];
        double[] sameRows = new double[rounds];
        double[] perEvent = new double[rounds];
        for (int round = -WARM_UP; round < rounds; round++) {
            double folding = inNewDirectory(directory -> fold(directory, flights));
            double same = inNewDirectory(directory -> sameRows(directory, flights));
            double each = inNewDirectory(directory -> perEvent(directory, flights));
            if (round == -WARM_UP) {
                System.out.printf("cold: %.0f events/s%n", folding);
            }
            if (round >= 0) {
                projected[round] = folding;
                sameRows[round] = same;
                perEvent[round] = each;
            }
        }
        print("median", 0.5, projected, sameRows, perEvent);
        print("best", 1, projected, sameRows, perEvent);
    }

    private static void print(
            String name, double share, double[] projected, double[] sameRows, double[] perEvent) {
        double folding = quantile(share, projected);
        System.out.printf(
                "%s: %.0f events/s; to the same rows in plain JDBC %.2f; to a row per event in plain JDBC %.2f%n",
                name,
                folding,
                folding / quantile(share, sameRows),
                folding / quantile(share, perEvent));
    }

    private static double quantile(double share, double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[(int) (share * (sorted.length - 1))];
    }

    private static List<Flight> flights() {
        SplittableRandom random = new SplittableRandom(7);
        List<Flight> flights = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            String origin = "A" + (int) (220 * Math.pow(random.nextDouble(), 3));
            flights.add(
                    new Flight(
                            "2001/01/01 00:" + i % 60,
                            random.nextInt(-20, 90),
                            500 + i % 1000,
                            origin,
                            "B" + i % 97));
        }
        return flights;
    }

    private static double inNewDirectory(Function<Path, Duration> work) throws IOException {
        Path directory = Files.createTempDirectory("fold-cost");
        Duration took = work.apply(directory);
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
        return EVENTS / (took.toNanos() / 1e9);
    }

    private static Duration fold(Path directory, List<Flight> flights) {
        try (Database database = Database.open(directory.resolve("orrery.db"))) {
            EventLog<Flight> log =
                    new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                            .open("flights", Flight.class);
            for (int from = 0; from < EVENTS; from += BATCH) {
                log.appendAll(flights.subList(from, Math.min(EVENTS, from + BATCH)));
            }
            Timeline timeline = Timeline.startingAt("cost", new Revision(0));
            try (Projections projections =
                    new Projections(
                            timeline,
                            database,
                            Thread.ofVirtual().factory(),
                            InstantSource.system())) {
                projections.start();
                long began = System.nanoTime();
                projections.run(log, DELAYS).atLeast(log.head(), Duration.ofMinutes(1));
                return Duration.ofNanos(System.nanoTime() - began);
            }
        }
    }

    /** Writes what the projection writes, made beforehand, through the driver alone. */
    private static Duration sameRows(Path directory, List<Flight> flights) {
        List<FoldTables.Save> saves = saves(directory, flights);
        return plain(
                directory,
                connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(
                                "CREATE TABLE states (epoch INTEGER, key_bytes BLOB, version INTEGER, position INTEGER,"
                                        + " state BLOB, PRIMARY KEY (epoch, key_bytes)) WITHOUT ROWID");
                        statement.execute(
                                "CREATE TABLE versions (epoch INTEGER, key_bytes BLOB, last INTEGER, first INTEGER,"
                                        + " states BLOB, PRIMARY KEY (epoch, key_bytes, last)) WITHOUT ROWID");
                        statement.execute(
                                "CREATE TABLE epochs (id INTEGER PRIMARY KEY, position INTEGER)");
                    }
                    connection.setAutoCommit(false);
                    try (PreparedStatement states =
                                    connection.prepareStatement(
                                            "INSERT INTO states VALUES (1, ?, ?, ?, ?) ON CONFLICT"
                                                    + " (epoch, key_bytes) DO UPDATE SET version = excluded.version, position ="
                                                    + " excluded.position, state = excluded.state");
                            PreparedStatement versions =
                                    connection.prepareStatement(
                                            "INSERT INTO versions VALUES (1, ?, ?, ?, ?)");
                            PreparedStatement epochs =
                                    connection.prepareStatement(
                                            "INSERT INTO epochs VALUES (1, ?) ON CONFLICT (id)"
                                                    + " DO UPDATE SET position = excluded.position")) {
                        long began = System.nanoTime();
                        for (FoldTables.Save save : saves) {
                            write(save, states, versions, epochs);
                            connection.commit();
                        }
                        return Duration.ofNanos(System.nanoTime() - began);
                    }
                });
    }

    private static void write(
            FoldTables.Save save,
            PreparedStatement states,
            PreparedStatement versions,
            PreparedStatement epochs)
            throws SQLException {
        for (FoldTables.StateRow row : save.states()) {
            states.setBytes(1, row.key());
            states.setLong(2, row.version());
            states.setLong(3, row.position());
            states.setBytes(4, row.state());
            states.addBatch();
        }
        states.executeBatch();
        for (FoldTables.VersionsRow row : save.versions()) {
            versions.setBytes(1, row.key());
            versions.setLong(2, row.last());
            versions.setLong(3, row.first());
            versions.setBytes(4, row.states());
            versions.addBatch();
        }
        versions.executeBatch();
        epochs.setLong(1, save.position());
        epochs.executeUpdate();
    }

    private static List<FoldTables.Save> saves(Path directory, List<Flight> flights) {
        List<FoldTables.Save> saves = new ArrayList<>();
        try (Database database = Database.open(directory.resolve("made.db"))) {
            EventLog<Flight> log =
                    new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                            .open("flights", Flight.class);
            log.appendAll(flights);
            Projections.lastRevision(database);
            FoldTables.Opened opened = FoldTables.open(database, "delays", log.start().log(), 1);
            Epoch<String, Delays> epoch = new Epoch<>(opened.served(), log.start().log());
            List<Recorded<Flight>> batch = log.read(epoch.position(), BATCH);
            while (!batch.isEmpty()) {
                FoldBatch<Flight, String, Delays> folded =
                        new FoldBatch<>(
                                DELAYS,
                                epoch,
                                Codec.of(String.class),
                                Codec.of(Delays.class),
                                1000);
                folded.foldAll(batch);
                saves.add(folded.save(1, List.of()));
                folded.changed().forEach(epoch::hold);
                epoch.reach(folded.position(), folded.time());
                batch = log.read(epoch.position(), BATCH);
            }
        }
        return saves;
    }

    /**
     * What one writes by hand: the state of each event's key, made beforehand, upserted as it
     * comes.
     */
    private static Duration perEvent(Path directory, List<Flight> flights) {
        Codec<Delays> codec = Codec.of(Delays.class);
        Map<String, Delays> folded = new HashMap<>();
        List<byte[]> rows = new ArrayList<>();
        for (Flight flight : flights) {
            Delays next = folded.getOrDefault(flight.origin(), Delays.NONE).plus(flight);
            folded.put(flight.origin(), next);
            rows.add(codec.encode(next));
        }
        return plain(
                directory,
                connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(
                                "CREATE TABLE states (key_text TEXT PRIMARY KEY, position INTEGER, state BLOB)"
                                        + " WITHOUT ROWID");
                    }
                    connection.setAutoCommit(false);
                    try (PreparedStatement upsert =
                            connection.prepareStatement(
                                    "INSERT INTO states VALUES (?, ?, ?) ON CONFLICT"
                                            + " (key_text) DO UPDATE SET position = excluded.position, state = excluded.state")) {
                        long began = System.nanoTime();
                        for (int i = 0; i < EVENTS; i++) {
                            upsert.setString(1, flights.get(i).origin());
                            upsert.setLong(2, i);
                            upsert.setBytes(3, rows.get(i));
                            upsert.addBatch();
                            if ((i + 1) % BATCH == 0 || i + 1 == EVENTS) {
                                upsert.executeBatch();
                                connection.commit();
                            }
                        }
                        return Duration.ofNanos(System.nanoTime() - began);
                    }
                });
    }

    private interface Plain {
        Duration run(Connection connection) throws SQLException;
    }

    private static Duration plain(Path directory, Plain work) {
        try (Connection connection =
                DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("plain.db"))) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = FULL");
            }
            return work.run(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
