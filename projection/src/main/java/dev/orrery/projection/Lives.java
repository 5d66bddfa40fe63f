package dev.orrery.projection;

import dev.orrery.core.OrreryException;
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

    /** Reads what is stored; states that cannot be read are to be folded anew. */
    static <E, K, S> Lives<E, K, S> load(
            FoldTables.Opened opened, Folding<E, K, S> folding, String log) {
        FoldTables tables = opened.tables();
        int version = folding.projection().version();
        Life<E, K, S> served = life(opened.served(), tables, folding, log);
        FoldTables.EpochRow building = opened.building();
        if (served.folding() == null && building == null) {
            building = tables.build(version);
        }
        FoldTables.EpochRow previous = opened.previous();
        return new Lives<>(
                served,
                building == null ? null : life(building, tables, folding, log),
                previous == null || building != null
                        ? null
                        : standing(life(previous, tables, folding, log)));
    }

    /** A life that nobody reads. */
    private static <E, K, S> Life<E, K, S> standing(Life<E, K, S> life) {
        life.epoch().leaveOut();
        return life;
    }

    private static <E, K, S> Life<E, K, S> life(
            FoldTables.EpochRow row, FoldTables tables, Folding<E, K, S> folding, String log) {
        Epoch<K, S> epoch = folding.epoch(row, tables, log);
        try {
            epoch.load();
        } catch (OrreryException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "states of projection {0} are folded anew: {1}",
                    folding.name(),
                    e.getMessage());
            return Life.frozen(epoch); // with those that can be read
        }
        return row.version() == folding.projection().version()
                ? Life.of(epoch, folding)
                : Life.frozen(epoch);
    }
}
