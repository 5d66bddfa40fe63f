package dev.orrery.graph;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Relation;
import java.util.List;
import java.util.Optional;

/** What a replica shows, or showed. Thread-safe. */
class ReplicaState implements GraphState {
    private final Replica replica;

    ReplicaState(Replica replica) {
        this.replica = replica;
    }

    Replica inside() {
        return replica;
    }

    @Override
    public final Optional<Node> node(String id) {
        return replica.nodes().find(id);
    }

    @Override
    public final Optional<Edge> edge(String id) {
        return replica.edges().find(id);
    }

    @Override
    public final Relation<String, Node> nodes() {
        return replica.nodes();
    }

    @Override
    public final Relation<String, Node> nodes(String type) {
        if (replica.schema().node(type) == null) {
            throw new Missing(replica.name() + " node types", type);
        }
        return replica.nodes().ofType(type);
    }

    @Override
    public final Relation<String, Edge> edges() {
        return replica.edges();
    }

    @Override
    public final Relation<String, Edge> edges(String type) {
        if (replica.schema().edge(type) == null) {
            throw new Missing(replica.name() + " edge types", type);
        }
        return replica.edges().ofType(type);
    }

    @Override
    public final Ontology ontology() {
        return replica.schema().ontology();
    }

    @Override
    public final PathQuery match(String type) {
        return PathQuery.ofType(this, type);
    }

    @Override
    public final PathQuery from(String node) {
        return PathQuery.from(this, node);
    }

    @Override
    public final Algorithms algorithms() {
        return new Algorithms(this, List.of());
    }

    @Override
    public final List<Difference> diff(GraphState later) {
        return History.between(this, later);
    }
}
