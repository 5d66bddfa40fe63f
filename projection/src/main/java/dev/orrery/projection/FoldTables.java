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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one projection: its epochs with their positions, and the states, recent versions and
 * parked events of each.
 *
 * <p>An epoch is one life of the states: folded by one version of the definition from the first
 * event on. One epoch is served; another may be building beside it. Thread-safe.
 */
@SuppressWarnings(
        "ArrayRecordComponent") // rows on their way to and from the store, compared by nobody
final class FoldTables {
    static final Format FORMAT = Format.of("projection", FoldTables::tables);

    private final Database database;
    private final String name;
    private final long projection;

    /** One life of the states: which, by which version of the definition, and how far it is. */
    record EpochRow(long id, long number, int version, long position, Instant time) {}

    /**
     * The epoch that is served, and the one that is to replace it, if the definition has another
     * version.
     */
    record Opened(FoldTables tables, EpochRow served, @Nullable EpochRow building) {}

    /** A state as it is stored. */
    record StateRow(byte[] key, long version, long position, byte[] state) {}

    /** The states of one key from a version to another, packed. */
    record VersionsRow(byte[] key, long first, long last, byte[] states) {
        int size() {
            return (int) (last - first + 1);
        }
    }

    /** An event that waits for its key; a cause stands with the first one of a key. */
    record ParkedRow(byte[] key, long position, @Nullable String cause) {}

    /**
     * Everything a batch of events changes.
     *
     * @param expected the position of the epoch before
     * @param position the position after
     * @param time when the event at that position was appended
     * @param revision the revision this change will have at least
     * @param trims per key the last version no longer kept
     */
    record Save(
            long expected,
            long position,
            Instant time,
            long revision,
            List<StateRow> states,
            List<VersionsRow> versions,
            List<Trim> trims,
            List<ParkedRow> parked,
            List<Released> released) {}

    /** Versions of a key up to one are not kept any more. */
    record Trim(byte[] key, long last) {}

    /** An event that no longer waits. */
    record Released(byte[] key, long position) {}

    private FoldTables(Database database, String name, long projection) {
        this.database = database;
        this.name = name;
        this.projection = projection;
    }

    private static List<String> tables(Dialect dialect) {
        String integer = dialect.integerType() + " NOT NULL";
        String text = dialect.textType() + " NOT NULL";
        String bytes = dialect.bytesType() + " NOT NULL";
        String keyed = dialect.keyedTable();
        return List.of(
                "CREATE TABLE projections (id "
                        + integer
                        + " PRIMARY KEY, name "
                        + text
                        + " UNIQUE, log "
                        + text
                        + ", served "
                        + integer
                        + ")",
                "CREATE TABLE projection_epochs (id "
                        + integer
                        + " PRIMARY KEY, projection "
                        + integer
                        + ", number "
                        + integer
                        + ", version "
                        + integer
                        + ", position "
                        + integer
                        + ", time "
                        + integer
                        + ", revision "
                        + integer
                        + ", UNIQUE (projection, number))",
                "CREATE TABLE projection_states (epoch "
                        + integer
                        + ", key_bytes "
                        + bytes
                        + ", version "
                        + integer
                        + ", position "
                        + integer
                        + ", state "
                        + bytes
                        + ", PRIMARY KEY (epoch, key_bytes))"
                        + keyed,
                "CREATE TABLE projection_versions (epoch "
                        + integer
                        + ", key_bytes "
                        + bytes
                        + ", last "
                        + integer
                        + ", first "
                        + integer
                        + ", states "
                        + bytes
                        + ", PRIMARY KEY (epoch, key_bytes, last))"
                        + keyed,
                "CREATE TABLE projection_parked (epoch "
                        + integer
                        + ", key_bytes "
                        + bytes
                        + ", position "
                        + integer
                        + ", cause "
                        + dialect.textType()
                        + ", PRIMARY KEY (epoch, key_bytes, position))"
                        + keyed);
    }

    /** The greatest revision any projection of a database has stored. */
    static long lastRevision(Database database) {
        database.install(FORMAT);
        return database.read(session ->
                session.find(
                                "SELECT coalesce(max(revision), 0) FROM projection_epochs",
                                row -> row.integer(1))
                        .orElseThrow());
    }

