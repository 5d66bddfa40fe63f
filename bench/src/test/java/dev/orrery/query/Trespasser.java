package dev.orrery.query;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.orrery.cli.Command;

/**
 * Planted in a lower module's package, so that the house's test can show that it finds such a
 * thing.
 */
public interface Trespasser {

    /** Reaches up the house. */
    Command up();

    /** Reaches out of it, to a library its module may not use. */
    JavaClass out();
}
