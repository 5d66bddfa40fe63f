package dev.orrery.log;

import dev.orrery.sql.Database;
import dev.orrery.sql.Dialect;
import dev.orrery.sql.Format;
import dev.orrery.sql.WriteSession;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rows of one log in its database. Thread-safe. */
final class EventTable {
    static final Format FORMAT = Format.of("log", EventTable::tables);
    private static final long MOST_PAGE_BYTES = 8 << 20;

    private final Database database;
    private final String name;
    private final long log;
    private final String epoch;

    private EventTable(Database database, String name, long log, String epoch) {
        this.database = database;
        this.name = name;
        this.log = log;
        this.epoch = epoch;
    }

    private static List<String> tables(Dialect dialect) {
        String integer = dialect.integerType();
        String text = dialect.textType();
        return List.of(
                "CREATE TABLE event_logs (id "
                        + integer
                        + " NOT NULL PRIMARY KEY, name "
                        + text
                        + " NOT NULL UNIQUE, epoch "
                        + text
                        + " NOT NULL)",
                "CREATE TABLE events (log "
                        + integer
                        + " NOT NULL, position "
                        + integer
                        + " NOT NULL, time "
                        + integer
                        + " NOT NULL, id "
                        + text
                        + ", payload "
                        + dialect.bytesType()
                        + " NOT NULL, PRIMARY KEY (log, position))"
                        + dialect.keyedTable(),
                "CREATE UNIQUE INDEX events_by_id ON events (log, id) WHERE id IS NOT NULL");
    }

    /** The log of a name, begun under a new epoch if there is none. */
    static EventTable open(Database database, String name, Supplier<String> newEpoch) {
        return database.write(session ->
                session.find(
                                "SELECT id, epoch FROM event_logs WHERE name = ?",
                                row -> new EventTable(database, name, row.integer(1), row.text(2)),
                                name)
                        .orElseGet(() -> begin(database, session, name, newEpoch.get())));
    }

    private static EventTable begin(
            Database database, WriteSession session, String name, String epoch) {
        long id =
                session.find(
                                "SELECT coalesce(max(id), 0) + 1 FROM event_logs",
                                row -> row.integer(1))
                        .orElseThrow();
        session.update(
                "INSERT INTO event_logs (id, name, epoch) VALUES (?, ?, ?)", id, name, epoch);
        return new EventTable(database, name, id, epoch);
    }

    String name() {
        return name;
    }

    String epoch() {
        return epoch;
    }

    /** The number of the newest committed event, zero without any. */
    long end() {
        return database.read(
                session -> session.find(Rows.END, row -> row.integer(1), log).orElseThrow());
    }

    /** Runs work in one write transaction on the rows of this log. */
    <T> T write(Function<Rows, T> work) {
        return database.write(session -> work.apply(new Rows(session)));
    }

    /** An event as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // on its way from the store, compared by nobody
    record Stored(long number, Instant time, @Nullable String id, byte[] payload) {}

    /** The events after a number, at most {@code max}, fewer where they are large. */
    List<Stored> read(long after, long max) {
        long[] bytes = {0};
        List<Stored> page = new ArrayList<>();
        database.read(session -> {
            session.each(
                    "SELECT position, time, id, payload FROM events"
                            + " WHERE log = ? AND position > ? AND position <= ? ORDER BY position",
                    row -> {
                        if (bytes[0] < MOST_PAGE_BYTES) {
                            byte[] payload = row.bytes(4);
                            bytes[0] += payload.length;
                            page.add(
                                    new Stored(
                                            row.integer(1),
                                            time(row.integer(2)),
                                            row.textOrNull(3),
                                            payload));
                        }
                    },
                    log,
                    after,
                    after + max);
            return page;
        });
        return page;
    }

    private static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** The rows of this log within one write transaction. */
    final class Rows {
        private static final String END =
                "SELECT coalesce(max(position), 0) FROM events WHERE log = ?";
        private final WriteSession session;

        private Rows(WriteSession session) {
            this.session = session;
        }

        long end() {
            return session.find(END, row -> row.integer(1), log).orElseThrow();
        }

        @Nullable Long find(String id) {
            return session.find(
                            "SELECT position FROM events WHERE log = ? AND id = ?",
                            row -> row.integer(1),
                            log,
                            id)
                    .orElse(null);
        }

        void insert(Instant time, List<Appends.Row> rows) {
            if (rows.isEmpty()) {
                return;
            }
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
            List<@Nullable Object[]> parameters = new ArrayList<>(rows.size());
            for (Appends.Row row : rows) {
                parameters.add(
                        new @Nullable Object[] {
                            log, row.number(), micros, row.event().id(), row.event().payload()
                        });
            }
            session.batch(
                    "INSERT INTO events (log, position, time, id, payload) VALUES (?, ?, ?, ?, ?)",
                    parameters);
        }
    }
}
