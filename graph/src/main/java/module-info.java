/** A property graph under a schema that is replicated without a leader and always converges. */
module dev.orrery.graph {
    requires static org.jspecify;
    requires transitive dev.orrery.core;
    requires transitive java.net.http;

    exports dev.orrery.graph;
    exports dev.orrery.graph.spi;

    uses dev.orrery.graph.spi.Ed25519;
}
