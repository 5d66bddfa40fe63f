package dev.orrery.graph;

import java.util.Comparator;

/** The name of a type of nodes, or of edges. Immutable. */
record TypeName(boolean isEdge, String name) implements Comparable<TypeName> {
    private static final Comparator<TypeName> ORDER =
            Comparator.comparing(TypeName::isEdge).thenComparing(TypeName::name);

    @Override
    public int compareTo(TypeName other) {
        return ORDER.compare(this, other);
    }
}
