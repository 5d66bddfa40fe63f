package dev.orrery.projection;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.sql.Database;
import dev.orrery.sql.ResultRow;
import dev.orrery.sql.Session;
import dev.orrery.sql.WriteSession;
import java.time.Duration;
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
    private final Database database;
    private final @Nullable Leases leases;
    private final String select;
    private final long projection;

    /**
     * One life of the states: which, by which version of the definition, and how far it is.
     *
     * @param fence how many steps were stored, whoever took them
     */
    record EpochRow(
            long id,
            long number,
            int version,
            long position,
            Instant time,
            long fence,
            Lease lease) {}

    /** The epochs there are, as they were stored at some moment. */
    record Stored(List<EpochRow> epochs, long served, long building, long previous) {
        /** The epoch that is read. */
        EpochRow requireServed() {
            return find(served)
                    .orElseThrow(() ->
                            new IllegalStateException(
                                    "law P7: a projection without an epoch that is served"));
        }

        /** An epoch, if it is still kept. */
        Optional<EpochRow> find(long id) {
            return Optional.ofNullable(FoldTables.find(epochs, id));
        }
    }

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

    private FoldTables(Database database, @Nullable Leases leases, long projection) {
        this.database = database;
        this.leases = leases;
        this.projection = projection;
        this.select =
                "SELECT id, number, version, position, time, fence, term, held_until <= "
                        + database.dialect().clock()
                        + ", holder FROM projection_epochs";
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
    static Opened open(
            Database database, @Nullable Leases leases, String name, String log, int version) {
        return database.write(session -> {
            FoldTables tables = new FoldTables(database, leases, projectionOf(session, name, log));
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
                select + " WHERE projection = ? ORDER BY number", FoldTables::epochRow, projection);
    }

    private static EpochRow epochRow(ResultRow row) {
        return new EpochRow(
                row.integer(1),
                row.integer(2),
                (int) row.integer(3),
                row.integer(4),
                time(row.integer(5)),
                row.integer(6),
                new Lease(row.integer(7), isTrue(row.text(8)), row.textOrNull(9)));
    }

    /** A comparison's result, as either database puts it. */
    private static boolean isTrue(String said) {
        return said.startsWith("t") || said.equals("1");
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
                .filter(epoch -> !wanted.contains(epoch.id) && epoch.lease.isFree())
                .forEach(epoch -> drop(session, epoch.id));
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
        return new EpochRow(id, number, version, 0, Instant.EPOCH, 0, Lease.UNCLAIMED);
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

    /** Drops an epoch; one that a process is folding goes at an open after that. */
    private void dropIfAny(WriteSession session, long epoch) {
        if (epoch != 0 && find(session, epoch).filter(row -> row.lease.isFree()).isPresent()) {
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
        return database.read(session -> find(session, epoch));
    }

    /** What an epoch is as of a session; empty when it was dropped. */
    Optional<EpochRow> find(Session session, long epoch) {
        return session.find(select + " WHERE id = ?", FoldTables::epochRow, epoch);
    }

    /** The epochs there are now. */
    Stored look() {
        return database.read(this::stored);
    }

    private Stored stored(Session session) {
        Pointers pointers = pointers(session);
        return new Stored(epochs(session), pointers.served, pointers.building, pointers.previous);
    }

    /** The rows of an epoch. */
    EpochTables of(EpochRow epoch) {
        return new EpochTables(database, epoch.id, new EpochView(database, null), leases);
    }

    // changing epochs where other processes may fold too

    /** An epoch to be built, and whether this process is to build it. */
    record ToBuild(EpochRow row, boolean isHere) {}

    /**
     * Begins an epoch beside the served one, held by this process, unless somebody is about that
     * already.
     */
    ToBuild buildHere(int version, Leases held) {
        return database.write(session -> {
            Stored stored = stored(session);
            Optional<EpochRow> under = stored.find(stored.building).filter(FoldTables::isHeld);
            if (under.filter(row -> row.version == version).isPresent()) {
                return new ToBuild(under.get(), false);
            }
            EpochRow building = begin(session, next(stored.epochs), version);
            dropIfAny(session, stored.previous);
            dropIfAny(session, stored.building);
            point(session, stored.served, building.id, 0);
            return new ToBuild(held(session, building.id, held), true);
        });
    }

    private static boolean isHeld(EpochRow row) {
        return !row.lease.isFree();
    }

    private EpochRow held(WriteSession session, long epoch, Leases by) {
        by.take(session, epoch);
        Leases.announceAll(session);
        return find(session, epoch).orElseThrow();
    }

    /**
     * Has the epoch that was served before brought up to date by this process, to be served again.
     *
     * @throws Missing when there is none
     * @throws Unsupported when it is of another version
     * @throws Unavailable when another process folds it, or another epoch is being built
     */
    EpochRow buildPrevious(int version, String name, Leases held) {
        return database.write(session -> {
            Stored stored = stored(session);
            EpochRow before =
                    stored.find(stored.previous)
                            .orElseThrow(() ->
                                    new Missing("states of " + name, "before its last rebuild"));
            if (before.version != version) {
                throw new Unsupported(
                        "fold states of version " + before.version,
                        "a program with another version: run that one");
            }
            if (isHeld(before)
                    || stored.find(stored.building).filter(FoldTables::isHeld).isPresent()) {
                throw new Unavailable(
                        "a rebuild of " + name + " is under way",
                        "wait for its end",
                        Duration.ofSeconds(1),
                        null);
            }
            dropIfAny(session, stored.building);
            point(session, stored.served, before.id, 0);
            return held(session, before.id, held);
        });
    }

    /**
     * Serves one epoch instead of another as {@link #replace(EpochRow, EpochRow, long)} does, and
     * lets go of the other; false, and nothing done, when either is not as it is known here. // law
     * P7
     *
     * @param isStanding whether the old one stands still here, whatever others do with it
     */
    boolean replace(Epoch<?, ?> old, boolean isStanding, Epoch<?, ?> next, long revision) {
        try {
            database.perform(session -> {
                long before = old.row().id();
                String raise = "UPDATE projection_epochs SET fence = fence + 1 WHERE id = ?";
                boolean isKnown =
                        isStanding
                                || session.update(raise + " AND fence = ?", before, old.fence())
                                        > 0;
                boolean isBuilt =
                        session.update(
                                        "UPDATE projection_epochs SET fence = fence + 1, revision = ?"
                                                + " WHERE id = ? AND fence = ? AND term = ?",
                                        revision,
                                        next.row().id(),
                                        next.fence(),
                                        next.term())
                                > 0;
                if (!isKnown || !isBuilt) {
                    throw new NotAsKnown();
                }
                session.update(
                        "UPDATE projection_epochs SET term = term + 1, held_until = 0, holder ="
                                + " NULL WHERE id = ? AND term = ?",
                        before,
                        old.term());
                Pointers pointers = pointers(session);
                if (pointers.served != before || pointers.building != next.row().id()) {
                    throw new NotAsKnown();
                }
                dropIfAny(session, pointers.previous);
                point(session, next.row().id(), 0, before);
                Leases.announceAll(session);
            });
            return true;
        } catch (NotAsKnown e) {
            return false;
        }
    }

    /** Undoes a transaction. */
    private static final class NotAsKnown extends RuntimeException {
        private static final long serialVersionUID = 1;

        private NotAsKnown() {
            super("an epoch is not as it is known here", null, false, false);
        }
    }

    static Instant time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
