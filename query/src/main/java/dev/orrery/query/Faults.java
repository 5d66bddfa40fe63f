package dev.orrery.query;

import java.util.EnumSet;
import java.util.Set;

/** The planted faults, and what else a test wants otherwise: nothing, but in a test. Immutable. */
final class Faults {
    static final Faults NONE = new Faults(Set.of());

    /** For a model checker, which takes a timed wait for one that returns at once. */
    static final Faults MODEL = new Faults(Set.of(), true);

    private final EnumSet<Fault> planted = EnumSet.noneOf(Fault.class);

    /** Whether any is, which the protocol asks at every step. */
    private final boolean isAnyPlanted;

    private final boolean model;

    /** A fault for a model checker to find. */
    static Faults model(Fault planted) {
        return new Faults(Set.of(planted), true);
    }

    Faults(Set<Fault> faults) {
        this(faults, false);
    }

    private Faults(Set<Fault> faults, boolean model) {
        planted.addAll(faults);
        this.isAnyPlanted = !faults.isEmpty();
        this.model = model;
    }

    /** Whether threads wait until they are woken, and do not look for themselves. */
    boolean isModel() {
        return model;
    }

    boolean has(Fault fault) {
        return isAnyPlanted && planted.contains(fault);
    }
}
