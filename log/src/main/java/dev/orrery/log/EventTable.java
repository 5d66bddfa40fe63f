package dev.orrery.log;

import dev.orrery.sql.Database;
import dev.orrery.sql.Dialect;
import dev.orrery.sql.Format;
import dev.orrery.sql.ResultRow;
import dev.orrery.sql.Session;
import dev.orrery.sql.WriteSession;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one log in its database. Thread-safe.
 *
 * <p>A log is one part of the database: its writers, in all processes, come one at a time, so the
 * next position is the greatest committed one and one more. // law L1
 */
final class EventTable {
    static final Format FORMAT =
            Format.of("log", EventTable::tables).then(EventTable::streams).then(TailTable::tables);
    private static final long MOST_PAGE_BYTES = 8 << 20;
    private static final String EVENT = "SELECT position, time, id, stream, payload FROM events";
    private static final String END = "SELECT coalesce(max(position), 0) FROM events WHERE log = ?";
    private static final String STREAM_END = END + " AND stream = ?";

    /** How many ids are looked up at once: the smallest of these that is enough, or the last. */
    private static final int[] IDS_AT_ONCE = {1, 8, 64, 512};

    private final Database database;
    private final String name;
    private final long log;
    private final String epoch;
    private final String part;

    private EventTable(Database database, String name, long log, String epoch) {
        this.database = database;
        this.name = name;
        this.log = log;
        this.epoch = epoch;
        this.part = "log " + log;
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

    private static List<String> streams(Dialect dialect) {
        return List.of(
                "ALTER TABLE events ADD COLUMN stream " + dialect.textType(),
                "CREATE INDEX events_by_stream ON events (log, stream, position)"
                        + " WHERE stream IS NOT NULL");
    }

    /** The log of a name, begun under a new epoch if there is none. */
    static EventTable open(Database database, String name, Supplier<String> newEpoch) {
        return database.<Optional<EventTable>, RuntimeException>read(
                        session -> find(database, session, name))
                .orElseGet(() ->
                        database.write(session ->
                                find(database, session, name)
                                        .orElseGet(() ->
                                                begin(database, session, name, newEpoch.get()))));
    }

    private static Optional<EventTable> find(Database database, Session session, String name) {
        return session.find(
                "SELECT id, epoch FROM event_logs WHERE name = ?",
                row -> new EventTable(database, name, row.integer(1), row.text(2)),
                name);
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

    /** Whether others may append too. */
    boolean isShared() {
        return database.dialect().isShared();
    }

    /** The row of a named reader of this log, or of a stream of it. */
    TailTable tail(String stream, String consumer) {
        return TailTable.open(database, log, stream, consumer);
    }

    /** Has somebody told how far this log is committed, whoever appended. */
    void listen(Consumer<Long> committed) {
        database.listen(
                part,
                new Database.Listener() {
                    @Override
                    public void announced(String text) {
                        committed.accept(Long.valueOf(text));
                    }

                    @Override
                    public void missed() {
                        committed.accept(end());
                    }
                });
    }

    // reading

    /** The number of the newest committed event, zero without any. */
    long end() {
        return database.read(
                session -> session.find(END, row -> row.integer(1), log).orElseThrow());
    }

    /** The number of the newest event of a stream up to a number, zero without any. */
    long end(String stream, long upTo) {
        return database.read(session ->
                session.find(
                                STREAM_END + " AND position <= ?",
                                row -> row.integer(1),
                                log,
                                stream,
                                upTo)
                        .orElseThrow());
    }

    /** An event as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // on its way from the store, compared by nobody
    record Stored(
            long number,
            Instant time,
            @Nullable String id,
            @Nullable String stream,
            byte[] payload) {}

    /** The events after a number and up to another, in order, fewer where they are large. */
    List<Stored> read(long after, long upTo) {
        return page(
                EVENT + " WHERE log = ? AND position > ? AND position <= ? ORDER BY position",
                log,
                after,
                upTo);
    }

    /**
     * The events of a stream after a number and up to another, in order, at most some, fewer where
     * they are large.
     */
    List<Stored> read(String stream, long after, long upTo, int max) {
        return page(
                EVENT
                        + " WHERE log = ? AND stream = ? AND position > ? AND position <= ?"
                        + " ORDER BY position LIMIT ?",
                log,
                stream,
                after,
                upTo,
                max);
    }

    private List<Stored> page(String sql, Object... parameters) {
        long[] bytes = {0};
        List<Stored> page = new ArrayList<>();
        database.read(session -> {
            session.each(
                    sql,
                    row -> {
                        if (bytes[0] < MOST_PAGE_BYTES) {
                            Stored stored = stored(row);
                            bytes[0] += stored.payload.length;
                            page.add(stored);
                        }
                    },
                    parameters);
            return page;
        });
        return page;
    }

    private static Stored stored(ResultRow row) {
        return new Stored(
                row.integer(1),
                Instant.EPOCH.plus(row.integer(2), ChronoUnit.MICROS),
                row.textOrNull(3),
                row.textOrNull(4),
                row.bytes(5));
    }

    // writing

    /** Runs work in one write transaction on the rows of this log, alone among its writers. */
    <T> T write(Function<Rows, T> work) {
        return database.write(part, session -> work.apply(new Rows(session)));
    }

    /** The rows of this log within one write transaction. */
    final class Rows {
        private final WriteSession session;

        private Rows(WriteSession session) {
            this.session = session;
        }

        WriteSession session() {
            return session;
        }

        long end() {
            return session.find(END, row -> row.integer(1), log).orElseThrow();
        }

        long end(String stream) {
            return session.find(STREAM_END, row -> row.integer(1), log, stream).orElseThrow();
        }

        /** Those of some ids that are in the log, with their positions. */
        Map<String, Long> find(Collection<String> ids) {
            Map<String, Long> found = new HashMap<>();
            List<String> all = List.copyOf(ids);
            for (int from = 0; from < all.size(); ) {
                int width = width(all.size() - from);
                List<String> some = all.subList(from, Math.min(all.size(), from + width));
                session.each(
                        "SELECT id, position FROM events WHERE log = ? AND id IN (?"
                                + ", ?".repeat(width - 1)
                                + ")",
                        row -> found.put(row.text(1), row.integer(2)),
                        padded(some, width));
                from += width;
            }
            return found;
        }

        private Object[] padded(List<String> ids, int width) {
            Object[] parameters = new Object[1 + width];
            parameters[0] = log;
            for (int i = 0; i < width; i++) {
                parameters[1 + i] = ids.get(Math.min(i, ids.size() - 1));
            }
            return parameters;
        }

        private static int width(int wanted) {
            for (int width : IDS_AT_ONCE) {
                if (width >= wanted) {
                    return width;
                }
            }
            return IDS_AT_ONCE[IDS_AT_ONCE.length - 1];
        }

        /** Adds rows behind the end, and has the other users of the log told. */
        void insert(Instant time, List<Appends.Row> rows) {
            if (rows.isEmpty()) {
                return;
            }
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
            List<@Nullable Object[]> parameters = new ArrayList<>(rows.size());
            for (Appends.Row row : rows) {
                parameters.add(
                        new @Nullable Object[] {
                            log,
                            row.number(),
                            micros,
                            row.event().id(),
                            row.stream(),
                            row.event().payload()
                        });
            }
            session.batch(
                    "INSERT INTO events (log, position, time, id, stream, payload)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    parameters);
            session.announce(part, String.valueOf(rows.getLast().number()));
        }
    }
}
