package dev.orrery.projection;

import dev.orrery.sql.Database;
import dev.orrery.sql.Session;
import dev.orrery.sql.WriteSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of one epoch: states, kept changes, and events that wait. Thread-safe. */
@SuppressWarnings(
        "ArrayRecordComponent") // rows on their way to and from the store, compared by nobody
final class EpochTables {
    private final Database database;
    private final long epoch;

    /** A state as it is stored; without bytes when it was removed. */
    record StateRow(byte[] key, long version, long position, byte[] state, long chunk) {}

    /**
     * An event that waits for its key.
     *
     * @param cause what the fold threw, for the first event of a key; null for those behind it
     * @param attempts how often it was tried
     * @param retryAt when it is to be tried again by itself, if so
     */
    record ParkedRow(
            byte[] key,
            long position,
            @Nullable String cause,
            int attempts,
            @Nullable Instant retryAt) {}

    /** An event that no longer waits. */
    record Released(byte[] key, long position) {}

    /** A key that was removed by the event at a position. */
    record Former(byte[] key, long position) {}

    /** How many changes a chunk holds, and the position of the batch they were made by. */
    record Kept(long chunk, long position, int changes) {}

    /**
     * Everything a batch of events changes.
     *
     * @param fence the fence of the epoch before, one less than after
     * @param position the position after
     * @param time when the event at that position was appended
     * @param revision the revision this change will have at least
     * @param dropped chunks up to this one are not kept any more
     * @param forgotten keys of which nothing is remembered any more
     */
    record Save(
            long fence,
            long position,
            Instant time,
            long revision,
            List<StateRow> states,
            List<Chunks.Chunk> chunks,
            long dropped,
            List<ParkedRow> parked,
            List<Released> released,
            List<Former> forgotten) {}

    EpochTables(Database database, long epoch) {
        this.database = database;
        this.epoch = epoch;
    }

    // reading

    void eachState(Consumer<StateRow> reader) {
        eachState(-1, reader);
    }

    /** The states that changed after a position. */
    void eachState(long after, Consumer<StateRow> reader) {
        database.read(session -> {
            session.each(
                    "SELECT key_bytes, version, position, state, chunk FROM projection_states"
                            + " WHERE epoch = ? AND position > ?",
                    row ->
                            reader.accept(
                                    new StateRow(
                                            row.bytes(1),
                                            row.integer(2),
                                            row.integer(3),
                                            row.bytes(4),
                                            row.integer(5))),
                    epoch,
                    after);
            return reader;
        });
    }

    /** The events that wait, in order. */
    List<ParkedRow> parked() {
        return database.read(session ->
                session.query(
                        "SELECT key_bytes, position, cause, attempts, coalesce(retry_at, -1)"
                                + " FROM projection_parked WHERE epoch = ? ORDER BY position",
                        row ->
                                new ParkedRow(
                                        row.bytes(1),
                                        row.integer(2),
                                        row.textOrNull(3),
                                        (int) row.integer(4),
                                        row.integer(5) < 0
                                                ? null
                                                : FoldTables.time(row.integer(5))),
                        epoch));
    }

    /** The positions of the events that wait for a key, in order. */
    List<Long> parked(byte[] key) {
        return database.read(session ->
                session.query(
                        "SELECT position FROM projection_parked WHERE epoch = ? AND key_bytes = ?"
                                + " ORDER BY position",
                        row -> row.integer(1),
                        epoch,
                        key));
    }

    /** The chunks that are kept, in order. */
    List<Kept> kept() {
        return database.read(session ->
                session.query(
                        "SELECT id, position, changes FROM projection_changes WHERE epoch = ?"
                                + " ORDER BY id",
                        row -> new Kept(row.integer(1), row.integer(2), (int) row.integer(3)),
                        epoch));
    }

    /** What is read with one session of the chunks. */
    <T> T readChunks(Function<Reader, T> work) {
        return database.read(session -> work.apply(new Reader(session)));
    }

    /** Reads chunks as of one moment. */
    final class Reader {
        private final Session session;

        private Reader(Session session) {
            this.session = session;
        }

        /** The bytes of a chunk; empty when it is not kept. */
        Optional<byte[]> chunk(long id) {
            return session.find(
                    "SELECT entries FROM projection_changes WHERE epoch = ? AND id = ?",
                    row -> row.bytes(1),
                    epoch,
                    id);
        }
    }

    // writing

    /**
     * Stores what a batch changed, within a transaction. // laws P1, P2
     *
     * @return false, and nothing stored, when somebody else had stored a step since: folded on, or
     *     edited or retried a key, which moves no position
     */
    boolean save(WriteSession session, Save save) {
        int moved =
                session.update(
                        "UPDATE projection_epochs SET position = ?, time = ?, revision = ?, fence ="
                                + " fence + 1 WHERE id = ? AND fence = ?",
                        save.position,
                        FoldTables.micros(save.time),
                        save.revision,
                        epoch,
                        save.fence);
        if (moved == 0) {
            return false;
        }
        batch(
                session,
                session.dialect()
                        .upsert(
                                "projection_states",
                                List.of("epoch", "key_bytes"),
                                List.of("version", "position", "state", "chunk")),
                save.states,
                row ->
                        new @Nullable Object[] {
                            epoch, row.key, row.version, row.position, row.state, row.chunk
                        });
        batch(
                session,
                "INSERT INTO projection_changes (epoch, id, position, changes, entries)"
                        + " VALUES (?, ?, ?, ?, ?)",
                save.chunks,
                row ->
                        new @Nullable Object[] {
                            epoch, row.id(), save.position, row.changes(), row.bytes()
                        });
        if (save.dropped > 0) {
            session.update(
                    "DELETE FROM projection_changes WHERE epoch = ? AND id <= ?",
                    epoch,
                    save.dropped);
        }
        batch(
                session,
                session.dialect()
                        .upsert(
                                "projection_parked",
                                List.of("epoch", "key_bytes", "position"),
                                List.of("cause", "attempts", "retry_at")),
                save.parked,
                row ->
                        new @Nullable Object[] {
                            epoch,
                            row.key,
                            row.position,
                            row.cause,
                            row.attempts,
                            micros(row.retryAt)
                        });
        batch(
                session,
                "DELETE FROM projection_parked WHERE epoch = ? AND key_bytes = ? AND position = ?",
                save.released,
                row -> new @Nullable Object[] {epoch, row.key, row.position});
        batch(
                session,
                "DELETE FROM projection_states WHERE epoch = ? AND key_bytes = ? AND position = ?",
                save.forgotten,
                row -> new @Nullable Object[] {epoch, row.key, row.position});
        return true;
    }

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : FoldTables.micros(time);
    }

    /** Runs one statement for each of some things, if there is any. */
    static <T> void batch(
            WriteSession session,
            String sql,
            List<T> rows,
            Function<T, @Nullable Object[]> parameters) {
        if (rows.isEmpty()) {
            return;
        }
        List<@Nullable Object[]> all = new ArrayList<>(rows.size());
        for (T row : rows) {
            all.add(parameters.apply(row));
        }
        session.batch(sql, all);
    }
}
