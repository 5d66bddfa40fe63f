package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.log.Position;
import dev.orrery.projection.FoldTables.EpochRow;
import dev.orrery.projection.ProjectionStatus.Rebuilding;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The epoch that is built to be served instead, in a database that several processes share: by the
 * one that holds its lease, here or elsewhere. // laws P7, P16
 *
 * <p>Whoever is asked to rebuild does it, or waits for who does already; when that one is not heard
 * of, another of the same version goes on where it was. Thread-safe: what is known is guarded by
 * this object.
 */
final class SharedBuild<E, K, S> {
    private static final System.Logger LOG = System.getLogger(SharedBuild.class.getName());

    private final SharedFold<E, K, S> fold;
    private final Folder<E, K, S> folder;
    private final FoldTables tables;
    private final Leases leases;
    private final LogFolds<E> folds;

    /** What is built in this process. */
    private @Nullable Life<E, K, S> building;

    /** The epoch that is built somewhere, zero for none. */
    private long built;

    SharedBuild(
            SharedFold<E, K, S> fold,
            Folder<E, K, S> folder,
            FoldTables tables,
            Leases leases,
            LogFolds<E> folds) {
        this.fold = fold;
        this.folder = folder;
        this.tables = tables;
        this.leases = leases;
        this.folds = folds;
    }

    /** What is built in this process. */
    synchronized @Nullable Life<E, K, S> here() {
        return building;
    }

    /** Tells of the end of what another process built, if it has come. */
    private synchronized void tellIfBuilt(FoldTables.Stored stored) {
        if (built == 0 || building != null) {
            return;
        }
        Optional<Rebuild> rebuild = folder.rebuilding().filter(Rebuild::isUnderWay);
        if (folder.served().row().id() == built) {
            rebuild.ifPresent(Rebuild::done);
            built = 0;
        } else if (stored.building() != built && stored.served() != built) {
            Conflict other =
                    new Conflict("epoch built of " + folder.name(), built, stored.building());
            rebuild.ifPresent(one -> one.failed(other));
            built = 0;
        }
    }

    /** Folds everything anew here, or waits for who does it. */
    synchronized Rebuild rebuild() {
        FoldTables.ToBuild next = tables.buildHere(fold.version(), leases);
        return next.isHere() ? build(next.row(), next.row().lease().term()) : awaits(next.row());
    }

    /** Brings what was served before up to date here, to be served again. */
    synchronized Rebuild undo() {
        EpochRow before = tables.buildPrevious(fold.version(), folder.name(), leases);
        return build(before, before.lease().term());
    }

    private Rebuild awaits(EpochRow row) {
        built = row.id();
        return folder.begins(folder.at(row.position()));
    }

    private Rebuild build(EpochRow row, long term) {
        Life<E, K, S> life = fold.load(row.id());
        life.epoch().hold(term);
        building = life;
        built = row.id();
        Rebuild rebuild =
                folder.rebuilding()
                        .filter(Rebuild::isUnderWay)
                        .orElseGet(() -> folder.begins(folder.at(row.position())));
        folds.build(fold, life, rebuild);
        return rebuild;
    }

    /** Looks whether something is to be built here, and tells of what is built elsewhere. */
    synchronized void tend() {
        FoldTables.Stored stored = tables.look();
        EpochRow row = stored.find(stored.building()).orElse(null);
        if (row == null || row.version() != fold.version()) {
            tellIfBuilt(stored);
            return;
        }
        if (building != null) {
            return;
        }
        if (built != row.id()) {
            awaits(row);
        }
        if (row.lease().isFree()) {
            leases.claim(row.id()).ifPresent(term -> build(row, term));
        } else {
            folder.rebuilding().ifPresent(rebuild -> reached(rebuild, folder.at(row.position())));
        }
    }

    private void reached(Rebuild rebuild, Position position) {
        rebuild.reached(position);
        if (folder.life().folding() == null) {
            folder.tell(new Rebuilding(position));
        }
    }

    /**
     * Builds a life until it is served or is somebody else's.
     *
     * @param turn brings it to the end, and serves it
     */
    void run(Life<E, K, S> life, Rebuild rebuild, Building turn) {
        try {
            if (turn.run(position -> reached(rebuild, position))) {
                rebuild.done();
                built(0);
            }
        } catch (OrreryException e) {
            failed(rebuild, e);
        } catch (RuntimeException | Error e) {
            failed(rebuild, new UserFailure("rebuild of " + folder.name(), life.epoch().name(), e));
        } finally {
            endBuilding();
            if (!folder.serves(life.epoch())) {
                fold.release(life.epoch());
            }
        }
    }

    /** Folds a life to the end and has it served; false when it is somebody else's to do. */
    @FunctionalInterface
    interface Building {
        boolean run(CatchUp.Listener listener);
    }

    private synchronized void endBuilding() {
        building = null;
    }

    private synchronized void built(long epoch) {
        built = epoch;
    }

    private void failed(Rebuild rebuild, OrreryException cause) {
        built(0);
        rebuild.failed(cause);
        if (folder.life().folding() == null) {
            throw cause;
        }
        LOG.log(System.Logger.Level.ERROR, "the rebuild of " + folder.name() + " ended", cause);
    }
}
