package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import java.util.List;

/** How the schema of a replica grows. Thread-safe. */
final class Extending {
    private final Replica replica;

    Extending(Replica replica) {
        this.replica = replica;
    }

    /** What an extension would hide. */
    Ontology.Impact check(Ontology extension) {
        return replica.locked(() -> impact(extension));
    }

    /**
     * Extends the schema.
     *
     * @throws BadDefinition when it says nothing new, or nothing that makes sense
     * @throws Invalid when it would hide what is visible
     */
    void extend(Ontology extension) {
        replica.writeAll(() -> {
            Ontology current = replica.schema().ontology();
            List<Fact> more = extension.without(current);
            if (more.isEmpty()) {
                throw new BadDefinition(
                        replica.name(), "the extension says nothing new", "leave it out");
            }
            Ontology.Impact impact = impact(extension);
            if (impact.wouldHide() + impact.wouldLose() > 0) {
                throw new Invalid(
                        "extension",
                        "must not hide what is visible; give a default, or another mode",
                        impact.wouldHide()
                                + " nodes and edges, and "
                                + impact.wouldLose()
                                + " values");
            }
            return List.of(new Operation.Extend(more));
        });
    }

    private Ontology combined(Ontology extension) {
        Ontology current = replica.schema().ontology();
        if (!extension.name().equals(replica.name())) {
            throw new BadDefinition(
                    extension.name(),
                    "is the schema of another graph",
                    "extend that of " + replica.name());
        }
        return current.extend().facts(extension.facts()).build();
    }

    private Ontology.Impact impact(Ontology extension) {
        return new ImpactStudy(replica.state(), replica.judge(), combined(extension)).run();
    }
}
