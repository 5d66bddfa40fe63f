package dev.orrery.projection;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.sql.Database;
import dev.orrery.sql.Dialect;
import dev.orrery.sql.Format;
import dev.orrery.sql.ResultRow;
import dev.orrery.sql.Session;
import dev.orrery.sql.WriteSession;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one effect: its position, the events done above it, and those that wait for their
 * key.
 *
 * <p>The first waiting event of a key is due at some moment or parked; the others follow it.
 * Thread-safe.
 */
@SuppressWarnings(
        "ArrayRecordComponent") // rows on their way to and from the store, compared by nobody
final class EffectTables {
    private static final int FOLLOWS = 0;
    private static final int DUE = 1;
    private static final int PARKED = 2;
    private static final Format FORMAT =
            Format.of("effect", EffectTables::tables).then(EffectTables::leases);
    private static final String WAITING =
            "SELECT key_bytes, position, kind, attempts, due, cause FROM effect_waiting WHERE"
                    + " effect = ? AND ";

    private final Database database;
    private final String part;
    private final long effect;

    /**
     * Where an effect is.
     *
     * @param fence grows each time another process takes over; what is stored under an older one is
     *     refused
     */
    record Opened(EffectTables tables, long fence, long position, List<Long> done, long waiting) {}

    /** How a waiting event stands. */
    sealed interface Standing {}

    /** Behind the first of its key. */
    record Follows() implements Standing {}

    /** To be tried again at a moment. */
    record Due(Instant at, int attempts, String cause) implements Standing {}

    /** Until somebody decides. */
    record SetAside(int attempts, String cause) implements Standing {}

    /** An event that waits. */
    record WaitingRow(byte[] key, long position, Standing standing) {}

    /** An event that no longer waits. */
    record Released(byte[] key, long position) {}

    /** How many keys are tried again by themselves, how many are parked. */
    record Counts(long due, long parked) {}

    /**
     * What some handled events change.
     *
     * @param fence the fence it was taken over with
     * @param expected the position before
     * @param position the position after
     * @param done events handled above the position
     * @param waiting events that wait from now on
     * @param again waiting events that stand otherwise now
     * @param released events that wait no more; what follows them is due
     * @param now when that is
     */
    record Save(
            long fence,
            long expected,
            long position,
            List<Long> done,
            List<WaitingRow> waiting,
            List<WaitingRow> again,
            List<Released> released,
            Instant now) {}

    private EffectTables(Database database, String name, long effect) {
        this.database = database;
        this.part = "effect " + name;
        this.effect = effect;
    }

    private static List<String> tables(Dialect dialect) {
        String integer = dialect.integerType() + " NOT NULL";
        String text = dialect.textType() + " NOT NULL";
        String bytes = dialect.bytesType() + " NOT NULL";
        String keyed = dialect.keyedTable();
        return List.of(
                "CREATE TABLE effects (id "
                        + integer
                        + " PRIMARY KEY, name "
                        + text
                        + " UNIQUE, log "
                        + text
                        + ", position "
                        + integer
                        + ")",
                "CREATE TABLE effect_done (effect "
                        + integer
                        + ", position "
                        + integer
                        + ", PRIMARY KEY (effect, position))"
                        + keyed,
                "CREATE TABLE effect_waiting (effect "
                        + integer
                        + ", key_bytes "
                        + bytes
                        + ", position "
                        + integer
                        + ", kind "
                        + integer
                        + ", attempts "
                        + integer
                        + ", due "
                        + integer
                        + ", cause "
                        + dialect.textType()
                        + ", PRIMARY KEY (effect, key_bytes, position))"
                        + keyed,
                "CREATE INDEX effect_due ON effect_waiting (effect, kind, due)");
    }

    /** Which of the processes that share a database is at work on an effect. */
    private static List<String> leases(Dialect dialect) {
        String column = "ALTER TABLE effects ADD COLUMN ";
        String number = " " + dialect.integerType() + " NOT NULL DEFAULT 0";
        return List.of(column + "fence" + number, column + "held_until" + number);
    }

