package dev.orrery.projection;

import dev.orrery.sql.Database;
import dev.orrery.sql.Moment;
import dev.orrery.sql.ResultRow;
import dev.orrery.sql.Session;
import dev.orrery.sql.WriteSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rows of one epoch: states, kept changes, and events that wait. Thread-safe. */
@SuppressWarnings(
        "ArrayRecordComponent") // rows on their way to and from the store, compared by nobody
final class EpochTables {
    private static final String STATES =
            "SELECT key_bytes, version, position, state, chunk FROM projection_states";

    /** So many keys are asked for with one statement. */
    private static final int MANY = 256;

    private static final int FEW = 8;
    private static final String MANY_STATES = statesOf(MANY);
    private static final String FEW_STATES = statesOf(FEW);

    private final Database database;
    private final long epoch;
    private final EpochView view;
    private final @Nullable Leases leases;

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

    /** A key that was removed, which made a version. */
    record Former(byte[] key, long version) {}

    /** How many changes a chunk holds, and the position of the batch they were made by. */
    record Kept(long chunk, long position, int changes) {}

    /**
     * Everything a batch of events changes.
     *
     * @param fence the fence of the epoch before, one less than after
     * @param term the term it is held with here, {@link Lease#NONE} for none
     * @param position the position after
     * @param time when the event at that position was appended
     * @param revision the revision this change will have at least
     * @param dropped chunks up to this one are not kept any more
     * @param forgotten keys of which nothing is remembered any more
     */
    record Save(
            long fence,
            long term,
            long position,
            Instant time,
            long revision,
            List<StateRow> states,
            List<Chunks.Chunk> chunks,
            long dropped,
            List<ParkedRow> parked,
            List<Released> released,
            List<Former> forgotten) {}

    /**
     * The rows of an epoch.
     *
     * @param leases where other processes could fold it too
     */
    EpochTables(Database database, long epoch, EpochView view, @Nullable Leases leases) {
        this.database = database;
        this.epoch = epoch;
        this.view = view;
        this.leases = leases;
    }

    /** The same rows as of a moment. */
    EpochTables at(Moment moment) {
        return new EpochTables(database, epoch, new EpochView(database, moment), leases);
    }

    /** How they are read. */
    EpochView view() {
        return view;
    }

    // reading

    private static String statesOf(int keys) {
        return STATES + " WHERE epoch = ? AND key_bytes IN (" + "?, ".repeat(keys - 1) + "?)";
    }

    void eachState(Consumer<StateRow> reader) {
        each(STATES + " WHERE epoch = ?", reader, epoch);
    }

    /**
     * The states that may have been changed since an epoch was at a position and its next chunk had
     * a number: an edit moves no position but makes a chunk, where changes are kept.
     */
    void eachStateSince(long position, long chunk, Consumer<StateRow> reader) {
        each(
                STATES + " WHERE epoch = ? AND (position > ? OR chunk >= ? OR chunk = 0)",
                reader,
                epoch,
                position,
                chunk);
    }

    private void each(String sql, Consumer<StateRow> reader, @Nullable Object... parameters) {
        view.read(session -> {
            session.each(sql, row -> reader.accept(stateRow(row)), parameters);
            return reader;
        });
    }

    private static StateRow stateRow(ResultRow row) {
        return new StateRow(
                row.bytes(1), row.integer(2), row.integer(3), row.bytes(4), row.integer(5));
    }

    /** The state of a key. */
    Optional<StateRow> state(byte[] key) {
        return view.read(session ->
                session.find(
                        STATES + " WHERE epoch = ? AND key_bytes = ?",
                        EpochTables::stateRow,
                        epoch,
                        key));
    }

    /** The states of some keys, of those that have a row. */
    void states(List<byte[]> keys, Consumer<StateRow> reader) {
        if (!keys.isEmpty()) {
            view.read(session -> {
                states(session, keys, reader);
                return reader;
            });
        }
    }

    /** The same within a transaction. */
    void states(Session session, List<byte[]> keys, Consumer<StateRow> reader) {
        for (int from = 0; from < keys.size(); ) {
            boolean isMany = keys.size() - from > FEW;
            int end = Math.min(keys.size(), from + (isMany ? MANY : FEW));
            @Nullable Object[] parameters = new @Nullable Object[1 + (isMany ? MANY : FEW)];
            Arrays.fill(parameters, keys.get(end - 1)); // a text that is always the same
            parameters[0] = epoch;
            for (int i = from; i < end; i++) {
                parameters[1 + i - from] = keys.get(i);
            }
            session.each(
                    isMany ? MANY_STATES : FEW_STATES,
                    row -> reader.accept(stateRow(row)),
                    parameters);
            from = end;
        }
    }

