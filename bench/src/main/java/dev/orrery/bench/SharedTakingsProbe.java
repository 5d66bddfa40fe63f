package dev.orrery.bench;

import dev.orrery.Orrery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Sales per second counted and summed per account on a real PostgreSQL server; beside the JDBC
 * driver alone, which upserts a state made beforehand for each event, to the same server.
 */
final class SharedTakingsProbe implements Probe {
    private static final String SERVER = "PostgreSQL";
    private static final List<String> TABLES = List.of("projection_states", "projection_epochs");

    @Override
    public Map<String, Double> measure(Effort effort) throws Exception {
        int events = effort.either(100_000, 1_000_000);
        int rounds = effort.either(1, 3);
        PlainEach each = SalesFold.eachByHand(events);
        return Workplace.find()
                .inFreshFolder(folder -> {
                    Path data = Files.createDirectory(folder.resolve("data"));
                    try (LineProcess server =
                            SourceProgram.start(
                                    SERVER, "PostgresServer.java", folder, data.toString())) {
                        String address = server.answer();
                        Samples ours = new Samples();
                        Samples theirs = new Samples();
                        for (int round = -1; round < rounds; round++) {
                            PGSimpleDataSource own = schema(address, "round" + (round + 1));
                            double folded = perSecond(events, fold(own, events));
                            double written = perSecond(events, each.write(plain(own)));
                            if (round >= 0) {
                                ours.add(folded);
                                theirs.add(written);
                            }
                        }
                        return Map.of("orrery", ours.median(), "each", theirs.median());
                    }
                });
    }

    private static PGSimpleDataSource schema(String address, String name) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(address);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + name);
        }
        source.setCurrentSchema(name);
        return source;
    }

    private static Duration fold(PGSimpleDataSource schema, int events) {
        return Duration.ofNanos(SalesFold.run(Orrery.configure().database(schema), events).nanos());
    }

    /** New tables like those of a schema, empty but for the row that keeps the position. */
    private static Connection plain(PGSimpleDataSource like) throws SQLException {
        String schema = like.getCurrentSchema();
        Connection connection = like.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + schema + "_plain");
            for (String table : TABLES) {
                statement.execute(
                        "CREATE TABLE %s_plain.%s (LIKE %s.%s INCLUDING ALL)"
                                .formatted(schema, table, schema, table));
            }
            statement.execute("SET search_path TO " + schema + "_plain");
            statement.execute(PlainTables.POSITION);
        }
        return connection;
    }

    private static double perSecond(int events, Duration took) {
        return events * 1e9 / took.toNanos();
    }
}
