package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.sql.Database;
import dev.orrery.sql.Moment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The lives of a projection as they were found. Immutable.
 *
 * @param served the states that are read; they stand still when this program has no definition of
 *     their version, or could not read all of them
 * @param building what is to be served instead, if something is
 * @param previous what was served before, if that is still kept
 */
record Lives<E, K, S>(
        Life<E, K, S> served, @Nullable Life<E, K, S> building, @Nullable Life<E, K, S> previous) {
    private static final System.Logger LOG = System.getLogger(Lives.class.getName());

    /**
     * How the rows of epochs are read.
     *
     * @param moment as of when, where other processes write them; null for now
     */
    record Rows(FoldTables tables, @Nullable Moment moment, String log) {
        EpochTables of(FoldTables.EpochRow row) {
            EpochTables now = tables.of(row);
            return moment == null ? now : now.at(moment);
        }
    }

    /** Reads what is stored; states that cannot be read are to be folded anew. */
    static <E, K, S> Lives<E, K, S> load(
            FoldTables.Opened opened, Folding<E, K, S> folding, String log) {
        FoldTables tables = opened.tables();
        int version = folding.projection().version();
        Rows rows = new Rows(tables, null, log);
        Life<E, K, S> served = life(opened.served(), rows, folding);
        FoldTables.EpochRow building = opened.building();
        if (served.folding() == null && building == null) {
            building = tables.build(version);
        }
        FoldTables.EpochRow previous = opened.previous();
        return new Lives<>(
                served,
                building == null ? null : life(building, rows, folding),
                previous == null || building != null
                        ? null
                        : standing(life(previous, rows, folding)));
    }

    /**
     * Reads what is served in a database that other processes share, as of one moment; what is
     * built is looked after by those who share it.
     */
    static <E, K, S> Lives<E, K, S> loadShared(
            Database database, FoldTables.Opened opened, Folding<E, K, S> folding, String log) {
        FoldTables tables = opened.tables();
        Moment moment = database.moment();
        boolean isKept = false;
        try {
            FoldTables.EpochRow row =
                    moment.<Optional<FoldTables.EpochRow>, RuntimeException>read(
                                    session -> tables.find(session, opened.served().id()))
                            .orElse(opened.served());
            Life<E, K, S> served = life(row, new Rows(tables, moment, log), folding);
            if (served.folding() == null && opened.building() == null) {
                tables.build(folding.projection().version());
            }
            isKept = !served.epoch().isWhole();
            served.epoch().tables().view().keep(isKept ? moment : null);
            return new Lives<>(served, null, null);
        } finally {
            if (!isKept) {
                moment.close();
            }
        }
    }

    /** A life that nobody reads. */
    private static <E, K, S> Life<E, K, S> standing(Life<E, K, S> life) {
        life.epoch().leaveOut();
        return life;
    }

    static <E, K, S> Life<E, K, S> life(
            FoldTables.EpochRow row, Rows rows, Folding<E, K, S> folding) {
        boolean isFolded = row.version() == folding.projection().version();
        Epoch<K, S> epoch =
                isFolded
                        ? folding.epoch(row, rows.of(row), rows.log())
                        : standing(row, rows, folding);
        try {
            epoch.load();
        } catch (OrreryException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "states of projection {0} are folded anew: {1}",
                    folding.name(),
                    e.getMessage());
            return Life.frozen(
                    epoch.isWhole() || !folding.isShared()
                            ? epoch
                            : unreadable(row, rows, folding)); // with those that can be
        }
        return isFolded ? Life.of(epoch, folding) : Life.frozen(epoch);
    }

    /**
     * States that stand still here, whoever folds them on elsewhere: they are kept in memory where
     * they may change.
     */
    private static <E, K, S> Epoch<K, S> standing(
            FoldTables.EpochRow row, Rows rows, Folding<E, K, S> folding) {
        return folding.isShared()
                ? folding.epochInMemory(row, rows.of(row), rows.log())
                : folding.epoch(row, rows.of(row), rows.log());
    }

    private static <E, K, S> Epoch<K, S> unreadable(
            FoldTables.EpochRow row, Rows rows, Folding<E, K, S> folding) {
        Epoch<K, S> epoch = standing(row, rows, folding);
        try {
            epoch.load();
        } catch (OrreryException e) {
            LOG.log(System.Logger.Level.DEBUG, "they stand still as far as they can be read", e);
        }
        return epoch;
    }
}