    // opening

    /**
     * The epochs a projection has, begun where there is none for this version of its definition.
     */
    static Opened open(Database database, String name, String log, int version) {
        return database.write(session -> {
            FoldTables tables = new FoldTables(database, name, projectionOf(session, name, log));
            List<EpochRow> epochs = tables.epochs(session);
            if (epochs.isEmpty()) {
                EpochRow first = tables.begin(session, 1, version);
                tables.serve(session, first);
                return new Opened(tables, first, null);
            }
            return tables.choose(session, epochs, version);
        });
    }

    private static long projectionOf(WriteSession session, String name, String log) {
        record Known(long id, String log) {}
        Optional<Known> known =
                session.find(
                        "SELECT id, log FROM projections WHERE name = ?",
                        row -> new Known(row.integer(1), row.text(2)),
                        name);
        if (known.isPresent()) {
            if (!known.get().log.equals(log)) {
                throw new BadDefinition(
                        "projection " + name,
                        "is folded from another log",
                        "run it on that log, or give it another name");
            }
            return known.get().id;
        }
        long id = nextId(session, "projections");
        session.update(
                "INSERT INTO projections (id, name, log, served) VALUES (?, ?, ?, 0)",
                id,
                name,
                log);
        return id;
    }

    private static long nextId(Session session, String table) {
        return session.find("SELECT coalesce(max(id), 0) + 1 FROM " + table, row -> row.integer(1))
                .orElseThrow();
    }

    private List<EpochRow> epochs(Session session) {
        return session.query(
                "SELECT id, number, version, position, time FROM projection_epochs WHERE projection"
                        + " = ? ORDER BY number",
                FoldTables::epochRow,
                projection);
    }

    private static EpochRow epochRow(ResultRow row) {
        return new EpochRow(
                row.integer(1),
                row.integer(2),
                (int) row.integer(3),
                row.integer(4),
                time(row.integer(5)));
    }

    private Opened choose(WriteSession session, List<EpochRow> epochs, int version) {
        long servedId =
                session.find(
                                "SELECT served FROM projections WHERE id = ?",
                                row -> row.integer(1),
                                projection)
                        .orElseThrow();
        EpochRow served =
                epochs.stream().filter(epoch -> epoch.id == servedId).findFirst().orElseThrow();
        EpochRow building = null;
        for (EpochRow epoch : epochs) {
            if (epoch.id == servedId) {
                continue;
            }
            if (epoch.version == version && served.version != version) {
                building = epoch;
            } else {
                drop(session, epoch.id);
            }
        }
        if (building == null && served.version != version) {
            building = begin(session, served.number + 1, version);
        }
        return new Opened(this, served, building);
    }

    private EpochRow begin(WriteSession session, long number, int version) {
        long id = nextId(session, "projection_epochs");
        session.update(
                "INSERT INTO projection_epochs (id, projection, number, version, position, time,"
                        + " revision) VALUES (?, ?, ?, ?, 0, 0, 0)",
                id,
                projection,
                number,
                version);
        return new EpochRow(id, number, version, 0, Instant.EPOCH);
    }

    private void serve(WriteSession session, EpochRow epoch) {
        session.update("UPDATE projections SET served = ? WHERE id = ?", epoch.id, projection);
    }

    private static void drop(WriteSession session, long epoch) {
        for (String table :
                List.of("projection_states", "projection_versions", "projection_parked")) {
            session.update("DELETE FROM " + table + " WHERE epoch = ?", epoch);
        }
        session.update("DELETE FROM projection_epochs WHERE id = ?", epoch);
    }

    /** Serves one epoch instead of another, whose rows go, in one transaction. */
    void replace(EpochRow old, EpochRow next, long revision) {
        database.write(session -> {
            serve(session, next);
            session.update(
                    "UPDATE projection_epochs SET revision = ? WHERE id = ?", revision, next.id);
            drop(session, old.id);
            return next;
        });
    }

    // reading

    /** What an epoch was last seen to be; empty when it was dropped. */
    Optional<EpochRow> find(long epoch) {
        return database.read(session ->
                session.find(
                        "SELECT id, number, version, position, time FROM projection_epochs WHERE id"
                                + " = ?",
                        FoldTables::epochRow,
                        epoch));
    }

