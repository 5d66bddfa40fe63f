package dev.orrery.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The stored format of one component: its name and the steps that lead to its tables, one per
 * version.
 *
 * <p>A database remembers for each component how many steps were taken. {@link Database#install}
 * takes the missing ones in one transaction and refuses a database that has taken more: a newer
 * version wrote it. A released step never changes; a new version adds one. Immutable.
 *
 * @param component the name, unique within the database
 * @param steps the statements of each version, in order
 */
public record Format(String component, List<Step> steps) {
    /** The statements that lead from one version to the next, as the dialect writes them. */
    @FunctionalInterface
    public interface Step extends Function<Dialect, List<String>> {}

    public Format {
        steps = List.copyOf(steps);
    }

    /** A component whose first version is made by some statements. */
    public static Format of(String component, Step first) {
        return new Format(component, List.of(first));
    }

    /** This format with one more version. */
    public Format then(Step next) {
        List<Step> longer = new ArrayList<>(steps);
        longer.add(next);
        return new Format(component, longer);
    }

    /** The newest version: the number of steps. */
    public int version() {
        return steps.size();
    }
}
