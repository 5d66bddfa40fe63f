package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import java.util.List;
import java.util.Set;

/** An edge type while it is declared; confined to one thread. */
public final class EdgeType extends TypeDefinition<EdgeType> {
    EdgeType(String type, Set<Fact> facts, List<BadDefinition.Problem> problems) {
        super(Fact.Kind.EDGE, type, facts, problems);
    }

    @Override
    EdgeType self() {
        return this;
    }

    /** A node type it may come from, descendants included; more may be named. */
    public EdgeType from(String nodeType) {
        return state("", Fact.Aspect.FROM, nodeType);
    }

    /** A node type it may lead to, descendants included; more may be named. */
    public EdgeType to(String nodeType) {
        return state("", Fact.Aspect.TO, nodeType);
    }
}