    void eachState(long epoch, Consumer<StateRow> reader) {
        database.read(session -> {
            session.each(
                    "SELECT key_bytes, version, position, state FROM projection_states WHERE epoch"
                            + " = ?",
                    row ->
                            reader.accept(
                                    new StateRow(
                                            row.bytes(1),
                                            row.integer(2),
                                            row.integer(3),
                                            row.bytes(4))),
                    epoch);
            return name;
        });
    }

    /** The events that wait, in order. */
    List<ParkedRow> parked(long epoch) {
        return database.read(session ->
                session.query(
                        "SELECT key_bytes, position, cause FROM projection_parked WHERE epoch = ?"
                                + " ORDER BY position",
                        row -> new ParkedRow(row.bytes(1), row.integer(2), row.textOrNull(3)),
                        epoch));
    }

    /** The positions of the events that wait for a key, in order. */
    List<Long> parked(long epoch, byte[] key) {
        return database.read(session ->
                session.query(
                        "SELECT position FROM projection_parked WHERE epoch = ? AND key_bytes = ?"
                                + " ORDER BY position",
                        row -> row.integer(1),
                        epoch,
                        key));
    }

    /** The packed versions of a key after one, in order, a bounded number of rows. */
    List<VersionsRow> versions(long epoch, byte[] key, long after) {
        return database.read(session ->
                session.query(
                        "SELECT first, last, states FROM projection_versions WHERE epoch = ? AND"
                                + " key_bytes = ? AND last > ? ORDER BY last LIMIT 256",
                        row -> new VersionsRow(key, row.integer(1), row.integer(2), row.bytes(3)),
                        epoch,
                        key,
                        after));
    }

    // writing

    /**
     * Stores what a batch changed, within a transaction. // laws P1, P2
     *
     * @return false, and nothing stored, when the epoch is not where it was expected to be:
     *     somebody else folded on
     */
    static boolean save(WriteSession session, long epoch, Save save) {
        int moved =
                session.update(
                        "UPDATE projection_epochs SET position = ?, time = ?, revision = ? WHERE id"
                                + " = ? AND position = ?",
                        save.position,
                        micros(save.time),
                        save.revision,
                        epoch,
                        save.expected);
        if (moved == 0) {
            return false;
        }
        batch(
                session,
                session.dialect()
                        .upsert(
                                "projection_states",
                                List.of("epoch", "key_bytes"),
                                List.of("version", "position", "state")),
                save.states,
                row ->
                        new @Nullable Object[] {
                            epoch, row.key, row.version, row.position, row.state
                        });
        batch(
                session,
                "INSERT INTO projection_versions (epoch, key_bytes, last, first, states) VALUES (?,"
                        + " ?, ?, ?, ?)",
                save.versions,
                row -> new @Nullable Object[] {epoch, row.key, row.last, row.first, row.states});
        batch(
                session,
                "DELETE FROM projection_versions WHERE epoch = ? AND key_bytes = ? AND last <= ?",
                save.trims,
                row -> new @Nullable Object[] {epoch, row.key, row.last});
        batch(
                session,
                "INSERT INTO projection_parked (epoch, key_bytes, position, cause) VALUES (?, ?, ?,"
                        + " ?)",
                save.parked,
                row -> new @Nullable Object[] {epoch, row.key, row.position, row.cause});
        batch(
                session,
                "DELETE FROM projection_parked WHERE epoch = ? AND key_bytes = ? AND position = ?",
                save.released,
                row -> new @Nullable Object[] {epoch, row.key, row.position});
        return true;
    }

    /** Runs one statement for each of some things, if there is any. */
    static <T> void batch(
            WriteSession session,
            String sql,
            List<T> rows,
            java.util.function.Function<T, @Nullable Object[]> parameters) {
        if (rows.isEmpty()) {
            return;
        }
        List<@Nullable Object[]> all = new ArrayList<>(rows.size());
        for (T row : rows) {
            all.add(parameters.apply(row));
        }
        session.batch(sql, all);
    }

    private static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
