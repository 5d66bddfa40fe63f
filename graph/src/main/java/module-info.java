/** A property graph under a schema that is replicated without a leader and always converges. */
module dev.orrery.graph {
    requires static org.jspecify;
    requires transitive dev.orrery.core;

    exports dev.orrery.graph;
}
