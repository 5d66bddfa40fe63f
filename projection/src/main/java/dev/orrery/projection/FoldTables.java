package dev.orrery.projection;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.sql.Database;
import dev.orrery.sql.ResultRow;
import dev.orrery.sql.Session;
import dev.orrery.sql.WriteSession;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The epochs of one projection as they are stored: which is served, which is building, which was
 * served before.
 *
 * <p>An epoch is one life of the states: folded by one version of the definition from the first
 * event on. Thread-safe.
 */
final class FoldTables {
    private static final String EPOCH =
            "SELECT id, number, version, position, time, fence FROM projection_epochs";

    private final Database database;
    private final long projection;

    /**
     * One life of the states: which, by which version of the definition, and how far it is.
     *
     * @param fence how many steps were stored, whoever took them
     */
    record EpochRow(long id, long number, int version, long position, Instant time, long fence) {}

    /**
     * The epochs there are.
     *
     * @param served the one that is read
     * @param building the one that is to replace it, if there is one
     * @param previous the one that was read before, if it is still kept
     */
    record Opened(
            FoldTables tables,
            EpochRow served,
            @Nullable EpochRow building,
            @Nullable EpochRow previous) {}

    private FoldTables(Database database, long projection) {
        this.database = database;
        this.projection = projection;
    }

    /** The greatest revision any projection of a database has stored. */
    static long lastRevision(Database database) {
        database.install(FoldFormat.FORMAT);
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
            FoldTables tables = new FoldTables(database, projectionOf(session, name, log));
            List<EpochRow> epochs = tables.epochs(session);
            if (epochs.isEmpty()) {
                EpochRow first = tables.begin(session, 1, version);
                tables.point(session, first.id, 0, 0);
                return new Opened(tables, first, null, null);
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
                EPOCH + " WHERE projection = ? ORDER BY number", FoldTables::epochRow, projection);
    }

    private static EpochRow epochRow(ResultRow row) {
        return new EpochRow(
                row.integer(1),
                row.integer(2),
                (int) row.integer(3),
                row.integer(4),
                time(row.integer(5)),
                row.integer(6));
    }

    /**
     * A version that is not served is built: on from where the epoch of it is that is building, or
     * that was served before; else from the first event.
     */
    private Opened choose(WriteSession session, List<EpochRow> epochs, int version) {
        Pointers pointers = pointers(session);
        EpochRow served = find(epochs, pointers.served);
        EpochRow building = find(epochs, pointers.building);
        EpochRow previous = find(epochs, pointers.previous);
        if (served == null) {
            throw new IllegalStateException("law P7: a projection without an epoch that is served");
        }
        if (building != null && building.version != version) {
            building = null;
        }
        if (building == null && served.version != version) {
            building =
                    previous != null && previous.version == version
                            ? previous
                            : begin(session, next(epochs), version);
        }
        if (previous != null && building != null && previous.id == building.id) {
            previous = null;
        }
        List<Long> wanted = List.of(served.id, id(building), id(previous));
        epochs.stream()
                .map(EpochRow::id)
                .filter(id -> !wanted.contains(id))
                .forEach(id -> drop(session, id));
        point(session, served.id, id(building), id(previous));
        return new Opened(this, served, building, previous);
    }

    private static long next(List<EpochRow> epochs) {
        return epochs.getLast().number + 1;
    }

    private static @Nullable EpochRow find(List<EpochRow> epochs, long id) {
        for (EpochRow epoch : epochs) {
            if (epoch.id == id) {
                return epoch;
            }
        }
        return null;
    }

    private static long id(@Nullable EpochRow epoch) {
        return epoch == null ? 0 : epoch.id;
    }

    private record Pointers(long served, long building, long previous) {}

    private Pointers pointers(Session session) {
        return session.find(
                        "SELECT served, building, previous FROM projections WHERE id = ?",
                        row -> new Pointers(row.integer(1), row.integer(2), row.integer(3)),
                        projection)
                .orElseThrow();
    }

    private void point(WriteSession session, long served, long building, long previous) {
        session.update(
                "UPDATE projections SET served = ?, building = ?, previous = ? WHERE id = ?",
                served,
                building,
                previous,
                projection);
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
        return new EpochRow(id, number, version, 0, Instant.EPOCH, 0);
    }

    private static void drop(WriteSession session, long epoch) {
        for (String table :
                List.of("projection_states", "projection_changes", "projection_parked")) {
            session.update("DELETE FROM " + table + " WHERE epoch = ?", epoch);
        }
        session.update("DELETE FROM projection_epochs WHERE id = ?", epoch);
    }

    // changing epochs

    /** Begins an epoch beside the served one; the one that was served before goes. */
    EpochRow build(int version) {
        return database.write(session -> {
            Pointers pointers = pointers(session);
            EpochRow building = begin(session, next(epochs(session)), version);
            dropIfAny(session, pointers.previous);
            dropIfAny(session, pointers.building);
            point(session, pointers.served, building.id, 0);
            return building;
        });
    }

    private static void dropIfAny(WriteSession session, long epoch) {
        if (epoch != 0) {
            drop(session, epoch);
        }
    }

    /** Serves one epoch instead of another, which is kept, in one transaction. */
    void replace(EpochRow old, EpochRow next, long revision) {
        database.perform(session -> {
            Pointers pointers = pointers(session);
            if (pointers.previous != next.id) {
                dropIfAny(session, pointers.previous);
            }
            point(session, next.id, 0, old.id);
            session.update(
                    "UPDATE projection_epochs SET revision = ? WHERE id = ?", revision, next.id);
        });
    }

    /** Drops the epoch that was served before. */
    void forgetPrevious() {
        database.perform(session -> {
            Pointers pointers = pointers(session);
            dropIfAny(session, pointers.previous);
            point(session, pointers.served, pointers.building, 0);
        });
    }

    /** What an epoch was last seen to be; empty when it was dropped. */
    Optional<EpochRow> find(long epoch) {
        return database.read(
                session -> session.find(EPOCH + " WHERE id = ?", FoldTables::epochRow, epoch));
    }

    /** The rows of an epoch. */
    EpochTables of(EpochRow epoch) {
        return new EpochTables(database, epoch.id);
    }

    static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
