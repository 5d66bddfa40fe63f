package dev.orrery.graph;

import dev.orrery.core.LocalRelation;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;

/** The entries in quarantine, by hash. Thread-safe. */
final class QuarantineRelation extends LocalRelation<Hash, Quarantined> {
    QuarantineRelation(Timeline timeline, String graph) {
        super(timeline, graph + " quarantine");
    }

    /** Fills in what was there before anyone could read it. */
    void begin(Quarantined quarantined) {
        restore(quarantined.entry(), quarantined);
    }

    @Override
    public Row toRow(Hash entry, Quarantined quarantined) {
        return Row.of(
                "entry",
                entry.text(),
                "operation",
                quarantined.operation(),
                "id",
                quarantined.id(),
                "reasons",
                quarantined.reasons().stream().map(Quarantined.Reason::detail).toList(),
                "hidden",
                quarantined.isHidden());
    }
}
