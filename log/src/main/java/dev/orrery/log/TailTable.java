package dev.orrery.log;

import dev.orrery.sql.Database;
import dev.orrery.sql.Dialect;
import java.time.Duration;
import java.util.List;

/**
 * The row of one named reader of a log or a stream: how far it is, and who has it. Thread-safe.
 *
 * <p>Whoever takes the name raises its fence, and writes with that fence or not at all. The beat
 * grows with each sign of life; no time is stored. // law L14
 */
final class TailTable {
    private static final String WHERE = " WHERE log = ? AND stream = ? AND consumer = ?";

    private final Database database;
    private final long log;
    private final String stream;
    private final String consumer;

    /**
     * What is stored.
     *
     * @param position the number of the last event that is done
     * @param fence how often the name was taken
     * @param beat how often its holders gave a sign of life
     * @param lease how long the holder may be silent
     * @param held whether somebody has it
     */
    record Stored(long position, long fence, long beat, Duration lease, boolean held) {}

    private TailTable(Database database, long log, String stream, String consumer) {
        this.database = database;
        this.log = log;
        this.stream = stream;
        this.consumer = consumer;
    }

    static List<String> tables(Dialect dialect) {
        String integer = dialect.integerType() + " NOT NULL";
        String text = dialect.textType() + " NOT NULL";
        return List.of(
                "CREATE TABLE event_tails (log "
                        + integer
                        + ", stream "
                        + text
                        + ", consumer "
                        + text
                        + ", position "
                        + integer
                        + ", fence "
                        + integer
                        + ", beat "
                        + integer
                        + ", lease "
                        + integer
                        + ", held "
                        + integer
                        + ", PRIMARY KEY (log, stream, consumer))"
                        + dialect.keyedTable());
    }

    /**
     * The row of a name, begun before the first event if there is none.
     *
     * @param stream empty for the log as a whole
     */
    static TailTable open(Database database, long log, String stream, String consumer) {
        TailTable table = new TailTable(database, log, stream, consumer);
        table.update(
                "INSERT INTO event_tails (log, stream, consumer, position, fence, beat, lease,"
                        + " held) VALUES (?, ?, ?, 0, 0, 0, 0, 0)"
                        + " ON CONFLICT (log, stream, consumer) DO NOTHING",
                log,
                stream,
                consumer);
        return table;
    }

    Stored look() {
        return database.read(session ->
                session.find(
                                "SELECT position, fence, beat, lease, held FROM event_tails"
                                        + WHERE,
                                row ->
                                        new Stored(
                                                row.integer(1),
                                                row.integer(2),
                                                row.integer(3),
                                                Duration.ofNanos(row.integer(4)),
                                                row.flag(5)),
                                log,
                                stream,
                                consumer)
                        .orElseThrow());
    }

    /** Takes the name as it was last seen; false when something happened to it since. */
    boolean take(Stored seen, Duration lease) {
        return update(
                "UPDATE event_tails SET fence = fence + 1, beat = beat + 1, lease = ?, held = 1"
                        + WHERE
                        + " AND fence = ? AND beat = ? AND held = ?",
                lease.toNanos(),
                log,
                stream,
                consumer,
                seen.fence,
                seen.beat,
                seen.held);
    }

    /** A sign of life; false when the name was taken by another. */
    boolean beat(long fence) {
        return update(
                "UPDATE event_tails SET beat = beat + 1" + WHERE + " AND fence = ?",
                log,
                stream,
                consumer,
                fence);
    }

    /** Everything up to a number is done; false when the name was taken by another. */
    boolean acknowledge(long fence, long position) {
        return update(
                "UPDATE event_tails SET beat = beat + 1, position = ?" + WHERE + " AND fence = ?",
                position,
                log,
                stream,
                consumer,
                fence);
    }

    /** Lets the next one have it. */
    void release(long fence) {
        update(
                "UPDATE event_tails SET held = 0" + WHERE + " AND fence = ?",
                log,
                stream,
                consumer,
                fence);
    }

    private boolean update(String sql, Object... parameters) {
        return database.write("tails of log " + log, session -> session.update(sql, parameters))
                == 1;
    }
}
