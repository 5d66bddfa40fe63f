package dev.orrery.graph;

import dev.orrery.core.OrreryException.BadDefinition;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A node type while it is declared; confined to one thread. */
public final class NodeType extends TypeDefinition<NodeType> {
    NodeType(String type, Set<Fact> facts, List<BadDefinition.Problem> problems) {
        super(Fact.Kind.NODE, type, facts, problems);
    }

    @Override
    NodeType self() {
        return this;
    }

    /** Takes over the properties of another node type; its nodes are nodes of that type too. */
    public NodeType extend(String parent) {
        return state("", Fact.Aspect.EXTENDS, parent);
    }

    /**
     * Declares a subtype. Nodes of a type that has subtypes are added as {@code type/subtype}; what
     * the subtype declares comes on top of what the type does. Edges go by the type.
     */
    public NodeType subtype(String name, Consumer<NodeType> definition) {
        definition.accept(new NodeType(type + "/" + name, facts, problems));
        return this;
    }
}
