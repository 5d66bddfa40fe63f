package dev.orrery.graph;

import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Relation;
import java.util.List;
import java.util.Optional;

/**
 * What can be read of a graph: now, or as it was. Thread-safe.
 *
 * <p>What breaks the schema is not seen here. Inside a query reads are recorded, absence included.
 */
public interface GraphState {
    /** The node of an id. */
    Optional<Node> node(String id);

    /** The edge of an id. */
    Optional<Edge> edge(String id);

    /** All nodes, by id. */
    Relation<String, Node> nodes();

    /**
     * The nodes of a type and of the types that extend it, by id; {@code type/subtype} for one
     * subtype. As rows they are their properties, with {@code :id} and {@code :type}.
     *
     * @throws Missing when the schema has no such node type
     */
    Relation<String, Node> nodes(String type);

    /** All edges, by id. */
    Relation<String, Edge> edges();

    /**
     * The edges of a type, by id. As rows they are their properties, with {@code :id}, {@code
     * :type}, {@code :from} and {@code :to}.
     *
     * @throws Missing when the schema has no such edge type
     */
    Relation<String, Edge> edges(String type);

    /**
     * A pattern that begins at the nodes of a type.
     *
     * @throws Missing when the schema has no such node type
     */
    PathQuery match(String type);

    /** A pattern that begins at a node. */
    PathQuery from(String node);

    /** Questions about the whole, and about how far one gets. */
    Algorithms algorithms();

    /** What is different at a later moment, in the order of ids, nodes first. */
    List<Difference> diff(GraphState later);

    /** The schema. */
    Ontology ontology();
}