    static void install(Database database) {
        database.install(FORMAT);
    }

    // opening

    /** Where an effect of a name is; begun at a position when it is new. */
    static Opened open(Database database, String name, String log, long begin) {
        record Known(long id, String log) {}
        EffectTables tables =
                database.write(session -> {
                    Optional<Known> known =
                            session.find(
                                    "SELECT id, log FROM effects WHERE name = ?",
                                    row -> new Known(row.integer(1), row.text(2)),
                                    name);
                    if (known.isPresent() && !known.get().log.equals(log)) {
                        throw new BadDefinition(
                                "effect " + name,
                                "has handled events of another log",
                                "run it on that log, or give it another name");
                    }
                    long id = known.isPresent() ? known.get().id : begin(session, name, log, begin);
                    return new EffectTables(database, name, id);
                });
        return tables.opened();
    }

    /** Where the effect is now. */
    Opened opened() {
        record Place(long position, long fence) {}
        return database.read(session -> {
            Place place =
                    session.find(
                                    "SELECT position, fence FROM effects WHERE id = ?",
                                    row -> new Place(row.integer(1), row.integer(2)),
                                    effect)
                            .orElseThrow();
            List<Long> done =
                    session.query(
                            "SELECT position FROM effect_done WHERE effect = ? ORDER BY position",
                            row -> row.integer(1),
                            effect);
            long waiting =
                    session.find(
                                    "SELECT count(*) FROM effect_waiting WHERE effect = ?",
                                    row -> row.integer(1),
                                    effect)
                            .orElseThrow();
            return new Opened(this, place.fence, place.position, done, waiting);
        });
    }

    // which process

    /** Takes over until a moment, unless another holds it at this one; then nothing changes. */
    Optional<Opened> claim(Instant now, Instant until) {
        boolean claimed =
                database.write(
                        part,
                        session ->
                                session.update(
                                                "UPDATE effects SET fence = fence + 1, held_until"
                                                        + " = ? WHERE id = ? AND held_until <= ?",
                                                micros(until),
                                                effect,
                                                micros(now))
                                        > 0);
        return claimed ? Optional.of(opened()) : Optional.empty();
    }

    /** Holds it until a later moment; false when another has taken over. */
    boolean hold(long fence, Instant until) {
        return database.write(
                part,
                session ->
                        session.update(
                                        "UPDATE effects SET held_until = ? WHERE id = ? AND fence ="
                                                + " ?",
                                        micros(until),
                                        effect,
                                        fence)
                                > 0);
    }

    private static long begin(WriteSession session, String name, String log, long position) {
        long id =
                session.find("SELECT coalesce(max(id), 0) + 1 FROM effects", row -> row.integer(1))
                        .orElseThrow();
        session.update(
                "INSERT INTO effects (id, name, log, position) VALUES (?, ?, ?, ?)",
                id,
                name,
                log,
                position);
        return id;
    }

    // reading

    /** The first waiting event of a key. */
    Optional<WaitingRow> first(byte[] key) {
        return database.read(session ->
                session.find(
                        WAITING + "key_bytes = ? ORDER BY position LIMIT 1",
                        EffectTables::waitingRow,
                        effect,
                        key));
    }

    /** Events to be tried again, those due first, at most so many. */
    List<WaitingRow> due(int most) {
        return database.read(session ->
                session.query(
                        WAITING + "kind = ? ORDER BY due LIMIT ?",
                        EffectTables::waitingRow,
                        effect,
                        DUE,
                        most));
    }

    /** The parked events, those that came first in front. */
    List<WaitingRow> parked() {
        return database.read(session ->
                session.query(
                        WAITING + "kind = ? ORDER BY position",
                        EffectTables::waitingRow,
                        effect,
                        PARKED));
    }

