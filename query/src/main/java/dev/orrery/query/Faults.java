package dev.orrery.query;

import java.util.EnumSet;
import java.util.Set;

/** The planted faults: none, but in a test. Immutable. */
final class Faults {
    static final Faults NONE = new Faults(Set.of());

    private final EnumSet<Fault> planted = EnumSet.noneOf(Fault.class);

    Faults(Set<Fault> faults) {
        planted.addAll(faults);
    }

    boolean has(Fault fault) {
        return planted.contains(fault);
    }
}
