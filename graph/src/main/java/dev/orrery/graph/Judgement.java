package dev.orrery.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an id shows under a schema, and what is wrong with it. At most one of node and edge is
 * there. Immutable.
 */
record Judgement(@Nullable Node node, @Nullable Edge edge, List<Quarantined> quarantined) {
    static final Judgement NOTHING = new Judgement(null, null, List.of());

    boolean isVisible() {
        return node != null || edge != null;
    }
}