    /** How many events wait for a key. */
    long waiting(byte[] key) {
        return database.read(session ->
                session.find(
                                "SELECT count(*) FROM effect_waiting WHERE effect = ? AND"
                                        + " key_bytes = ?",
                                row -> row.integer(1),
                                effect,
                                key)
                        .orElseThrow());
    }

    Counts counts() {
        return database.read(session -> new Counts(count(session, DUE), count(session, PARKED)));
    }

    private long count(Session session, int kind) {
        return session.find(
                        "SELECT count(*) FROM effect_waiting WHERE effect = ? AND kind = ?",
                        row -> row.integer(1),
                        effect,
                        kind)
                .orElseThrow();
    }

    private static WaitingRow waitingRow(ResultRow row) {
        int attempts = (int) row.integer(4);
        String cause = row.textOrNull(6);
        String said = cause == null ? "" : cause;
        Standing standing =
                switch ((int) row.integer(3)) {
                    case FOLLOWS -> new Follows();
                    case DUE ->
                            new Due(
                                    Instant.EPOCH.plus(row.integer(5), ChronoUnit.MICROS),
                                    attempts,
                                    said);
                    default -> new SetAside(attempts, said);
                };
        return new WaitingRow(row.bytes(1), row.integer(2), standing);
    }

    // writing

    /**
     * Stores what some events changed, in one transaction. // law F1
     *
     * @return false, and nothing stored, when the effect is not where it was expected to be:
     *     somebody else went on
     */
    boolean save(Save save) {
        return database.write(
                "effects",
                session -> {
                    int moved =
                            session.update(
                                    "UPDATE effects SET position = ? WHERE id = ? AND position = ?"
                                            + " AND fence = ?",
                                    save.position,
                                    effect,
                                    save.expected,
                                    save.fence);
                    if (moved == 0) {
                        return false;
                    }
                    EpochTables.batch(
                            session,
                            session.dialect()
                                    .upsert(
                                            "effect_done",
                                            List.of("effect", "position"),
                                            List.of()),
                            save.done,
                            position -> new @Nullable Object[] {effect, position});
                    if (save.position > save.expected) {
                        session.update(
                                "DELETE FROM effect_done WHERE effect = ? AND position <= ?",
                                effect,
                                save.position);
                    }
                    put(session, save.waiting);
                    put(session, save.again);
                    release(session, save.released, save.now);
                    return true;
                });
    }

    private void put(WriteSession session, List<WaitingRow> rows) {
        EpochTables.batch(
                session,
                session.dialect()
                        .upsert(
                                "effect_waiting",
                                List.of("effect", "key_bytes", "position"),
                                List.of("kind", "attempts", "due", "cause")),
                rows,
                row ->
                        switch (row.standing) {
                            case Follows _ ->
                                    new @Nullable Object[] {
                                        effect, row.key, row.position, FOLLOWS, 0, 0L, null
                                    };
                            case Due(Instant at, int attempts, String cause) ->
                                    new @Nullable Object[] {
                                        effect,
                                        row.key,
                                        row.position,
                                        DUE,
                                        attempts,
                                        micros(at),
                                        cause
                                    };
                            case SetAside(int attempts, String cause) ->
                                    new @Nullable Object[] {
                                        effect, row.key, row.position, PARKED, attempts, 0L, cause
                                    };
                        });
    }

    private void release(WriteSession session, List<Released> released, Instant now) {
        EpochTables.batch(
                session,
                "DELETE FROM effect_waiting WHERE effect = ? AND key_bytes = ? AND position = ?",
                released,
                row -> new @Nullable Object[] {effect, row.key, row.position});
        EpochTables.batch(
                session,
                "UPDATE effect_waiting SET kind = ?, due = ? WHERE effect = ? AND key_bytes = ? AND"
                        + " kind = ? AND position = (SELECT min(position) FROM effect_waiting WHERE"
                        + " effect = ? AND key_bytes = ?)",
                released,
                row ->
                        new @Nullable Object[] {
                            DUE, micros(now), effect, row.key, FOLLOWS, effect, row.key
                        });
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