    /** Is handed a key with its states in two epochs, each without bytes where there is none. */
    interface DifferingReader {
        void read(byte[] key, byte[] before, byte[] after);
    }

    /** The keys whose stored states here are not those of another epoch. */
    void eachDiffering(EpochTables next, DifferingReader reader) {
        byte[] none = {};
        view.read(session -> {
            session.each(
                    "SELECT n.key_bytes, coalesce(o.state, ?), n.state FROM projection_states n"
                            + " LEFT JOIN projection_states o"
                            + " ON o.epoch = ? AND o.key_bytes = n.key_bytes"
                            + " WHERE n.epoch = ? AND (o.state IS NULL OR o.state <> n.state)",
                    row -> reader.read(row.bytes(1), row.bytes(2), row.bytes(3)),
                    none,
                    epoch,
                    next.epoch);
            session.each(
                    "SELECT o.key_bytes, o.state FROM projection_states o"
                            + " LEFT JOIN projection_states n"
                            + " ON n.epoch = ? AND n.key_bytes = o.key_bytes"
                            + " WHERE o.epoch = ? AND n.state IS NULL",
                    row -> reader.read(row.bytes(1), row.bytes(2), none),
                    next.epoch,
                    epoch);
            return reader;
        });
    }

    /** The events that wait, in order. */
    List<ParkedRow> parked() {
        return view.read(session ->
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
        return view.read(session ->
                session.query(
                        "SELECT position FROM projection_parked WHERE epoch = ? AND key_bytes = ?"
                                + " ORDER BY position",
                        row -> row.integer(1),
                        epoch,
                        key));
    }

    /** The chunks that are kept, in order. */
    List<Kept> kept() {
        return view.read(session ->
                session.query(
                        "SELECT id, position, changes FROM projection_changes WHERE epoch = ?"
                                + " ORDER BY id",
                        row -> new Kept(row.integer(1), row.integer(2), (int) row.integer(3)),
                        epoch));
    }

    /** The first chunk that is kept; empty when none is. */
    Optional<Long> firstKept() {
        return view.read(session ->
                session.find(
                        "SELECT id FROM projection_changes WHERE epoch = ? ORDER BY id LIMIT 1",
                        row -> row.integer(1),
                        epoch));
    }

    /** The chunks from a number on, in order, with the positions of the batches that made them. */
    void eachChunkFrom(long first, BiConsumer<Chunks.Chunk, Long> reader) {
        view.read(session -> {
            session.each(
                    "SELECT id, changes, entries, position FROM projection_changes WHERE epoch = ?"
                            + " AND id >= ? ORDER BY id",
                    row ->
                            reader.accept(
                                    new Chunks.Chunk(
                                            row.integer(1), (int) row.integer(2), row.bytes(3)),
                                    row.integer(4)),
                    epoch,
                    first);
            return reader;
        });
    }

    /** What is read with one session of the chunks. */
    <T> T readChunks(Function<Reader, T> work) {
        return view.read(session -> work.apply(new Reader(session)));
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
        if (!step(session, save)) {
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
                "DELETE FROM projection_states WHERE epoch = ? AND key_bytes = ? AND version = ?",
                save.forgotten,
                row -> new @Nullable Object[] {epoch, row.key, row.version});
        return true;
    }

    /**
     * Raises the fence, if it is as it is believed to be; so a holder is heard of too. // law P16
     */
    private boolean step(WriteSession session, Save save) {
        if (leases == null) {
            return session.update(
                            "UPDATE projection_epochs SET position = ?, time = ?, revision = ?,"
                                    + " fence = fence + 1 WHERE id = ? AND fence = ?",
                            save.position,
                            FoldTables.micros(save.time),
                            save.revision,
                            epoch,
                            save.fence)
                    > 0;
        }
        Leases.announce(session, epoch, save.fence + 1);
        return session.update(
                        "UPDATE projection_epochs SET position = ?, time = ?, revision = ?, fence ="
                                + " fence + 1, held_until = CASE term WHEN ? THEN "
                                + session.dialect().clock()
                                + " + ? ELSE held_until END WHERE id = ? AND fence = ?",
                        save.position,
                        FoldTables.micros(save.time),
                        save.revision,
                        save.term,
                        leases.micros(),
                        epoch,
                        save.fence)
                > 0;
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
